"""The model of Grafana: where it is, and the folder that is Pulumi's in it."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from settings.sections import Section, in_prod


def _prod_speaks_tls(value: str, info: ValidationInfo) -> str:
    if in_prod(info) and not value.startswith(("https://", "http://127.0.0.1:")):
        raise ValueError("prod sends its token over the network to Grafana by TLS only")
    return value


class GrafanaSettings(Section):
    """
    One Grafana.

    Args:
        url: Its address, with the path that it is served under, if any.
        folder_uid: The folder of the dashboards; it can not change later without a new folder.
        folder_title: What people call that folder.
    """

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+"), AfterValidator(_prod_speaks_tls)]
    folder_uid: str = Field(pattern=r"^[a-zA-Z0-9_-]{1,40}$")
    folder_title: str = Field(min_length=1)
