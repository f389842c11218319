"""A plugin process, called over gRPC as the engine calls it."""

import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from tests.engine.standins.recordings import Fields, Json

_METHODS: dict[str, tuple[str, type[Message]]] = {
    "check_config": ("CheckConfig", provider_pb2.CheckRequest),
    "diff_config": ("DiffConfig", provider_pb2.DiffRequest),
    "configure": ("Configure", provider_pb2.ConfigureRequest),
    "check": ("Check", provider_pb2.CheckRequest),
    "diff": ("Diff", provider_pb2.DiffRequest),
    "create": ("Create", provider_pb2.CreateRequest),
    "read": ("Read", provider_pb2.ReadRequest),
    "update": ("Update", provider_pb2.UpdateRequest),
    "delete": ("Delete", provider_pb2.DeleteRequest),
    "invoke": ("Invoke", provider_pb2.InvokeRequest),
    "plugin_info": ("GetPluginInfo", Empty),
}


class _Engine(engine_pb2_grpc.EngineServicer):
    """The engine's service that a plugin logs to; it keeps the log."""

    def __init__(self) -> None:
        self.logs: list[Fields] = []

    def Log(self, request: engine_pb2.LogRequest, _: grpc.ServicerContext) -> Empty:  # noqa: N802 - gRPC's name
        severity = engine_pb2.LogSeverity.Name(request.severity)
        if severity != "DEBUG":
            text = request.message.partition("\ngoroutine ")[0]
            self.logs.append({"message": text, "severity": severity})
        return Empty()


class Plugin:
    """A running plugin."""

    def __init__(self, program: Path, environment: Mapping[str, str]) -> None:
        self._program, self._environment = program, environment
        self._engine = _Engine()
        self._server = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self._engine, self._server)
        self._address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        self.start()

    def start(self) -> None:
        """Start the process, also after it died."""
        self._process = subprocess.Popen(
            [self._program, self._address],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def stop(self) -> None:
        self._channel.close()
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._server.stop(None).wait()

    def ask(self, verb: str, **request: Json) -> tuple[Fields, list[Fields]]:
        """Make one call; return the answer in the recorder's format, and the log."""
        self._engine.logs.clear()
        method, message = _METHODS[verb]
        fields = {
            name: ParseDict(value, Struct())
            if isinstance(value, dict) and name != "variables"
            else value
            for name, value in request.items()
        }
        try:
            answer = _words(getattr(self._stub, method)(message(**fields)))
        except grpc.RpcError as error:
            answer = _refusal(error)
        return answer, list(self._engine.logs)


def _words(message: Message) -> Fields:
    words: Fields = MessageToDict(message, preserving_proto_field_name=True)
    return words


def _refusal(error: grpc.RpcError) -> Fields:
    assert isinstance(error, grpc.Call)
    if error.code() == grpc.StatusCode.UNAVAILABLE:
        gone = "the plugin's process is gone"
        return {"died": gone, "error": gone}
    answer: Fields = {"code": error.code().name, "error": error.details()}
    packed = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    assert isinstance(packed, bytes)
    details = [_detail(one) for one in status_pb2.Status.FromString(packed).details]
    return answer | ({"details": details} if details else {})


def _detail(packed: Packed) -> Fields:
    failed = provider_pb2.ErrorResourceInitFailed()
    assert packed.Unpack(failed), packed.type_url
    return {"ErrorResourceInitFailed": _words(failed)}
