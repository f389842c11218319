"""Damage and errors are detected, and never reported as success."""

import os

import pytest
from pyrage.x25519 import Identity

from sandbox import supervision
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.servers import s3
from sandbox.world import World
from tests.engine.legal_storage.bucket import Bucket, key, rewrite
from tests.engine.legal_storage.faults import cutting_proxy, small_disk
from tests.engine.ports import next_block


@pytest.fixture
def root():
    if os.getuid() != 0:
        pytest.skip("only root can make a small disk: the full disk is not checked")


@pytest.fixture
def backed_up(pod):
    pod.write("rfpa/a.pdf", b"one" * 1000)
    pod.write("rfpa/b.pdf", b"two" * 1000)
    assert pod.run("backup")["code"] == 0
    return pod


def corrupt(pod, path):
    """Write over the object; the locked version is below."""
    bucket, at = Bucket.of(pod), key(pod, path)
    sealed = bytearray(bucket.content(at))
    sealed[-1] ^= 1
    bucket.overwrite(at, bytes(sealed))


def destroy(pod, path):
    """Let a manifest name a version that does not exist: nobody can destroy a locked one."""
    rewrite(
        pod,
        lambda versions: [
            v._replace(object_version="0" * 32) if v.path == path else v for v in versions
        ],
    )


def test_the_integrity_check_of_intact_copies_succeeds(backed_up):
    reported = backed_up.run("verify")

    assert (reported["code"], reported["compared"], reported["problems"]) == (0, 2, [])


def test_what_was_overwritten_or_deleted_is_reported_and_nothing_is_lost(backed_up):
    corrupt(backed_up, "rfpa/a.pdf")
    Bucket.of(backed_up).delete(key(backed_up, "rfpa/b.pdf"))

    check = backed_up.run("verify")

    assert (check["code"], check["compared"], check["damaged"]) == (1, 2, [])
    assert [problem.partition(": ")[2] for problem in sorted(check["problems"])] == [
        f"somebody has {change} its object; the locked version below it is whole: "
        "runbooks/legal-restore.md says how to lay it open"
        for change in ("overwritten", "deleted")
    ]


def test_a_lost_copy_is_detected_and_copied_anew_by_the_next_backup(backed_up):
    destroy(backed_up, "rfpa/a.pdf")

    check, backup, again = (backed_up.run(word) for word in ("verify", "backup", "verify"))

    (problem,) = check["problems"]
    assert problem.partition(": ")[2] == (
        "LOST: its copy is not whole: the next backup copies it anew, if it is on the volume"
    )
    assert (check["code"], check["compared"]) == (1, 1)
    assert (backup["code"], backup["copied"]) == (0, 0)  # the true version is there
    assert (again["code"], again["compared"]) == (0, 2)


def test_a_missing_lock_is_detected(backed_up):
    """A version that somebody wrote without a lock, and that a manifest names."""
    at = key(backed_up, "rfpa/a.pdf")
    bucket = Bucket.of(backed_up)
    bucket.overwrite(at, bucket.content(at))
    (found,) = [v for v in bucket.versions() if v.object_name == at and v.is_latest == "true"]
    unlocked = {"object_version": found.version_id, "locked_until": ""}
    rewrite(
        backed_up,
        lambda versions: [v._replace(**unlocked) if v.object == at else v for v in versions],
    )

    check, backup = backed_up.run("verify"), backed_up.run("backup")

    assert "not locked until" in check["problems"][0]
    assert backup["code"] == 0
    assert bucket.retention(at, found.version_id).mode == "COMPLIANCE"


@pytest.mark.parametrize("word", ["backup", "verify", "restore", "report"])
def test_with_a_wrong_key_the_store_is_not_taken_for_an_empty_one(backed_up, word):
    backed_up.be("backup", {"encryption-keys": str(Identity.generate())})

    reported = backed_up.run(word)

    assert reported["code"] == 3
    assert "manifests: not one of 1 entries can be read" in reported["problems"][0]


def test_a_wrong_credential_and_a_missing_one_are_reported_without_their_values(backed_up):
    backed_up.be("backup", {"secret-access-key": "not-the-key"})
    reported = backed_up.run("backup")
    assert reported["code"] == 3
    assert "not-the-key" not in str(reported)

    backed_up.be("backup", {"encryption-keys": ""})
    missing = backed_up.secrets / "encryption-keys"
    reported = backed_up.run("backup")
    assert (reported["code"], reported["problems"]) == (
        2,
        [f"{missing}: this secret is empty: fill it in Vault"],
    )


def test_a_store_that_does_not_answer_is_reported_as_unknown(backed_up):
    backed_up.configure(endpoint="https://127.0.0.1:1")

    assert [backed_up.run(word)["code"] for word in ("backup", "verify")] == [3, 3]


def test_nothing_is_written_to_a_server_with_an_untrusted_certificate(backed_up):
    backed_up.configure(ca_file=None)

    assert backed_up.run("backup")["code"] == 3


def test_a_backup_fails_when_its_upload_is_cut_and_the_next_one_succeeds(backed_up):
    backed_up.write("rfpa/large.pdf", os.urandom(30_000_000))
    before = backed_up.run("report")["manifest"]
    with cutting_proxy(backed_up.world.port("s3"), after_bytes=12_000_000) as port:
        backed_up.configure(endpoint=f"https://127.0.0.1:{port}")
        reported = backed_up.run("backup")
    backed_up.configure()

    assert reported["code"] == 3
    assert backed_up.run("report")["manifest"] == before
    assert backed_up.run("backup")["copied"] == 1
    assert backed_up.run("verify")["code"] == 0


@pytest.mark.usefixtures("root")
def test_a_full_volume_is_reported_and_leaves_no_partial_document(backed_up):
    documents = backed_up.documents
    backed_up.write("rfpa/large.pdf", os.urandom(3_000_000))
    backed_up.run("backup")
    with small_disk(documents, 2_000_000):
        backed_up.run("prepare")
        reported = backed_up.run("restore")
        left = sorted(str(p.relative_to(documents)) for p in documents.rglob("*.pdf"))

    assert (reported["code"], reported["problems"]) == (
        1,
        ["rfpa/large.pdf: cannot be restored: No space left on device"],
    )
    assert left == ["rfpa/a.pdf", "rfpa/b.pdf"]


@pytest.mark.usefixtures("root")
def test_an_integrity_check_writes_nothing(backed_up):
    backed_up.write("rfpa/large.pdf", os.urandom(9_000_000))
    backed_up.run("backup")
    with small_disk(backed_up.folder / "scratch", 4096):
        assert backed_up.run("verify")["compared"] == 3


@pytest.mark.usefixtures("root")
def test_a_backup_to_a_full_store_fails(pod, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 100_000_000):  # too small for any of its volumes
        world = World(disk / "world", next_block(), [supervision.SERVER, s3.SERVER])
        world.create()
        world.prepare(Toolchain())
        try:
            supervision.start(world, world.processes(Toolchain()))
            full = type(pod)(pod.folder, world, pod.bucket)
            s3.create_bucket(world, pod.bucket)
            full.be("backup")
            full.configure()
            full.write("rfpa/a.pdf", b"one")
            reported = full.run("backup")
        finally:
            supervision.stop(world)

    assert reported["code"] != 0
    assert reported["problems"]
