"""The protocol between the engine and a language host."""
# ruff: noqa: ARG002, N802 - the protocol names its methods and their arguments

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import grpc
from google.protobuf.empty_pb2 import Empty
from grpc import aio
from pulumi import _version
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

from sandbox.engine.host import packages, plugins, program, sdks
from sandbox.engine.host.installation import install
from sandbox.engine.host.processes import RefusedError, child
from sandbox.engine.host.toolchains import resolve

_Context: TypeAlias = "aio.ServicerContext[Any, Any]"


class LanguageRuntime(language_pb2_grpc.LanguageRuntimeServicer):
    """
    Runs programs and plugins, and reports what they need.

    Args:
        executor: Pulumi's own exec script.
        engine: The address of the engine.
    """

    def __init__(self, executor: Path, engine: str) -> None:
        self._executor = executor
        self._engine = engine
        self._programs = asyncio.Event()
        self._plugins = asyncio.Event()

    def leave(self) -> None:
        """Stop all programs and plugins."""
        self._programs.set()
        self._plugins.set()

    async def Handshake(
        self, request: pb.LanguageHandshakeRequest, context: _Context
    ) -> pb.LanguageHandshakeResponse:
        self._engine = request.engine_address
        return pb.LanguageHandshakeResponse()

    async def Cancel(self, request: Empty, context: _Context) -> Empty:
        # The engine cancels plugins itself: one may be in the middle of creating something.
        self._programs.set()
        return Empty()

    async def GetPluginInfo(self, request: Empty, context: _Context) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=str(_version.version))

    async def RuntimeOptionsPrompts(
        self, request: pb.RuntimeOptionsRequest, context: _Context
    ) -> pb.RuntimeOptionsResponse:
        return pb.RuntimeOptionsResponse()

    async def About(self, request: pb.AboutRequest, context: _Context) -> pb.AboutResponse:
        async with _explained(context):
            toolchain = await resolve(request.info).ready()
            executable, version = await packages.interpreter(toolchain)
            return pb.AboutResponse(
                executable=executable,
                version=version,
                metadata={"toolchain": toolchain.name.title(), "typechecker": "None"},
            )

    async def GetRequiredPackages(
        self, request: pb.GetRequiredPackagesRequest, context: _Context
    ) -> pb.GetRequiredPackagesResponse:
        async with _explained(context):
            installed = await packages.installed(await resolve(request.info).ready())
            return pb.GetRequiredPackagesResponse(packages=packages.required(installed))

    async def GetProgramDependencies(
        self, request: pb.GetProgramDependenciesRequest, context: _Context
    ) -> pb.GetProgramDependenciesResponse:
        async with _explained(context):
            installed = await packages.installed(await resolve(request.info).ready())
            transitive = request.transitiveDependencies
            dependencies = packages.dependencies(installed, transitive=transitive)
            return pb.GetProgramDependenciesResponse(dependencies=dependencies)

    async def InstallDependencies(
        self, request: pb.InstallDependenciesRequest, context: _Context
    ) -> AsyncIterator[pb.InstallDependenciesResponse]:
        async with _explained(context):
            if request.use_language_version_tools:
                raise RefusedError("the sandbox's language host installs no Python, only packages")
            toolchain = resolve(request.info, plugin=request.is_plugin)
            async for piece in install(toolchain, plugin=request.is_plugin, stopping=self._plugins):
                yield pb.InstallDependenciesResponse(**piece)

    async def Run(self, request: pb.RunRequest, context: _Context) -> pb.RunResponse:
        async with _explained(context):
            _refuse_debugger(asked=request.attach_debugger)
            toolchain = await resolve(request.info).ready()
            # Unbuffered, unlike the released host, so that output appears at once.
            command = [toolchain.python, "-u", program.__file__, str(self._executor)]
            async with child(
                [*command, *self._program_arguments(request)],
                environment=toolchain.environment() | _configuration(request),
                folder=None,
                stopping=self._programs,
            ) as process:
                return _verdict(await process.wait())

    async def RunPlugin(
        self, request: pb.RunPluginRequest, context: _Context
    ) -> AsyncIterator[pb.RunPluginResponse]:
        async with _explained(context):
            _refuse_debugger(asked=request.attach_debugger)
            async for piece in plugins.run(request, self._plugins):
                yield pb.RunPluginResponse(**piece)

    async def GeneratePackage(
        self, request: pb.GeneratePackageRequest, context: _Context
    ) -> pb.GeneratePackageResponse:
        async with _explained(context):
            await sdks.generate(request, self._executor.parent)
            return pb.GeneratePackageResponse()

    async def Link(self, request: pb.LinkRequest, context: _Context) -> pb.LinkResponse:
        async with _explained(context):
            return pb.LinkResponse(import_instructions=sdks.link(request))

    def _program_arguments(self, request: pb.RunRequest) -> Iterator[str]:
        options = {
            "monitor": request.monitor_address,
            "engine": self._engine,
            "project": request.project,
            "root_directory": request.info.root_directory,
            "stack": request.stack,
            "pwd": request.pwd,
            "dry_run": json.dumps(request.dryRun),
            "parallel": str(request.parallel),
            "organization": request.organization,
        }
        for name, value in options.items():
            if value:
                yield from (f"--{name}", value)
        yield from (request.info.entry_point, *request.args)


@asynccontextmanager
async def _explained(context: _Context) -> AsyncIterator[None]:
    try:
        yield
    except RefusedError as refused:
        await context.abort(grpc.StatusCode.UNKNOWN, str(refused))


def _refuse_debugger(*, asked: bool) -> None:
    if asked:
        raise RefusedError("the sandbox's language host starts no debugger")


def _configuration(request: pb.RunRequest) -> dict[str, str]:
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config), sort_keys=True),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def _verdict(code: int) -> pb.RunResponse:
    if code == program.EXPLAINED:
        return pb.RunResponse(bail=True)
    if code < 0:
        return pb.RunResponse(error=f"program was ended by {signal.Signals(-code).name}")
    if code:
        return pb.RunResponse(error=f"program exited with non-zero exit code: {code}")
    return pb.RunResponse()


def _not_here(name: str) -> Callable[..., Awaitable[None]]:
    async def answer(_: LanguageRuntime, _request: object, context: _Context) -> None:
        sentence = f"the sandbox's language host does not implement {name}"
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, sentence)

    return answer


# Program conversion and the like. The base class would return the same error and log a traceback.
for _name in vars(language_pb2_grpc.LanguageRuntimeServicer).keys() - vars(LanguageRuntime).keys():
    if _name[0].isupper():
        setattr(LanguageRuntime, _name, _not_here(_name))
