"""The commands against Microsoft's simulator of Azure Blob Storage, which locks nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count

import pytest
from azure.core.exceptions import HttpResponseError
from pyrage.x25519 import Identity

from legal_storage.store import opened
from sandbox import supervision
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process
from sandbox.servers import azurite
from sandbox.world import World
from tests.engine.legal_storage.conftest import Pod
from tests.engine.ports import next_block

_CONTAINERS = count(1)
_LOCKED_BY = "the container's own policy: not checked"
_NO_HOLD = (
    "Azure Blob: put the hold on the blob's versions with Azure's own tool: "
    "runbooks/legal-hold.md says how"
)


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Iterator[tuple[World, Sequence[Process]]]:
    folder = tmp_path_factory.mktemp("azurite") / "world"
    world = World(folder, next_block(), [supervision.SERVER, azurite.SERVER])
    world.create()
    processes = world.processes(Toolchain())
    try:
        supervision.start(world, processes)
        yield world, processes
    finally:
        supervision.stop(world)


@pytest.fixture
def pod(table, tmp_path) -> Pod:
    """Provide a volume with prepared folders, and an empty container."""
    world, _ = table
    pod = Pod(tmp_path, world, f"legal-documents-{next(_CONTAINERS)}")
    pod.mount({"sas-token": azurite.create_container(world, pod.bucket)})
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
    return {"code": 0, "command": command, "outcome": "success", "problems": [], **facts}


def test_a_backup_reports_that_no_lock_was_checked_and_is_verified(pod):
    pod.write("subpoena/a.pdf", b"one")
    reported = good("backup", documents=1, bytes=3, held=[])

    assert pod.outcome("backup") == {**reported, "copied": 1}
    assert pod.outcome("backup") == {**reported, "copied": 0}
    verified = pod.outcome("verify")
    assert verified == good("verify", compared=1, damaged=[], manifest=verified["manifest"])
    with opened(pod.configuration) as store:
        written, _ = store.reports.entries()
    assert [entry.body["locks"] for entry in written] == [
        {"kind": _LOCKED_BY, "oldest": None, "newest": None, "asked": 0}
    ] * 3  # fmt: skip


def test_neither_content_nor_name_leaves_the_pod_unencrypted(backed_up):
    backed_up.write("rfpa/jane-doe.pdf", b"Jane Doe owes nothing" * 50)
    backed_up.run("backup")
    container = azurite.container(backed_up.world, backed_up.bucket)

    blobs = {name: container.download_blob(name).readall() for name in container.list_blob_names()}

    folders = Counter(name.partition("/")[0] for name in blobs)
    assert folders == {"contents": 4, "lists": 2, "manifests": 2, "reports": 2}
    assert [name for name in blobs if "jane" in name or "subpoena" in name] == []
    assert [name for name, content in blobs.items() if b"Jane" in content] == []


def test_lost_changed_and_renamed_documents_are_restored_byte_for_byte(backed_up):
    documents = backed_up.documents
    (documents / "subpoena/0.pdf").unlink()
    (documents / "subpoena/1.pdf").write_bytes(b"forged")
    (documents / "subpoena/2.pdf").rename(documents / "rfpa/2.pdf")

    reported = backed_up.run("restore", "--overwrite")

    assert reported["code"] == 0
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

    assert len(names) == 6
    assert list(container.list_blob_names()) == names


def test_a_hold_is_refused_with_the_name_of_azures_own_tool(backed_up):
    reported = backed_up.run(
        "hold", "subpoena/0.pdf", "--by", "officer", "--reason", "case 2026-17"
    )

    assert reported == {
        "code": 2,
        "command": "hold",
        "outcome": "misconfigured",
        "problems": [_NO_HOLD],
    }


@pytest.mark.parametrize(
    ("secret", "value", "sentence"),
    [
        (
            "sas-token",
            "sv=2025-01-05&sig=forged",
            "the store was asked for its time: Server failed to authenticate the request.",
        ),
        (
            "encryption-keys",
            str(Identity.generate()),
            "manifests: not one of 1 entries can be read: is this the key that wrote them?",
        ),
    ],
    ids=["credential", "encryption key"],
)
def test_a_wrong_key_is_an_error(backed_up, secret, value, sentence):
    (backed_up.secrets / secret).write_text(value)

    for command in ("backup", "verify", "restore"):
        reported = backed_up.run(command)
        (problem,) = reported.pop("problems")
        assert reported == {"code": 3, "command": command, "outcome": "unknown"}
        assert problem.startswith(sentence)
        assert "forged" not in problem


def test_damaged_and_lost_copies_are_reported(backed_up):
    container = azurite.container(backed_up.world, backed_up.bucket)
    damaged, lost, _ = (
        name for name in container.list_blob_names() if name.startswith("contents/")
    )
    container.upload_blob(damaged, b"\0" * 200_000, overwrite=True)
    container.delete_blob(lost)

    check, backup, again = (backed_up.run(word) for word in ("verify", "backup", "verify"))

    assert (check["code"], check["outcome"], check["compared"]) == (1, "failure", 1)
    assert [problem.partition(": ")[2] for problem in check["problems"]] == [
        "LOST: its copy is not whole: the next backup copies it anew, if it is on the volume"
    ] * 2  # fmt: skip
    assert (backup["code"], backup["copied"]) == (0, 2)
    assert (again["code"], again["compared"]) == (0, 3)


def test_a_store_that_does_not_answer_is_an_error(table, backed_up):
    world, servers = table
    supervision.stop(world)
    try:
        reported = backed_up.run("backup")
    finally:
        supervision.start(world, servers)

    assert (reported["code"], reported["outcome"]) == (3, "unknown")
    assert "Connection refused" in reported["problems"][0]
    assert backed_up.run("verify")["code"] == 0
