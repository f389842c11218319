"""Plugins and policy packs that are folders of Python."""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.host.installation import buildable
from sandbox.engine.host.policy_packs import PolicyPack
from sandbox.engine.host.processes import RefusedError, child, read_output
from sandbox.engine.host.toolchains import resolve

POLICY_PACK = "analyzer"


async def run(
    request: pb.RunPluginRequest, stopping: asyncio.Event
) -> AsyncIterator[dict[str, Any]]:
    """Run a plugin until it ends; yield its output, and finally its exit code."""
    is_policy_pack = request.kind == POLICY_PACK
    toolchain = await resolve(request.info, plugin=not is_policy_pack).ready()
    # The engine's environment takes precedence, PATH included, as with the released host.
    environment = toolchain.environment() | dict(line.split("=", 1) for line in request.env)
    async with AsyncExitStack() as stack:
        if is_policy_pack:
            pack = await stack.enter_async_context(PolicyPack.listening())
            yield {"stdout": f"{pack.port}\n".encode()}
            environment |= await pack.environment
        plugin = child(
            [toolchain.python, *_arguments(request)],
            environment=environment,
            folder=request.info.program_directory if is_policy_pack else request.pwd or None,
            stopping=stopping,
            output=PIPE,
        )
        process = await stack.enter_async_context(plugin)
        if is_policy_pack and process.stdout:
            pack.attach(await process.stdout.readline())
        async for piece in read_output(process):
            yield piece
        yield {"exitcode": await process.wait()}


def _arguments(request: pb.RunPluginRequest) -> Iterator[str]:
    root, folder = Path(request.info.root_directory), request.info.program_directory
    if not (root / "__main__.py").exists():
        package = buildable(root)
        if not package:
            raise RefusedError(
                f"{root} is no plugin: it has neither a __main__.py nor a buildable pyproject.toml"
            )
        yield from ("-m", "pulumi.run.plugin", package, *request.args)
    elif request.kind == POLICY_PACK:
        yield from ("-u", "-m", "pulumi.policy", *request.args, folder)
    else:
        yield from (folder, *request.args)
