"""
Shared fixtures.

Every component test has its own event loop and its own recorder, so no resource of one test is
registered during another.
"""

import asyncio
import gc
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.settings import reset_options
from pulumi.runtime.stack import wait_for_rpcs

from settings import Settings, load_settings
from tests.watchdog import watched

ROOT = Path(__file__).parents[1]
STACKS = ("local", "staging", "prod")


@dataclass(frozen=True)
class Registered:
    type: str
    name: str
    inputs: Mapping[str, Any]


@dataclass
class Recorder(Mocks):
    """Records every registered resource, and returns its inputs as its outputs."""

    resources: list[Registered] = field(default_factory=list)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources.append(Registered(args.typ, args.name, dict(args.inputs)))
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: MockCallArgs) -> Any:
        raise AssertionError(f"unexpected lookup: {args.token}")

    def of_type(self, token: str) -> dict[str, Mapping[str, Any]]:
        return {r.name: r.inputs for r in self.resources if r.type == token}


def pytest_collection_finish() -> None:
    """Exempt what the modules keep from garbage collection, which would visit it every time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _watchdog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Ensure that every process of the tests ends with this one, even if this one is killed."""
    with watched(tmp_path_factory.getbasetemp()):
        yield


@pytest.fixture
def uncollected() -> Iterator[None]:
    """
    Collect no garbage during the test, for tests that parse Python.

    A finaliser may print a traceback, and Python 3.11 parses the lines that it prints. A parse
    within a parse ends in "AST constructor recursion depth mismatch".
    """
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def deploy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], object]], Recorder]]:
    """Provide a function that runs a program against a recorder and returns the recorder."""
    # Otherwise the SDK opens an event loop in each worker thread, and closes none.
    monkeypatch.setattr("pulumi.runtime.mocks._ensure_event_loop", lambda: None)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def run(program: Callable[[], object]) -> Recorder:
        recorder = Recorder()
        reset_options()  # else every later component hangs on the first test's root stack
        pulumi.runtime.set_mocks(recorder, project="waqiti", stack="staging")

        async def main() -> None:
            program()
            await wait_for_rpcs()

        loop.run_until_complete(main())
        return recorder

    yield run
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()
    asyncio.set_event_loop(None)


def stack_config(stack: str) -> dict[str, Any]:
    """Return the config of a real stack file."""
    return {key: json.loads(text) for key, text in _stack_texts(stack).items()}


@cache
def _stack_texts(stack: str) -> Mapping[str, str]:
    raw = yaml.load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return {key: json.dumps(value) for key, value in raw["config"].items()}


@cache
def stack_settings(stack: str) -> Settings:
    """Return the settings of a real stack file, as the engine passes them."""
    return load_settings(stack, _stack_texts(stack))
