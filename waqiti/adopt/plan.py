"""What the next `up` of a stack would create."""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waqiti.notation import PROVIDER
from waqiti.state import digest

Inputs = Mapping[str, Any]
Step = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Creation:
    """
    One resource that the plan creates.

    Args:
        urn: Its URN.
        kind: Its type.
        name: Its name in the program.
        inputs: What is declared. What depends on a resource without an id is unknown.
        provider: The inputs of its provider.
        dependencies: The URNs on which each of the inputs depends.
        protect: Whether it is protected from deletion.
    """

    urn: str
    kind: str
    name: str
    inputs: Inputs
    provider: Inputs
    dependencies: Mapping[str, Sequence[str]]
    protect: bool

    @property
    def system(self) -> str:
        """The package of its type, which names the system."""
        return self.kind.partition(":")[0]


@dataclass(frozen=True)
class Plan:
    """
    A plan.

    Args:
        creations: What it creates, in the order of its dependencies.
        file: The import file that the engine writes for it, without ids.
    """

    creations: Sequence[Creation]
    file: Mapping[str, Any]


def read_plan(stack: str, environment: Mapping[str, str] | None = None) -> Plan:
    """Preview *stack*; nothing is changed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "import.json"
        # Also unchanged resources: a creation may belong to a provider that exists.
        flags = ("--show-sames", "--import-file", str(file))
        plan = digest("preview", "--stack", stack, *flags, environment=environment)
        return Plan(list(creations(plan["steps"])), json.loads(file.read_text()))


def creations(steps: Sequence[Step]) -> Iterator[Creation]:
    """Yield each resource of a system that *steps* create."""
    providers: dict[str, Inputs] = {}
    for step in steps:
        state = step.get("newState") or {}
        kind = state.get("type", "")
        if kind.startswith(PROVIDER):
            providers[step["urn"]] = state["inputs"]
        elif step["op"] == "create" and state.get("custom"):
            yield Creation(
                urn=step["urn"],
                kind=kind,
                name=step["urn"].rpartition("::")[2],
                inputs=state["inputs"],
                provider=providers[state["provider"].rpartition("::")[0]],
                dependencies=state.get("propertyDependencies") or {},
                protect=state.get("protect", False),
            )
