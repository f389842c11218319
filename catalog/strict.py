"""What the models of all catalog files share."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_Items = TypeVar("_Items", bound=tuple[object, ...])

ServiceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")]


class Strict(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def at_least_one(value: _Items) -> _Items:
    """Refuse an empty list; `min_length` would also report a list whose items are wrong."""
    if not value:
        raise ValueError("empty: add at least one")
    return value


def different(value: _Items) -> _Items:
    """Refuse a list that has an item twice."""
    twice = [item for index, item in enumerate(value) if item in value[:index]]
    if twice:
        raise ValueError(f"{twice[0]!r} is there twice: remove one")
    return value


# A list of names, each of them once.
Names = Annotated[tuple[ServiceName, ...], AfterValidator(at_least_one), AfterValidator(different)]

# Days after which a secret's values are too old.
MaxAge = Annotated[int, Field(ge=1)] | Literal["never"]
YEAR = 365
