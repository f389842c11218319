"""What the sections of a stack file share."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo

from systems import addresses, kubernetes

NamespaceName = Annotated[str, AfterValidator(kubernetes.check_label)]
ObjectName = Annotated[str, AfterValidator(kubernetes.check_subdomain)]


class Section(BaseModel):
    """One key of a stack file: a frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def in_prod(info: ValidationInfo) -> bool:
    """Return whether the validated file has `environment: prod`."""
    return info.context == "prod"


def is_url_with_path(value: str) -> str:
    """Refuse what is no HTTP address; it may have a path."""
    return addresses.check_url(value, path=True)


def is_url(value: str) -> str:
    """Refuse what is no HTTP address, or has a path."""
    return addresses.check_url(value, path=False)


def is_tls(value: str) -> str:
    """Refuse an address without TLS."""
    if not value.startswith("https://"):
        raise ValueError("has no TLS: write https://")
    return value
