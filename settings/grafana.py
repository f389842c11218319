"""The section `grafana`: the Grafana of a stack, and the folder of its dashboards."""

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from settings.sections import Section, in_prod, is_url_with_path
from systems import addresses, grafana


def _prod_uses_tls(value: str, info: ValidationInfo) -> str:
    if in_prod(info) and not addresses.is_protected(value):
        raise ValueError("prod must use TLS for Grafana: write https://")
    return value


class GrafanaSettings(Section):
    """
    One Grafana.

    Args:
        url: Its address, with its path if it has one.
        folder_uid: The uid of the folder of the dashboards; a change creates a new folder.
        folder_title: The title of that folder.
    """

    url: Annotated[str, AfterValidator(is_url_with_path), AfterValidator(_prod_uses_tls)]
    folder_uid: Annotated[str, AfterValidator(grafana.check_uid)]
    folder_title: Annotated[str, AfterValidator(grafana.check_title)]
