"""The output of `waqiti adopt`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from waqiti.adopt.differences import Comparison
from waqiti.adopt.existing import Found
from waqiti.adopt.plan import Creation
from waqiti.identities import is_repeatable

_SYSTEMS = {
    "grafana": "Grafana",
    "kafka": "Kafka",
    "kubernetes": "Kubernetes",
    "pagerduty": "PagerDuty",
    "vault": "Vault",
}
_INDENT = " " * 13
_REFUSAL = (
    "it is not in the file, because an `up` would delete it and create it again: declare what "
    "exists, or delete it yourself"
)


def rows(
    creations: Sequence[Creation], found: Found, compared: Mapping[str, Comparison]
) -> Iterator[str]:
    """Yield a row for each resource that a plan creates, and one for each difference."""
    imported = [one for one in creations if not is_repeatable(one.kind)]
    for system, group in groupby(sorted(imported, key=_order), key=attrgetter("system")):
        yield f"{_SYSTEMS[system]}:"
        for creation in group:
            comparison = compared.get(creation.urn, Comparison())
            what = f"{creation.kind.rpartition(':')[2]} {creation.name}"
            identity = f" ({found.ids[creation.urn]})" if creation.urn in found.ids else ""
            yield f"  {_status(creation, found, comparison):<9}  {what}{identity}"
            yield from (f"{_INDENT}{line}" for line in [*comparison.lines, *comparison.notes])
            if comparison.replaced:
                yield f"{_INDENT}{_REFUSAL}"
    if own := len(creations) - len(imported):
        yield f"{own} resources of the package waqiti need no import: an `up` keeps what exists."


def next_steps(stack: str, file: Path, *, protect: bool) -> Iterator[str]:
    """Yield the commands that adopt what *file* lists."""
    flags = f"--protect={str(protect).lower()} --generate-code=false"
    yield f"{file} has what exists. Nothing was changed. Next:"
    yield f"  pulumi import --stack {stack} --file {file} {flags}"
    yield f"  pulumi preview --stack {stack} --diff"
    yield f"  pulumi up --stack {stack}"


def _order(creation: Creation) -> tuple[str, str, str]:
    return creation.system, creation.kind, creation.name


def _status(creation: Creation, found: Found, comparison: Comparison) -> str:
    if creation.urn in found.ambiguous:
        return "ambiguous"
    if creation.urn not in found.ids:
        return "missing"
    if comparison.replaced:
        return "refused"
    return "differs" if comparison.lines else "equal"
