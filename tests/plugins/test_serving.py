"""The process of the plugin, as an engine talks to it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

from tests.conftest import ROOT

# Nothing listens there.
NOWHERE = "https://127.0.0.1:9"
SECRET = {"mount": "secret", "path": "redis/ledger", "generated": ["password"], "policy": "p"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@pytest.fixture(scope="module")
def plugin() -> Iterator[Any]:
    """Run the plugin; provide its API, configured for a Vault that does not answer."""
    with subprocess.Popen(
        [sys.executable, ROOT / "plugins" / "waqiti", "127.0.0.1:9"],
        stdout=subprocess.PIPE,
        env=os.environ | {"VAULT_TOKEN": "a test's"},
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            configured = stub.Configure(pb.ConfigureRequest(args=struct({"address": NOWHERE})))
            # The engine constructs components only with a plugin that keeps secrets.
            assert configured.acceptSecrets
            yield stub
        process.terminate()


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def secret(value: object) -> dict[str, object]:
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


def urn(kind: str) -> str:
    return f"urn:pulumi:dev::try::waqiti:index:Parent$waqiti:vault:{kind}::some"


def failures(plugin, kind: str, **inputs: object) -> dict[str, str]:
    answer = plugin.Check(pb.CheckRequest(urn=urn(kind), news=struct(inputs)))
    return {failure.property: failure.reason for failure in answer.failures}


def diff(plugin, kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Any, ...]:
    answer = plugin.Diff(pb.DiffRequest(urn=urn(kind), olds=struct(old), news=struct(new)))
    changed = answer.changes == pb.DiffResponse.DIFF_SOME
    return changed, sorted(answer.detailedDiff), sorted(answer.replaces)


def test_one_process_serves_the_schema_and_the_resources(plugin) -> None:
    info = plugin.GetPluginInfo(Empty())
    schema = json.loads(plugin.GetSchema(pb.GetSchemaRequest()).schema)

    assert info.version == schema["version"]
    assert {"waqiti:index:KafkaTopics", "waqiti:vault:GeneratedSecret"} <= set(schema["resources"])


def test_right_arguments_are_accepted(plugin) -> None:
    every = {"fixed": {"username": "a"}, "rotation": 2.0, "purge": False}

    assert failures(plugin, "GeneratedSecret", **SECRET) == {}
    assert failures(plugin, "GeneratedSecret", **SECRET | every) == {}
    assert failures(plugin, "GeneratedSecret", **SECRET | {"policy": UNKNOWN}) == {}
    assert (
        failures(plugin, "ExpectedSecret", mount="a/b", path="c", keys=["d"], required=True) == {}
    )
    assert failures(plugin, "PasswordPolicy", name="p", policy="length = 20") == {}


def test_all_wrong_arguments_are_reported_with_their_values(plugin) -> None:
    wrong = {
        "mount": "/secret",
        "generated": ["password", "password"],
        "policy": "",
        "fixed": {"username": 1.0},
        "rotation": 0.0,
        "purge": "yes",
        "paht": "redis/ledger",
    }
    a_path = "pass a path without spaces, and without slashes at its ends"

    assert failures(plugin, "GeneratedSecret", **wrong) == {
        "path": "missing: pass it",
        "mount": f"'/secret': {a_path}",
        "generated": "['password', 'password']: name each key once",
        "policy": "'': pass a text",
        "fixed": "keys username: pass a text for each key",
        "rotation": "0: pass a whole number, 1 or more",
        "purge": "'yes': pass true or false",
        "paht": "unknown argument: remove it or correct its name",
    }
    assert failures(plugin, "ExpectedSecret", mount="a", path="b//c", keys=[]) == {
        "path": f"'b//c': {a_path}",
        "keys": "[]: pass the names of the keys, at least one",
    }
    assert failures(plugin, "PasswordPolicy", name="a b", policy="x") == {
        "name": f"'a b': {a_path}"
    }


def test_a_key_is_either_generated_or_fixed(plugin) -> None:
    both = SECRET | {"fixed": {"password": "x", "username": "a"}}

    assert failures(plugin, "GeneratedSecret", **both) == {
        "fixed.password": "is in `generated`, too: remove it from one of them"
    }


def test_only_another_place_replaces_a_secret(plugin) -> None:
    state = SECRET | {"present": ["password"]}
    unchanged = diff(plugin, "GeneratedSecret", state, SECRET)
    moved = diff(plugin, "GeneratedSecret", state, SECRET | {"path": "redis/other"})
    rotated = diff(plugin, "GeneratedSecret", state, SECRET | {"rotation": 2.0})
    no_longer = diff(plugin, "GeneratedSecret", state | {"purge": True}, SECRET)
    more = diff(plugin, "GeneratedSecret", state | {"present": ["other", "password"]}, SECRET)

    assert unchanged == (False, [], [])
    assert moved == (True, ["path"], ["path"])
    assert rotated == (True, ["rotation"], [])
    assert no_longer == (True, ["purge"], [])
    assert more == (True, ["present"], [])


def test_a_preview_sends_no_request(plugin) -> None:
    made = plugin.Create(
        pb.CreateRequest(urn=urn("GeneratedSecret"), properties=struct(SECRET), preview=True)
    )

    assert json_format.MessageToDict(made.properties) == SECRET | {"present": ["password"]}


def test_an_argument_that_is_a_secret_stays_one(plugin) -> None:
    given = SECRET | {"fixed": {"username": secret("ledger_svc")}}
    made = plugin.Create(
        pb.CreateRequest(urn=urn("GeneratedSecret"), properties=struct(given), preview=True)
    )

    assert json_format.MessageToDict(made.properties) == given | {
        "fixed": secret({"username": "ledger_svc"}),
        "present": ["password", "username"],
    }


def test_a_refusal_has_no_traceback(plugin) -> None:
    asked = pb.CreateRequest(urn=urn("GeneratedSecret"), properties=struct(SECRET))
    with pytest.raises(grpc.RpcError) as refused:
        plugin.Create(asked)

    assert refused.value.details() == (
        f"Vault at {NOWHERE} does not answer (connection refused): run it again when it does"
    )


def test_an_import_is_refused(plugin) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        plugin.Read(pb.ReadRequest(urn=urn("GeneratedSecret"), id="secret/redis/ledger"))

    assert refused.value.details() == (
        "cannot be imported: declare it; an `up` keeps what is there"
    )
