"""
A proxy between the engine and a policy pack.

The engine sends the stack to a running pack; the Python SDK reads it from the environment at its
start. The proxy answers until the stack is known, then starts the pack and forwards every call.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self, TypeAlias

import grpc
from grpc import aio
from pulumi.runtime.proto import analyzer_pb2

# The engine's own limit for its calls, in both directions.
MESSAGE_LIMITS = (("grpc.max_receive_message_length", 400 << 20),)

_Context: TypeAlias = "aio.ServicerContext[bytes, bytes]"


class PolicyPack(grpc.GenericRpcHandler):
    """A proxy that listens before the pack runs."""

    port: int

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.environment: asyncio.Future[dict[str, str]] = loop.create_future()
        self._channel: asyncio.Future[aio.Channel | None] = loop.create_future()

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> AsyncIterator[Self]:
        """Listen in the pack's place."""
        pack = cls()
        server = aio.server(handlers=[pack], options=MESSAGE_LIMITS)
        pack.port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            yield pack
        finally:
            await server.stop(grace=None)

    def attach(self, port: bytes) -> None:
        """Forward calls to the pack on *port*; an empty *port* means that the pack ended."""
        target = f"127.0.0.1:{port.decode().strip()}"
        # Python's gRPC would use an HTTP proxy for loopback, too; the engine does not.
        options = (*MESSAGE_LIMITS, ("grpc.enable_http_proxy", 0))
        self._channel.set_result(aio.insecure_channel(target, options=options) if port else None)

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> "grpc.RpcMethodHandler[bytes, bytes]":
        method = handler_call_details.method

        async def answer(request: bytes, context: _Context) -> bytes:
            call = method.rpartition("/")[2]
            if call == "Handshake":
                return b""
            if not self.environment.done():
                # A call before the stack is known: the pack is being published, and has no stack.
                described = _described(request) if call == "ConfigureStack" else {}
                self.environment.set_result(described)
            ask: aio.UnaryUnaryMultiCallable[bytes, bytes]
            channel = await asyncio.shield(self._channel)
            if not channel:
                await context.abort(grpc.StatusCode.UNKNOWN, "the policy pack ended at its start")
            ask = channel.unary_unary(method)
            try:
                return await ask(request)
            except aio.AioRpcError as error:
                await context.abort(error.code(), error.details() or "")

        return grpc.unary_unary_rpc_method_handler(answer)


def _described(request: bytes) -> dict[str, str]:
    stack = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(request)
    return {
        "PULUMI_ORGANIZATION": stack.organization or "organization",
        "PULUMI_PROJECT": stack.project,
        "PULUMI_STACK": stack.stack,
        "PULUMI_DRY_RUN": json.dumps(stack.dry_run),
        "PULUMI_CONFIG": json.dumps(dict(stack.config), sort_keys=True),
    }
