"""Restoring from a real S3 server."""

from datetime import UTC, datetime

import pytest

from tests.engine.legal_storage.bucket import Bucket, key, rewrite


def contents(pod):
    return {
        str(path.relative_to(pod.documents)): path.read_bytes()
        for path in pod.documents.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def before(pod):
    """Provide the contents of a volume that was backed up."""
    for number in range(3):
        pod.write(f"subpoena/{number}.pdf", bytes([number]) * (200_000 + number))
    assert pod.run("backup")["code"] == 0
    return contents(pod)


def test_lost_changed_and_renamed_documents_are_restored_byte_for_byte(pod, before):
    (pod.documents / "subpoena/0.pdf").unlink()
    (pod.documents / "subpoena/1.pdf").write_bytes(b"forged")
    (pod.documents / "subpoena/2.pdf").rename(pod.documents / "rfpa/2.pdf")

    reported = pod.run("restore", "--overwrite")

    assert reported["code"] == 0
    assert sorted(reported["restored"]) == ["subpoena/0.pdf", "subpoena/1.pdf", "subpoena/2.pdf"]
    assert contents(pod) == {**before, "rfpa/2.pdf": before["subpoena/2.pdf"]}


def test_a_document_that_differs_is_replaced_only_on_request(pod):
    pod.write("rfpa/a.pdf", b"one")
    pod.run("backup")
    pod.write("rfpa/a.pdf", b"two")

    reported = pod.run("restore")

    assert reported["problems"] == ["rfpa/a.pdf: differs on the volume: --overwrite replaces it"]
    assert contents(pod) == {"rfpa/a.pdf": b"two"}


def test_a_single_document_can_be_restored(pod, before):
    for path in before:
        (pod.documents / path).unlink()

    assert pod.run("restore", "subpoena/1.pdf")["restored"] == ["subpoena/1.pdf"]
    assert contents(pod) == {"subpoena/1.pdf": before["subpoena/1.pdf"]}


def test_the_documents_are_restored_after_all_objects_were_deleted(pod, before):
    bucket = Bucket.of(pod)
    for found in bucket.versions():
        bucket.delete(found.object_name)
    for path in before:
        (pod.documents / path).unlink()

    reported = pod.run("restore")

    assert (reported["code"], sorted(reported["restored"])) == (0, sorted(before))
    assert contents(pod) == before


def test_an_overwritten_document_is_restored_from_its_locked_version(pod, before):
    at = key(pod, "subpoena/0.pdf")
    Bucket.of(pod).overwrite(at, b"garbage")
    (pod.documents / "subpoena/0.pdf").unlink()

    assert pod.run("restore")["restored"] == ["subpoena/0.pdf"]
    assert contents(pod) == before


def test_a_loss_is_restored_whatever_backups_have_run_since(pod, before):
    """A second document is lost later, and a third one was written today."""
    pod.write("rfpa/new.pdf", b"of today")
    pod.run("backup")
    (pod.documents / "subpoena/0.pdf").unlink()
    pod.run("backup")
    (pod.documents / "rfpa/new.pdf").unlink()
    pod.run("backup")

    assert pod.run("restore")["restored"] == ["rfpa/new.pdf", "subpoena/0.pdf"]
    assert contents(pod) == {**before, "rfpa/new.pdf": b"of today"}
    assert pod.run("backup")["code"] == 0


def test_one_problem_does_not_end_a_restore(pod, before):
    for path in before:
        (pod.documents / path).unlink()
    (pod.documents / "subpoena/0.pdf").mkdir()
    (pod.documents / "subpoena/1.pdf").symlink_to("/etc/hostname")

    reported = pod.run("restore")

    assert (reported["code"], reported["restored"]) == (1, ["subpoena/2.pdf"])
    assert reported["problems"] == [
        "subpoena/0.pdf: cannot be restored: a folder or a device is in its place",
        "subpoena/1.pdf: cannot be restored: Too many levels of symbolic links",
    ]


def test_a_manifest_cannot_place_a_document_beside_the_volume(pod, before):
    """A manifest with our own signature, as a fault of ours would write it."""
    outside = ["../evil", "/etc/evil"]
    rewrite(
        pod, lambda versions: [*versions, *(versions[0]._replace(path=path) for path in outside)]
    )
    (pod.documents / "subpoena/0.pdf").unlink()

    reported = pod.run("restore")

    assert reported["restored"] == ["subpoena/0.pdf"]
    assert reported["problems"] == [
        f"{path}: no document can have this path: it is not restored" for path in outside
    ]
    assert contents(pod) == before


def test_restoring_nothing_into_an_empty_volume_is_no_success(pod):
    pod.run("backup")

    reported = pod.run("restore")

    assert (reported["code"], reported["problems"]) == (
        1,
        ["nothing was restored, and the volume has no document"],
    )


def test_a_restored_document_keeps_its_time_and_only_its_owner_can_read_it(pod):
    path = pod.write("rfpa/a.pdf", b"one")
    pod.run("backup")
    modified = path.stat().st_mtime_ns
    path.unlink()

    pod.run("restore")

    assert path.stat().st_mtime_ns == modified
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.usefixtures("before")
def test_a_restore_leaves_no_other_file(pod):
    (pod.documents / "subpoena/0.pdf").unlink()
    pod.run("restore")

    assert sorted(p.name for p in pod.documents.iterdir()) == [
        "certification", "hold", "rfpa", "subpoena"
    ]  # fmt: skip


@pytest.mark.usefixtures("before")
def test_a_day_before_the_first_backup_and_an_unknown_document_are_refused(pod):
    today = datetime.now(UTC).date()
    manifest = pod.run("report")["manifest"]

    assert pod.run("restore", "--as-of", "2020-01-01")["problems"] == [
        "no backup of 2020-01-01 or before is in the store"
    ]
    assert pod.run("restore", "--as-of", str(today), "rfpa/none.pdf")["problems"] == [
        f"the backup {manifest} has no rfpa/none.pdf"
    ]
