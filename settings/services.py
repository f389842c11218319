"""The section `services`: which services of the platform run on a stack."""

from typing import Annotated

from pydantic import AfterValidator

from catalog.strict import ServiceName, different
from settings.sections import Section


class ServicesSettings(Section):
    """
    The services of a stack.

    Args:
        deployed: Those that run, so that their absence is an alert.
    """

    deployed: Annotated[tuple[ServiceName, ...], AfterValidator(different)]
