"""What the program declares for a stack, recorded without an engine, a server or a credential."""

import asyncio
import json
import os
import runpy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.stack import wait_for_rpcs

from catalog.problems import load
from catalog.reading import read_yaml
from settings import Settings, load_settings
from settings.loading import PROJECT

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
        user: Pulumi's user in Kafka and in Kubernetes.
        transit_key: Vault's transit key that encrypts its state; None if something else does.
        resources: The inputs of each resource, with its type.
    """

    settings: Settings
    user: str
    transit_key: str | None
    resources: Sequence[tuple[str, Inputs]]

    def of_type(self, *types: str) -> Sequence[Inputs]:
        """Return the inputs of the resources of these *types*."""
        return [inputs for kind, inputs in self.resources if kind in types]

    def objects(self) -> Iterator[Inputs]:
        """Yield the objects of Kubernetes."""
        for kind, inputs in self.resources:
            if kind.startswith("kubernetes:"):
                yield inputs


@dataclass
class _Recorder(Mocks):
    """Takes the place of the engine: records each resource and returns its inputs as outputs."""

    resources: list[tuple[str, Inputs]] = field(default_factory=list)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources.append((args.typ, dict(args.inputs)))
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        raise NotImplementedError(args.token)  # the program looks nothing up


def declare(stack: str, user: str, transit_key: str | None) -> Declared:
    """
    Run the program for *stack* as a preview does, and return what it declares.

    It runs in this process, once: the SDK of Pulumi keeps the stack of the first run.

    Raises:
        UnknownStackError: The stack has no file.
        InvalidFilesError: A file is not valid; the message lists every problem.
    """
    path = _ROOT / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        raise UnknownStackError(f"there is no {path.name}: name a stack that has such a file")
    content = load(lambda found: read_yaml(path, found))
    config = {key: json.dumps(value) for key, value in content["config"].items()}
    settings = load_settings(stack, config)
    return Declared(
        settings=settings,
        user=user,
        transit_key=transit_key,
        resources=_run(stack, config),
    )


def _run(stack: str, config: Mapping[str, str]) -> Sequence[tuple[str, Inputs]]:
    recorder = _Recorder()
    os.environ["PULUMI_CONFIG"] = json.dumps(config)  # where the program reads it

    async def program() -> None:
        pulumi.runtime.set_mocks(recorder, project=PROJECT, stack=stack, preview=True)
        runpy.run_path(str(_ROOT / "__main__.py"))
        await wait_for_rpcs()

    asyncio.run(program())
    return recorder.resources
