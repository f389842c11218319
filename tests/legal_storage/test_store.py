"""The parts of the store that need no server."""

from datetime import UTC, date, datetime

from legal_storage import manifest
from legal_storage.manifest import Version
from legal_storage.store import batches


def version(path, size=1, **changes):
    reported = {
        "path": path,
        "sha256": "0" * 64,
        "size": size,
        "modified_ns": 0,
        "key": path,
        "object_version": "1",
        "locked_until": "2033-11-25",
        "last_seen": "2026-11-25",
        "live": True,
    }
    return Version(**{**reported, **changes})


def test_a_batch_exceeds_its_limit_only_with_a_single_large_document():
    versions = [version("a", 4), version("b", 6), version("c", 1), version("d", 20), version("e")]

    assert [[v.path for v in batch] for batch in batches(versions, 10)] == [
        ["a", "b"],
        ["c"],
        ["d"],
        ["e"],
    ]


def test_manifests_are_named_and_sorted_by_time():
    made = manifest.new(datetime(2026, 11, 25, 2, tzinfo=UTC), [version("b"), version("a")])

    assert made.name == "2026-11-25T02-00-00Z"
    assert made.time == datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert [v.path for v in made.versions] == ["a", "b"]


def test_live_versions_are_those_that_the_backup_found():
    former = version("a").unseen()
    seen = version("b", last_seen="").seen(date(2026, 11, 26))
    made = manifest.new(datetime(2026, 11, 26, tzinfo=UTC), [former, seen])

    assert list(made.live()) == ["b"]
    assert (former.last_seen, seen.last_seen) == ("2026-11-25", "2026-11-26")
