"""The same commands on Azure Blob Storage as Microsoft's simulator plays it: it locks nothing."""

from collections.abc import Iterator
from functools import partial
from itertools import count

import pytest
from azure.core.exceptions import HttpResponseError

from sandbox import azurite, supervision
from sandbox.servers import Server
from sandbox.toolchain.cache import Toolchain
from sandbox.world import World
from tests.engine.conftest import FIRST_PORTS
from tests.engine.legal_storage.conftest import Pod

_CONTAINERS = count(1)
_LOCKED_BY = "the container's own policy: not checked"
_NO_HOLD = (
    "Azure Blob: put the hold on the blob's versions with Azure's own tool: "
    "runbooks/legal-hold.md says how"
)


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Iterator[tuple[World, list[Server]]]:
    world = World(tmp_path_factory.mktemp("azurite") / "world", next(FIRST_PORTS))
    world.create()
    toolchain = Toolchain()
    command = azurite.command(world, toolchain.executable("node"), toolchain.executable("azurite"))
    table = [Server(name="azurite", command=command, is_well=partial(azurite.is_well, world))]
    try:
        supervision.start(world, table)
        yield world, table
    finally:
        supervision.stop(world)


@pytest.fixture
def pod(table, tmp_path) -> Pod:
    """Give a volume whose folders are prepared, and an empty container of its own."""
    world, _ = table
    pod = Pod(tmp_path, world, f"legal-documents-{next(_CONTAINERS)}")
    pod.be("backup", {"sas-token": azurite.make_container(world, pod.bucket)})
    pod.describe(
        {
            "kind": "azure_blob",
            "endpoint": azurite.url(world),
            "container": pod.bucket,
            "ca_file": str(world.tls / "ca.pem"),
        }
    )
    pod.prepare()
    return pod


@pytest.fixture
def backed_up(pod) -> Pod:
    for number in range(3):
        pod.write(f"subpoena/{number}.pdf", bytes([number]) * 200_000)
    assert pod.run("backup")["code"] == 0
    return pod


def good(command, **facts):
    return {"code": 0, "command": command, "outcome": "good", "problems": [], **facts}


def test_a_backup_is_made_says_that_no_lock_was_checked_and_is_proved(pod):
    pod.write("subpoena/a.pdf", b"one")
    told = good("backup", documents=1, bytes=3, held=[], locked_by=_LOCKED_BY)

    assert pod.run("backup") == {**told, "copied": 1}
    assert pod.run("backup") == {**told, "copied": 0}
    verified = pod.run("verify")
    assert verified == good("verify", compared=1, manifest=verified["manifest"])


def test_neither_content_nor_name_leaves_the_pod_in_clear(backed_up):
    backed_up.write("rfpa/jane-doe.pdf", b"Jane Doe owes nothing" * 50)
    backed_up.run("backup")
    container = azurite.container(backed_up.world, backed_up.bucket)

    blobs = {name: container.download_blob(name).readall() for name in container.list_blob_names()}

    assert len(blobs) == 6  # four documents, a manifest for each backup
    assert [name for name in blobs if "jane" in name or "subpoena" in name] == []
    assert [name for name, content in blobs.items() if b"Jane" in content] == []


def test_a_lost_a_changed_and_a_renamed_document_come_back_byte_for_byte(backed_up):
    documents = backed_up.documents
    (documents / "subpoena/0.pdf").unlink()
    (documents / "subpoena/1.pdf").write_bytes(b"forged")
    (documents / "subpoena/2.pdf").rename(documents / "rfpa/2.pdf")

    told = backed_up.run("restore", "--overwrite")

    assert told["code"] == 0
    assert {
        str(path.relative_to(documents)): path.read_bytes() for path in documents.rglob("*.pdf")
    } == {
        **{f"subpoena/{number}.pdf": bytes([number]) * 200_000 for number in range(3)},
        "rfpa/2.pdf": bytes([2]) * 200_000,
    }


def test_the_pods_token_can_delete_nothing(backed_up):
    token = (backed_up.secrets / "sas-token").read_text()
    container = azurite.container(backed_up.world, backed_up.bucket, token)
    names = list(container.list_blob_names())

    for name in names:
        with pytest.raises(HttpResponseError, match="not authorized"):
            container.delete_blob(name)

    assert len(names) == 4
    assert list(container.list_blob_names()) == names


def test_a_hold_is_left_to_azures_own_tool(backed_up):
    told = backed_up.run("hold", "subpoena/0.pdf", "--by", "officer", "--reason", "case 2026-17")

    assert told == {
        "code": 2,
        "command": "hold",
        "outcome": "wrong use",
        "problems": [_NO_HOLD],
    }


@pytest.mark.parametrize(
    ("secret", "value", "sentence"),
    [
        (
            "sas-token",
            "sv=2025-01-05&sig=forged",
            "RESPONSE 403: 403 Server failed to authenticate the request.",
        ),
        ("encryption-password", "another", "undecryptable"),
    ],
)
def test_a_wrong_key_is_an_error(backed_up, secret, value, sentence):
    (backed_up.secrets / secret).write_text(value)

    for command in ("backup", "verify", "restore"):
        told = backed_up.run(command)
        (problem,) = told.pop("problems")
        assert told == {"code": 3, "command": command, "outcome": "unknown"}
        assert problem.startswith("rclone lsf failed: ")
        assert sentence in problem
        assert "forged" not in problem


def test_a_damaged_copy_and_a_lost_one_are_told(backed_up):
    container = azurite.container(backed_up.world, backed_up.bucket)
    sizes = {blob.name: blob.size for blob in container.list_blobs()}
    damaged, lost, _ = (name for name, size in sizes.items() if size > 200_000)
    container.upload_blob(damaged, b"\0" * sizes[damaged], overwrite=True)
    container.delete_blob(lost)

    told = backed_up.run("verify")

    assert (told["code"], told["outcome"], told["compared"]) == (1, "wrong", 1)
    assert [problem.partition(": ")[2] for problem in told["problems"]] == [
        "LOST: no whole copy is in the store"
    ] * 2


def test_a_store_that_does_not_answer_is_an_error(table, backed_up):
    world, servers = table
    supervision.stop(world)
    try:
        told = backed_up.run("backup")
    finally:
        supervision.start(world, servers)

    assert (told["code"], told["outcome"]) == (3, "unknown")
    assert "connection refused" in told["problems"][0]
    assert backed_up.run("verify")["code"] == 0
