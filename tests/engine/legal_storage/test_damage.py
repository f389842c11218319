"""What goes wrong is noticed, and never reported as success."""

import os

import pytest

from sandbox import s3, supervision
from sandbox.servers import Server
from sandbox.world import World
from tests.engine.conftest import FIRST_PORTS
from tests.engine.legal_storage.bucket import Bucket, key
from tests.engine.legal_storage.faults import cutting_proxy, small_disk


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
    bucket, at = Bucket.of(pod), key(pod, path)
    sealed = bytearray(bucket.content(at))
    sealed[-1] ^= 1
    bucket.overwrite(at, bytes(sealed))


def test_the_proof_of_good_copies_is_good(backed_up):
    told = backed_up.run("verify")

    assert (told["code"], told["compared"], told["problems"]) == (0, 2, [])


def test_one_flipped_bit_is_noticed_by_the_proof_and_mended_by_the_next_backup(backed_up):
    corrupt(backed_up, "rfpa/a.pdf")

    proof, backup = backed_up.run("verify"), backed_up.run("backup")

    assert proof["code"] == 1
    assert "rfpa/a.pdf" in proof["problems"][0]
    assert "deleted or corrupted; an older version of the object is whole" in proof["problems"][0]
    assert (backup["code"], backup["problems"]) == (
        1,
        ["rfpa/a.pdf: somebody has overwritten its copy: it was copied anew"],
    )
    assert backed_up.run("verify")["code"] == 0


def test_a_deleted_copy_is_noticed_by_the_next_backup_and_by_the_proof(backed_up):
    Bucket.of(backed_up).delete(key(backed_up, "rfpa/a.pdf"))

    proof, backup = backed_up.run("verify"), backed_up.run("backup")

    assert proof["code"] == 1
    assert "rfpa/a.pdf" in proof["problems"][0]
    assert (backup["code"], backup["problems"][0]) == (
        1,
        "rfpa/a.pdf: somebody has deleted its copy: it was copied anew",
    )
    assert backed_up.run("backup")["code"] == 0


def test_a_lock_that_is_missing_is_noticed(backed_up):
    at = key(backed_up, "rfpa/a.pdf")
    bucket = Bucket.of(backed_up)
    bucket.overwrite(at, bucket.content(at))  # the same, but nobody locked it

    told = backed_up.run("backup")

    assert (told["code"], told["copied"]) == (1, 0)
    (found,) = [v for v in bucket.versions() if v.object_name == at and v.is_latest == "true"]
    assert bucket.retention(at, found.version_id).mode == "COMPLIANCE"


@pytest.mark.parametrize("word", ["backup", "verify", "restore", "report"])
def test_a_wrong_key_is_no_empty_store(backed_up, word):
    backed_up.be("backup", {"encryption-password": "another"})

    told = backed_up.run(word)

    assert told["code"] == 3
    assert "undecryptable" in told["problems"][0]


def test_a_wrong_credential_and_a_missing_one_are_told_without_their_values(backed_up):
    backed_up.be("backup", {"secret-access-key": "not-the-key"})
    told = backed_up.run("backup")
    assert told["code"] == 3
    assert "not-the-key" not in str(told)

    backed_up.be("backup", {"encryption-salt": ""})
    missing = backed_up.secrets / "encryption-salt"
    told = backed_up.run("backup")
    assert (told["code"], told["problems"]) == (
        2,
        [f"{missing}: this secret is empty: fill it in Vault"],
    )


def test_a_store_that_does_not_answer_is_not_known_to_be_good(backed_up):
    backed_up.configure(endpoint="https://127.0.0.1:1")

    assert [backed_up.run(word)["code"] for word in ("backup", "verify")] == [3, 3]


def test_a_server_that_nobody_vouches_for_is_not_written_to(backed_up):
    backed_up.configure(ca_file=None)

    assert backed_up.run("backup")["code"] == 3


def test_a_connection_cut_in_mid_upload_is_no_backup_and_the_next_one_is(backed_up):
    backed_up.write("rfpa/large.pdf", os.urandom(30_000_000))
    before = backed_up.run("report")["manifest"]
    with cutting_proxy(backed_up.world.port("s3"), after_bytes=12_000_000) as port:
        backed_up.configure(endpoint=f"https://127.0.0.1:{port}")
        told = backed_up.run("backup")
    backed_up.configure()

    assert told["code"] == 3
    assert backed_up.run("report")["manifest"] == before
    assert backed_up.run("backup")["copied"] == 1
    assert backed_up.run("verify")["code"] == 0


@pytest.mark.usefixtures("root")
def test_a_full_volume_is_told_and_leaves_no_half_document(backed_up):
    documents = backed_up.documents
    backed_up.write("rfpa/large.pdf", os.urandom(3_000_000))
    backed_up.run("backup")
    with small_disk(documents, 2_000_000):
        backed_up.run("prepare")
        told = backed_up.run("restore")
        left = sorted(str(p.relative_to(documents)) for p in documents.rglob("*.pdf"))

    assert (told["code"], told["problems"]) == (1, ["rfpa/large.pdf: no whole copy came back"])
    assert left == ["rfpa/a.pdf", "rfpa/b.pdf"]


@pytest.mark.usefixtures("root")
def test_a_full_scratch_is_no_proof(backed_up):
    backed_up.write("rfpa/large.pdf", os.urandom(3_000_000))
    backed_up.run("backup")
    with small_disk(backed_up.folder / "scratch", 1_000_000):
        told = backed_up.run("verify")

    assert told["code"] != 0


@pytest.mark.usefixtures("root")
def test_a_store_that_is_full_is_no_backup(pod, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 100_000_000):  # there is no room for a single one of its volumes
        world = World(disk / "world", next(FIRST_PORTS))
        world.create()
        s3.prepare(world)
        table = [Server(name="s3", command=s3.command(world), is_well=lambda: s3.is_well(world))]
        try:
            supervision.start(world, table)
            full = type(pod)(pod.folder, world, pod.bucket)
            s3.make_bucket(world, pod.bucket)
            full.be("backup")
            full.configure()
            full.write("rfpa/a.pdf", b"one")
            told = full.run("backup")
        finally:
            supervision.stop(world)

    assert told["code"] != 0
    assert told["problems"]
