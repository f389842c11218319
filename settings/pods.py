"""What the sections about pods share: their image, and the networks that they may reach."""

from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from catalog.strict import at_least_one, different
from settings.sections import in_prod
from systems import addresses, kubernetes


def _prod_names_the_endpoint(networks: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    for network in networks:
        if in_prod(info) and addresses.is_too_large(network):
            raise ValueError(
                f"{network} permits more than the pods must reach: write the networks of the "
                "endpoint"
            )
    return networks


def _is_not_invented(image: str) -> str:
    if kubernetes.has_invented_digest(image):
        raise ValueError("no image has this digest: write the digest of a published image")
    return image


Image = Annotated[str, AfterValidator(kubernetes.check_image), AfterValidator(_is_not_invented)]
Networks = Annotated[
    tuple[Annotated[str, AfterValidator(addresses.check_network)], ...],
    AfterValidator(at_least_one),
    AfterValidator(different),
    AfterValidator(_prod_names_the_endpoint),
]
