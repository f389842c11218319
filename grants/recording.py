"""
Print what the program declares: `python -m grants.recording STACK`; PULUMI_CONFIG has the config.

A process of its own, because the SDK of Pulumi leaves event loops open, and keeps its first stack.
"""

import asyncio
import json
import runpy
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks
from pulumi.runtime.stack import wait_for_rpcs

from settings.loading import PROJECT

PROGRAM = Path(__file__).parents[1] / "__main__.py"


@dataclass
class _Recorder(Mocks):
    """Takes the place of the engine: records each resource and returns its inputs as outputs."""

    resources: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.resources.append((args.typ, dict(args.inputs)))
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        raise NotImplementedError(args.token)  # the program looks nothing up


async def _run(recorder: _Recorder, stack: str) -> None:
    pulumi.runtime.set_mocks(recorder, project=PROJECT, stack=stack, preview=True)
    runpy.run_path(str(PROGRAM))
    await wait_for_rpcs()


def main() -> None:
    """Print type and inputs of each resource, as JSON."""
    recorder = _Recorder()
    asyncio.run(_run(recorder, sys.argv[1]))
    # What is known only after an `up`, such as the pager's key, is null.
    json.dump(recorder.resources, sys.stdout, default=lambda _: None)


if __name__ == "__main__":
    main()
