"""Backups on a real S3 server."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from minio.error import S3Error

from legal_storage.reading import scan
from legal_storage.retention import years_after
from legal_storage.store import RENEWAL, opened
from tests.engine.legal_storage.bucket import Bucket, keys


def good(**facts):
    reported = {"code": 0, "command": "backup", "outcome": "success", "held": [], "problems": []}
    return {**reported, **facts}


def test_a_second_backup_copies_nothing(pod):
    pod.write("subpoena/a.pdf", b"one")
    pod.write("hold/b.pdf", b"two" * 100_000)

    assert pod.outcome("backup") == good(documents=2, bytes=300_003, copied=2)
    assert pod.outcome("backup") == good(documents=2, bytes=300_003, copied=0)


def test_a_content_is_copied_once_whatever_its_names_are(pod):
    pod.write("subpoena/a.pdf", b"same")
    pod.write("hold/b.pdf", b"same")

    assert pod.run("backup")["copied"] == 1
    (pod.documents / "hold/b.pdf").rename(pod.documents / "hold/c.pdf")
    assert pod.outcome("backup") == good(documents=2, bytes=8, copied=0)


def test_neither_content_nor_name_leaves_the_pod_unencrypted(pod):
    pod.write("subpoena/jane-doe.pdf", b"Jane Doe owes nothing" * 50)
    pod.run("backup")
    bucket = Bucket.of(pod)

    stored = [(v.object_name, bucket.content(v.object_name)) for v in bucket.versions()]

    folders = sorted(name.partition("/")[0] for name, _ in stored)
    assert folders == ["contents", "lists", "manifests", "reports"]
    assert [name for name, _ in stored if "jane" in name or "subpoena" in name] == []
    assert hashlib.sha256(b"Jane Doe owes nothing" * 50).hexdigest() not in str(stored)
    assert [content for _, content in stored if b"Jane" in content] == []


def test_each_version_of_a_document_is_one_object(pod):
    pod.write("rfpa/a.pdf", b"first")
    pod.run("backup")
    pod.write("rfpa/a.pdf", b"second")

    assert pod.outcome("backup") == good(documents=1, bytes=6, copied=1)
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
    assert len(locks) == 4  # content, list, manifest and report
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


def test_a_copy_of_an_interrupted_run_is_verified_and_not_copied_again(pod):
    pod.write("rfpa/a.pdf", b"one")
    with opened(pod.configuration) as store:
        (document,) = scan(pod.documents).documents
        store.contents.copy(pod.documents, document, store.until, held=False)

    assert pod.outcome("backup") == good(documents=1, bytes=3, copied=0)


def test_what_cannot_be_backed_up_is_reported_and_the_rest_is_backed_up(pod):
    pod.write("rfpa/a.pdf", b"one")
    (pod.documents / "rfpa/link.pdf").symlink_to(pod.documents / "rfpa/a.pdf")

    assert pod.outcome("backup") == good(
        code=1,
        outcome="failure",
        documents=1,
        bytes=3,
        copied=1,
        problems=["rfpa/link.pdf: neither a file nor a folder: it is not backed up: remove it"],
    )


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
