"""Legal hold on a real S3 server."""

import os
from datetime import UTC, datetime

import pytest
from minio.error import S3Error

from legal_storage import register
from legal_storage.register import Decision
from legal_storage.store import opened
from tests.engine.legal_storage.bucket import Bucket, holds, set_holds, versions

HOLD = ("--by", "J. Doe, legal", "--reason", "subpoena 2026-114")


@pytest.fixture
def held(pod):
    """Provide a pod with two documents, of which one is under hold and has two versions."""
    pod.write("rfpa/a.pdf", b"one")
    pod.write("rfpa/b.pdf", b"other")
    pod.run("backup")
    pod.write("rfpa/a.pdf", b"two")
    pod.run("backup")
    pod.be("officer")
    assert pod.run("hold", "rfpa/a.pdf", *HOLD)["code"] == 0
    pod.be("backup")
    return pod


def test_a_hold_covers_every_version_of_its_document_only_and_is_in_the_report(held):
    assert holds(held, "rfpa/a.pdf") == [True, True]
    assert holds(held, "rfpa/b.pdf") == [False]

    (reported,) = held.run("report")["held"]
    assert {key: reported[key] for key in ("document", "by", "reason", "outlives_its_term")} == {
        "document": "rfpa/a.pdf",
        "by": "J. Doe, legal",
        "reason": "subpoena 2026-114",
        "outlives_its_term": False,
    }


def test_a_hold_covers_later_versions_and_new_names_of_its_document(held):
    held.write("rfpa/a.pdf", b"three")
    (held.documents / "hold/renamed.pdf").write_bytes(b"two")

    reported = held.run("backup")

    assert reported["held"] == ["hold/renamed.pdf", "rfpa/a.pdf"]
    assert [problem.partition(",")[0][:24] for problem in reported["problems"]] == [
        "rfpa/a.pdf: changed sinc"
    ]
    assert holds(held, "rfpa/a.pdf") == [True] * 3
    assert holds(held, "hold/renamed.pdf") == [True]


def test_only_the_officer_can_release_and_only_with_a_reason(held):
    word = ("release", "rfpa/a.pdf", "--by", "J. Doe, legal", "--reason")

    refused = held.run(*word, "")
    assert (refused["code"], refused["problems"]) == (
        2,
        ["name who decides (--by) and a reason of ten letters or more (--reason)"],
    )

    held.be("officer")
    assert held.run(*word, "case 2026-114 was closed")["code"] == 0
    assert holds(held, "rfpa/a.pdf") == [False, False]
    assert held.run("report")["held"] == []
    assert held.run(*word, "case 2026-114 was closed")["problems"] == ["rfpa/a.pdf: not under hold"]


def test_a_hold_continues_after_the_retention(pod):
    """An object without a lock stands for an expired one, because a test cannot wait for years."""
    pod.be("officer")
    bucket = Bucket.of(pod)
    bucket.overwrite("over", b"its term is over")
    (found,) = [v for v in bucket.versions() if v.object_name == "over"]

    set_holds(pod, [("over", found.version_id)], held=True)
    with pytest.raises(S3Error, match="AccessDenied"):
        bucket.delete("over", found.version_id)
    bucket.client.disable_object_legal_hold(pod.bucket, "over", version_id=found.version_id)
    bucket.delete("over", found.version_id)

    assert [v for v in bucket.versions() if v.object_name == "over"] == []


def test_a_missing_document_under_hold_is_reported_by_each_backup(held):
    today = datetime.now(UTC).date()
    (held.documents / "rfpa/a.pdf").unlink()

    problems = [held.run("backup")["problems"] for _ in range(2)]

    sentence = (
        f"rfpa/a.pdf: gone from the volume since {today}, though it is under hold: "
        "`python -m legal_storage restore rfpa/a.pdf` brings it back"
    )
    assert problems == [[sentence]] * 2


def test_a_changed_document_under_hold_is_reported_until_a_person_accepts_it(held):
    (live,) = [v.sha256 for v in versions(held, "rfpa/a.pdf") if not v.gone]
    held.write("rfpa/a.pdf", b"forged")

    first, second = held.run("backup"), held.run("backup")
    held.be("officer")
    accepted = held.run("acknowledge", "rfpa/a.pdf", "--by", "J. Doe", "--reason", "a new scan")
    held.be("backup")

    (problem,) = first["problems"]
    assert second["problems"] == [problem]
    assert f"restore --overwrite --sha256={live} rfpa/a.pdf` brings the evidence back" in problem
    assert accepted["code"] == 0
    assert held.run("backup")["problems"] == []
    held.run("restore", "--overwrite", f"--sha256={live}", "rfpa/a.pdf")
    assert (held.documents / "rfpa/a.pdf").read_bytes() == b"two"


def test_a_release_counts_only_when_the_bucket_holds_nothing(held):
    """The backup's key can write an entry, but cannot end a hold."""
    with opened(held.configuration) as store:
        forged = Decision(
            action="release", documents=["rfpa/a.pdf"], by="nobody", reason="a forged release"
        )
        register.append(store, forged)

    reported = held.run("backup")

    assert reported["held"] == ["rfpa/a.pdf"]
    (problem,) = reported["problems"]
    assert problem == (
        "rfpa/a.pdf: its release by nobody does not count, because the bucket still holds it: if "
        "it is genuine, run `release` again"
    )


def test_a_content_with_two_names_is_held_until_both_are_released(held):
    held.write("hold/twin.pdf", b"two")
    held.run("backup")
    held.be("officer")
    reason = ("--by", "J. Doe", "--reason", "case 2026-114 was closed")

    first = held.run("release", "rfpa/a.pdf", *reason)
    between = [hold["document"] for hold in held.run("report")["held"]]
    second = held.run("release", "hold/twin.pdf", *reason)

    assert "hold/twin.pdf has the same content and is under hold" in first["problems"][0]
    assert between == ["hold/twin.pdf", "rfpa/a.pdf"]
    assert second["code"] == 0
    assert held.run("report")["held"] == []


def test_the_register_survives_its_deletion(held):
    bucket = Bucket.of(held)
    for found in bucket.versions():
        bucket.delete(found.object_name)

    assert [reported["document"] for reported in held.run("report")["held"]] == ["rfpa/a.pdf"]


def test_a_document_without_a_backup_cannot_be_held(held):
    reported = held.run("hold", "rfpa/none.pdf", *HOLD)

    assert (reported["code"], reported["problems"]) == (
        2,
        ["rfpa/none.pdf: no backup knows this document: mind its exact path"],
    )


def test_a_hold_that_is_missing_in_the_bucket_is_restored_by_the_next_backup(held):
    at = [version.at for version in versions(held, "rfpa/a.pdf")]
    held.be("officer")
    set_holds(held, at, held=False)
    held.be("backup")

    assert held.run("backup")["code"] == 0
    assert holds(held, "rfpa/a.pdf") == [True, True]


def test_owner_and_modes_are_as_configured(pod):
    if os.getuid() != 0:
        pytest.skip("who is not root can give folders to nobody: the owner is not checked")
    folders = [
        pod.documents,
        *(pod.documents / k for k in ("subpoena", "certification", "rfpa", "hold")),
    ]
    reported = {(f.stat().st_uid, f.stat().st_gid, oct(f.stat().st_mode)) for f in folders}

    assert reported == {(10001, 10001, "0o40750")}
