"""
What the program declares, recorded without the engine.

It runs in a context of its own, as the SDK's Automation API runs several programs in one process: a
program that itself runs under the engine goes on as if nothing had happened.
"""

import asyncio
import json
import logging
import os
import runpy
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import ROOT, SETTINGS
from pulumi.runtime.stack import wait_for_rpcs

from settings.loading import PROJECT

PROGRAM = Path(__file__).parents[1] / "__main__.py"
_CONFIG = "PULUMI_CONFIG"
_STACK = "pulumi:pulumi:Stack"

# The program warns of what it would warn of in a preview; the preview itself does that.
_SILENT = logging.getLogger("recording")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


@dataclass
class _Recorder(Mocks):
    """Takes the place of the engine: records each resource and returns its inputs as outputs."""

    resources: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources.append((args.typ, dict(args.inputs)))
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        raise NotImplementedError(args.token)  # the program looks nothing up


class Node(NamedTuple):
    """
    The place of a resource in the tree of components.

    Args:
        type: Its type.
        name: Its logical name.
        parent: The logical name of its parent; "" for the stack itself.
    """

    type: str
    name: str
    parent: str


class _Monitor(MockMonitor):
    """Records the parents, which `Mocks` does not see."""

    def __init__(self, mocks: Mocks) -> None:
        super().__init__(mocks)
        self.nodes: list[Node] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: ANN401, N802 - the SDK's own
        if request.type != _STACK:
            of_stack = f"::{_STACK}::" in request.parent
            parent = "" if of_stack else request.parent.rpartition("::")[2]
            self.nodes.append(Node(request.type, request.name, parent))
        register: Any = super().RegisterResource  # it has no types
        return register(request)


def record(stack: str, config: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Return type and inputs of each resource that the program declares in a preview."""
    recorder = _Recorder()
    _declare(_Monitor(recorder), stack, config)
    # What is known only after an `up`, such as the pager's key, is null.
    text = json.dumps(recorder.resources, default=lambda _: None)
    return [(kind, inputs) for kind, inputs in json.loads(text)]


def record_graph(stack: str, config: Mapping[str, str]) -> list[Node]:
    """Return the place of each resource that the program declares in a preview."""
    monitor = _Monitor(_Recorder())
    _declare(monitor, stack, config)
    return monitor.nodes


def _declare(monitor: _Monitor, stack: str, config: Mapping[str, str]) -> None:
    # A thread, because that of a running program has an event loop; with a copy of its context,
    # because the SDK takes the first values of an empty one as defaults for all threads.
    with _configured(config), ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, asyncio.run, _run(monitor, stack)).result()


async def _run(monitor: _Monitor, stack: str) -> None:
    ROOT.set(None)  # else the resources are children of the running program's stack
    SETTINGS.outputs = set()  # else `wait_for_rpcs` waits for the running program's outputs
    pulumi.runtime.set_mocks(
        monitor.mocks,
        project=PROJECT,
        stack=stack,
        preview=True,
        logger=_SILENT,
        monitor=monitor,
    )
    # The recorder's thread needs an event loop; the SDK would open one and close none.
    with closing(asyncio.new_event_loop()) as loop:
        worker = ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=(loop,))
        asyncio.get_running_loop().set_default_executor(worker)
        runpy.run_path(str(PROGRAM))
        await wait_for_rpcs()


@contextmanager
def _configured(config: Mapping[str, str]) -> Iterator[None]:
    """Set the config where the program reads it: in the environment, as the engine does."""
    before = os.environ.get(_CONFIG)
    os.environ[_CONFIG] = json.dumps(config)
    try:
        yield
    finally:
        del os.environ[_CONFIG]
        if before is not None:
            os.environ[_CONFIG] = before
