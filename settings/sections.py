"""What every section of a stack's file has in common."""

from pydantic import BaseModel, ConfigDict, ValidationInfo


class Section(BaseModel):
    """A key of a stack's file: it cannot be changed, and it holds nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def in_prod(info: ValidationInfo) -> bool:
    """Tell whether the file that is read is prod's."""
    return info.context == "prod"
