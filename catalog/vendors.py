"""External vendors and the keys that they issue: the models of `vendors.yaml`, and its reader."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from catalog.channels import SecretKey, Team
from catalog.problems import Problems
from catalog.reading import read_model
from catalog.strict import YEAR, MaxAge, ServiceName, Strict, at_least_one, different

VENDORS = Path(__file__).parent / "vendors.yaml"


class Vendor(Strict):
    """
    One vendor.

    Args:
        owner: The team that answers for the contract.
        keys: The keys that it issues.
        max_age_days: The days after which they are too old.
        source: The address of its documentation of them.
        obtain: How an operator gets the values.
    """

    owner: Team
    keys: Annotated[tuple[SecretKey, ...], AfterValidator(at_least_one), AfterValidator(different)]
    max_age_days: MaxAge = YEAR
    source: str = Field(pattern=r"^https://\S+$")
    obtain: str = Field(min_length=10)


Vendors = Mapping[ServiceName, Vendor]

_FILE: TypeAdapter[Vendors] = TypeAdapter(Vendors)


def read_vendors(found: Problems, path: Path = VENDORS) -> Vendors:
    """Return the vendors by name; *found* collects the problems."""
    return read_model(_FILE, path, found) or {}
