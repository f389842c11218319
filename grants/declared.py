"""What the program declares for a stack, recorded without an engine, a server or a credential."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from catalog.problems import Problems, load
from catalog.reading import read_yaml
from grants.recording import Node, record, record_graph
from settings import Settings, load_settings

_ROOT = Path(__file__).parents[1]

Inputs = Mapping[str, Any]


class UnknownStackError(Exception):
    """There is no file of the stack; the message says so."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """
    One stack as the program declares it.

    Args:
        settings: Its settings.
        resources: The inputs of each resource, with its type.
        user: Pulumi's user in Kafka and in Kubernetes.
        transit_key: Vault's transit key that encrypts its state; None if something else does.
    """

    settings: Settings
    resources: Sequence[tuple[str, Inputs]]
    user: str = "pulumi"
    transit_key: str | None = None

    def of_type(self, *types: str) -> Sequence[Inputs]:
        """Return the inputs of the resources of these *types*."""
        return [inputs for kind, inputs in self.resources if kind in types]

    def objects(self) -> Iterator[Inputs]:
        """Yield the objects of Kubernetes."""
        for kind, inputs in self.resources:
            if kind.startswith("kubernetes:"):
                yield inputs

    def kinds(self) -> set[tuple[str, str]]:
        """Return the kinds that an API group adds to Kubernetes' core: (apiVersion, kind)."""
        return {(o["apiVersion"], o["kind"]) for o in self.objects() if "/" in o["apiVersion"]}


def settings_of(stack: str, file: Path | None = None) -> tuple[Settings, Mapping[str, str]]:
    """
    Return the settings of *stack*, and its config as the engine passes it.

    Args:
        stack: Its name.
        file: Its file; by default the one in this repository.

    Raises:
        UnknownStackError: The stack has no file.
        InvalidFilesError: A file is not valid; the message lists every problem.
    """
    path = file or _ROOT / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        raise UnknownStackError(f"there is no {path.name}: name a stack that has such a file")
    content = load(lambda found: read_yaml(path, found))
    values = content.get("config") if isinstance(content, dict) else None
    config = {key: json.dumps(v) for key, v in (values if isinstance(values, dict) else {}).items()}
    return load_settings(stack, config), config


def channel_prefixes() -> set[str]:
    """Return the prefixes of the Slack channels of all stacks that have a file."""
    prefixes: set[str] = set()
    for path in _ROOT.glob("Pulumi.*.yaml"):
        content = read_yaml(path, Problems())
        try:
            prefixes.add(content["config"]["waqiti:monitoring"]["slack_channel_prefix"])
        except (KeyError, TypeError):
            continue  # its own stack refuses the file
    return prefixes


def declare(stack: str, user: str, transit_key: str | None) -> Declared:
    """
    Run the program for *stack* as a preview does, and return what it declares.

    Raises:
        UnknownStackError: The stack has no file.
        InvalidFilesError: A file is not valid; the message lists every problem.
    """
    settings, config = settings_of(stack)
    return Declared(
        settings=settings,
        resources=record(stack, config),
        user=user,
        transit_key=transit_key,
    )


def graph(stack: str) -> frozenset[Node]:
    """
    Return the component graph that the program declares for *stack*.

    Raises:
        UnknownStackError: The stack has no file.
        InvalidFilesError: A file is not valid; the message lists every problem.
    """
    _, config = settings_of(stack)
    return frozenset(record_graph(stack, config))


def declare_current(settings: Settings) -> Declared:
    """Return what the running program, whose settings are *settings*, declares."""
    config = pulumi.runtime.config.get_config_env()
    return Declared(settings=settings, resources=record(settings.stack, config))
