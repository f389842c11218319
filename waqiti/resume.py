"""
Repair the state after an interrupted `up`.

The engine records an operation before it starts. The state keeps an interrupted creation as a
pending operation without an id; the next `up` would create the resource again and fail, or lose
it. If the id is known (see `identities`), `resume` adds the resource to the state under that id.
The following refresh reads the resource, or drops it if it does not exist. What was read must be
what the `up` declared: another resource of the same name is not ours, and is removed again.
"""

import copy
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clients.failures import NoAnswerError
from waqiti.identities import AmbiguousError, identify, is_repeatable
from waqiti.matching import differing
from waqiti.state import export, pulumi

_COPIES = Path(".waqiti")


def resume(stack: str) -> Sequence[str]:
    """
    Resolve the pending operations that an interrupted `up` of *stack* left.

    Returns:
        A sentence for each pending operation, and the path of a copy of the state before.

    Raises:
        subprocess.CalledProcessError: The engine failed; standard error has the reason.
        NoAnswerError: PagerDuty did not answer, or another run changed the state meanwhile.
    """
    before = export(stack)
    pending = before["deployment"].get("pending_operations") or []
    if not pending:
        return []
    state = copy.deepcopy(before)
    del state["deployment"]["pending_operations"]
    sentences = [settle(operation, state["deployment"]) for operation in pending]
    saved = _save(stack, before)
    # As late as possible: an `up` that ended since the first export would lose its resources.
    if export(stack) != before:
        raise NoAnswerError(
            f"the state of {stack} changed while it was read: wait until no other pulumi runs, and "
            "run it again: nothing was changed"
        )
    pulumi("stack", "import", "--stack", stack, given=json.dumps(state))
    pulumi("refresh", "--stack", stack, "--yes", "--skip-preview", "--suppress-progress")
    for urn, sentence in unmanaged(pending, export(stack)["deployment"]):
        pulumi("state", "delete", urn, "--stack", stack, "--yes", "--force")
        sentences.append(sentence)
    restore = f"`pulumi stack import --stack {stack} --file {saved}` restores it"
    return [*sentences, f"the state before is in {saved}: {restore}"]


def settle(operation: Mapping[str, Any], deployment: dict[str, Any]) -> str:
    """Resolve one pending operation in *deployment*; return a sentence about the result."""
    resource, kind = operation["resource"], operation["type"]
    name = _name(resource)
    known = {other["urn"]: other for other in deployment.get("resources", [])}
    if kind != "creating" or resource["urn"] in known:
        return f"{name}: {kind} was cut off; the refresh reads what it came to"
    if is_repeatable(resource["type"]):
        return f"{name}: creating was cut off; the next `up` keeps what is there and adds the rest"
    identity_of = identify(resource["type"])
    if identity_of is None:
        return (
            f"{name}: creating was cut off and it may exist unknown to Pulumi: look for it, and "
            "delete it or `pulumi import` it"
        )
    provider = known.get(resource.get("provider", "").rpartition("::")[0], {})
    try:
        identity = identity_of(resource["inputs"], provider.get("inputs", {}))
    except AmbiguousError as error:
        return (
            f"{name}: creating was cut off, and {error}: delete all but one, and `pulumi import` it"
        )
    if identity is None:
        return f"{name}: creating was cut off before anything was made"
    # A provider reads some objects below another one, which it finds in the outputs.
    deployment["resources"].append({**resource, "id": identity, "outputs": resource["inputs"]})
    return f"{name}: creating was cut off; the refresh reads whether it exists"


def unmanaged(
    pending: Sequence[Mapping[str, Any]], deployment: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the urn of each created resource that is not as declared, and a sentence about it."""
    found = {resource["urn"]: resource for resource in deployment.get("resources", [])}
    for operation in pending:
        declared = operation["resource"]
        resource = found.get(declared["urn"])
        if operation["type"] != "creating" or resource is None:
            continue
        if keys := differing(declared["inputs"], resource.get("outputs") or {}):
            sentence = (
                f"{_name(declared)}: what exists has another {', '.join(keys)}, so it is not "
                "adopted: rename or delete it, or `pulumi import` it"
            )
            yield declared["urn"], sentence


def _name(resource: Mapping[str, Any]) -> str:
    return f"{resource['type']} {resource['urn'].rpartition('::')[2]}"


def _save(stack: str, state: Mapping[str, Any]) -> Path:
    """Write a copy of the state, whose secrets are encrypted; only its owner may read it."""
    _COPIES.mkdir(mode=0o700, exist_ok=True)
    path = _COPIES / f"{stack}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.json"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(state, file)
    return path
