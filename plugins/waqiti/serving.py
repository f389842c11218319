"""
The server of the plugin: components and resources in one process.

The SDK has a server for each, and both implement the same protocol. This one passes on what only
the other can answer. It imports the library when a component or the schema is asked for: that
takes longer than everything else, and a program of this repository needs neither.
"""
# ruff: noqa: N802 - the protocol names its methods

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, TypeAlias

import grpc
from grpc import aio
from pulumi.provider.experimental import server as of_resources
from pulumi.provider.server import ProviderServicer as ServerOfComponents
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

from plugins.waqiti import VERSION
from plugins.waqiti.failures import RefusedError
from plugins.waqiti.provider import OwnResources

_Context: TypeAlias = "aio.ServicerContext[Any, Any]"
_Method: TypeAlias = Callable[[Any, Any, Any], Awaitable[Any]]


# What the engine asks of a resource.
_OF_RESOURCES = ("CheckConfig", "Configure", "Check", "Diff", "Create", "Read", "Update", "Delete")


class Server(of_resources.ProviderServicer):
    """Both of the SDK's servers; a refusal is reported without a traceback."""

    def __init__(self, arguments: list[str], engine: str) -> None:
        """Serve the engine at the address *engine*."""
        super().__init__(arguments, VERSION, OwnResources(self._warn, self._tell), engine)

    async def Construct(
        self, request: pb.ConstructRequest, context: _Context
    ) -> pb.ConstructResponse:
        """Construct a component."""
        return await self._components.Construct(request, context)

    async def GetSchema(
        self, request: pb.GetSchemaRequest, context: _Context
    ) -> pb.GetSchemaResponse:
        """Describe components and resources."""
        return await self._components.GetSchema(request, context)

    @cached_property
    def _components(self) -> ServerOfComponents:
        from plugins.waqiti.hosting import library  # noqa: PLC0415 - it imports the library

        return ServerOfComponents(library(), self._args, engine_address=self._engine_address)

    async def _warn(self, urn: str, sentence: str) -> None:
        await self._log(engine_pb2.WARNING, urn, sentence)

    async def _tell(self, urn: str, sentence: str) -> None:
        await self._log(engine_pb2.INFO, urn, sentence)

    async def _log(
        self, severity: "engine_pb2.LogSeverity.ValueType", urn: str, sentence: str
    ) -> None:
        async with aio.insecure_channel(self._engine_address) as channel:
            engine: Any = engine_pb2_grpc.EngineStub(channel)
            await engine.Log(engine_pb2.LogRequest(severity=severity, message=sentence, urn=urn))


def _in_one_sentence(method: _Method) -> _Method:
    async def answer(server: Server, request: object, context: _Context) -> object:
        try:
            return await method(server, request, context)
        except Exception as failed:
            # The SDK's server adds a traceback to every error; the one before it is ours.
            if isinstance(failed.__context__, RefusedError):
                await context.abort(grpc.StatusCode.UNKNOWN, str(failed.__context__))
            raise

    return answer


for _name in _OF_RESOURCES:
    setattr(Server, _name, _in_one_sentence(getattr(of_resources.ProviderServicer, _name)))


def serve(arguments: list[str]) -> None:
    """Serve the engine whose address is the first of *arguments*, until it ends this process."""
    asyncio.run(_serve(arguments))


async def _serve(arguments: list[str]) -> None:
    server = aio.server(options=_GRPC_CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(
        Server(arguments, arguments[0]), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()
