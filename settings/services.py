"""The section `services`: which services of the platform run on a stack."""

from typing import Annotated

from pydantic import AfterValidator, Field

from catalog.strict import ServiceName, different
from settings.sections import Section
from systems.addresses import LARGEST_PORT


class ServicesSettings(Section):
    """
    The services of a stack.

    Args:
        deployed: Those that run, so that their absence is an alert.
        port: The port of their metrics and their health.
    """

    deployed: Annotated[tuple[ServiceName, ...], AfterValidator(different)]
    port: Annotated[int, Field(ge=1, le=LARGEST_PORT)]
