"""Backups on a real S3 server."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from minio.error import S3Error

from legal_storage.backup import RENEWAL
from legal_storage.retention import years_after
from tests.engine.legal_storage.bucket import Bucket, key, keys


def good(**facts):
    reported = {"code": 0, "command": "backup", "outcome": "success", "held": [], "problems": []}
    return {**reported, "locked_by": "object lock", **facts}


def test_a_second_backup_copies_nothing(pod):
    pod.write("subpoena/a.pdf", b"one")
    pod.write("hold/b.pdf", b"two" * 100_000)

    assert pod.run("backup") == good(documents=2, bytes=300_003, copied=2)
    assert pod.run("backup") == good(documents=2, bytes=300_003, copied=0)


def test_unusual_document_names_are_restored(pod):
    names = ["leading space .pdf", "ünï — 日本.pdf", "a*b?[c].pdf", "q\"'$(x)\\y.pdf", "x" * 250]
    for number, name in enumerate(names):
        pod.write(f"rfpa/{name}", b"%d" % number)

    assert pod.run("backup") == good(documents=5, bytes=5, copied=5)
    assert pod.run("verify")["compared"] == 5


def test_neither_content_nor_name_leaves_the_pod_unencrypted(pod):
    pod.write("subpoena/jane-doe.pdf", b"Jane Doe owes nothing" * 50)
    pod.run("backup")
    bucket = Bucket.of(pod)

    stored = [(v.object_name, bucket.content(v.object_name)) for v in bucket.versions()]

    assert len(stored) == 2  # the document, and the manifest
    assert [name for name, _ in stored if "jane" in name or "subpoena" in name] == []
    assert [content for _, content in stored if b"Jane" in content] == []


def test_each_version_of_a_document_is_one_object(pod):
    pod.write("rfpa/a.pdf", b"first")
    pod.run("backup")
    pod.write("rfpa/a.pdf", b"second")

    assert pod.run("backup") == good(documents=1, bytes=6, copied=1)
    assert set(keys(pod, "rfpa/a.pdf")) == {
        hashlib.sha256(content).hexdigest() for content in (b"first", b"second")
    }


def test_every_object_is_locked_for_at_least_seven_calendar_years(pod):
    pod.write("rfpa/a.pdf", b"one")
    today = datetime.now(UTC).date()
    pod.run("backup")
    bucket = Bucket.of(pod)

    locks = [bucket.retention(v.object_name, v.version_id) for v in bucket.versions()]

    days = {years_after(today + RENEWAL + timedelta(days=late), 7) for late in (0, 1)}
    assert len(locks) == 2
    assert {lock.mode for lock in locks} == {"COMPLIANCE"}
    assert {lock.retain_until_date.date() for lock in locks} <= days


def test_nobody_deletes_a_locked_version_or_shortens_its_lock(pod):
    pod.write("rfpa/a.pdf", b"one")
    pod.run("backup")
    bucket = Bucket.of(pod)

    for found in bucket.versions():
        with pytest.raises(S3Error, match="AccessDenied"):
            bucket.delete(found.object_name, found.version_id)
        bucket.shorten(found.object_name, found.version_id)


def test_the_backup_s_own_key_can_delete_nothing(pod):
    pod.write("rfpa/a.pdf", b"one")
    pod.run("backup")
    bucket = Bucket.of(pod, "backup")

    for found in bucket.versions():
        with pytest.raises(S3Error, match="AccessDenied"):
            bucket.delete(found.object_name)
        with pytest.raises(S3Error, match="AccessDenied"):
            bucket.delete(found.object_name, found.version_id)


def test_copies_of_an_interrupted_run_are_verified_and_not_copied_again(pod):
    pod.write("rfpa/a.pdf", b"one")
    pod.run("backup")
    bucket = Bucket.of(pod)
    second = type(pod)(pod.folder, pod.world, pod.bucket)
    (manifest,) = {v.object_name for v in bucket.versions()} - {key(pod, "rfpa/a.pdf")}
    for found in bucket.versions():
        if found.object_name == manifest:
            bucket.delete(manifest)

    assert second.run("backup")["copied"] == 0


def test_a_missing_document_is_reported_once_and_a_renamed_one_is_not(pod):
    pod.write("rfpa/a.pdf", b"one")
    pod.write("rfpa/b.pdf", b"two")
    pod.run("backup")
    (pod.documents / "rfpa/a.pdf").unlink()
    (pod.documents / "rfpa/b.pdf").rename(pod.documents / "rfpa/c.pdf")
    today = datetime.now(UTC).date()

    first, second = pod.run("backup"), pod.run("backup")

    assert first["problems"] == [
        f"rfpa/a.pdf: gone from the volume since {today}: `restore` brings it back"
    ]
    assert (first["code"], first["documents"]) == (1, 1)
    assert second == good(documents=1, bytes=3, copied=0)


def test_what_cannot_be_backed_up_is_reported_and_the_rest_is_backed_up(pod):
    pod.write("rfpa/a.pdf", b"one")
    (pod.documents / "rfpa/link.pdf").symlink_to(pod.documents / "rfpa/a.pdf")
    (pod.documents / "rfpa/two\nlines.pdf").write_bytes(b"x")

    reported = pod.run("backup")

    assert (reported["code"], reported["documents"]) == (1, 1)
    assert sorted(reported["problems"]) == [
        "'rfpa/two\\nlines.pdf': no backup can carry this name: rename the document",
        "rfpa/link.pdf: neither a file nor a folder: it is not backed up: remove it",
    ]


def test_an_unmounted_volume_is_not_taken_for_an_empty_one(pod):
    pod.write("rfpa/a.pdf", b"one")
    pod.run("backup")
    pod.documents.rename(pod.folder / "elsewhere")
    pod.documents.mkdir(mode=0o750)

    reported = pod.run("backup")

    assert reported["code"] == 1
    assert reported["problems"][-1] == (
        f"{pod.documents / 'hold'}: the folder is missing: is the volume mounted?"
    )


def test_a_bucket_without_object_lock_is_refused(pod):
    bucket = f"{pod.bucket}-plain"
    Bucket.of(pod).client.make_bucket(bucket)
    pod.configure(bucket=bucket)

    reported = pod.run("backup")

    assert reported["code"] == 2
    (problem,) = reported["problems"]
    assert problem == (
        f"bucket {bucket} has no object lock: it can only be given to a new bucket: make one "
        "with object lock, and name it in legal_storage.backup"
    )
