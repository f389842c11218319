from pathlib import Path

import grpc
import pytest
from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.host import sdks
from tests.engine.host.conftest import StartHost
from tests.sandbox.engine.host.programs import command, program


def request(folder: Path, **options: object) -> pb.LinkRequest:
    package = {"path": "sdks/demo", "package": {"name": "demo"}}
    linked = ParseDict({"packages": [package]}, pb.LinkRequest())
    linked.info.CopyFrom(program(folder, **options))
    return linked


def test_a_linked_sdk_is_required_once_and_its_import_is_shown(tmp_path: Path) -> None:
    module = tmp_path / "sdks" / "demo" / "pulumi_demo"
    module.mkdir(parents=True)
    (module / "__init__.py").touch()
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("pulumi==3.272.0")
    instructions = {sdks.link(request(tmp_path)) for _ in range(2)}

    assert requirements.read_text() == "pulumi==3.272.0\nsdks/demo\n"
    assert instructions == {
        "You can import the SDK in your Python code with:\n\n  import pulumi_demo as demo\n"
    }


def test_the_generator_reads_the_schema_and_writes_into_the_folder(
    start_host: StartHost, tmp_path: Path
) -> None:
    host = start_host()
    command(tmp_path / 'the host\'s "bin" 0', sdks.GENERATOR, 'cat > "$1/schema"; echo "$2" >&2')
    asked = pb.GeneratePackageRequest(
        directory=str(tmp_path), schema="{}", loader_target="127.0.0.1:1"
    )
    host.stub.GeneratePackage(asked)

    assert (tmp_path / "schema").read_text() == "{}"


def test_overlays_are_refused(idle_host) -> None:
    asked = pb.GeneratePackageRequest(extra_files={"a.py": b""})
    with pytest.raises(grpc.RpcError, match="omit `--overlays`"):
        idle_host.stub.GeneratePackage(asked)
