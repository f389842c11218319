"""A manifest that was forged, removed, replaced, or comes from the future does not count."""

from datetime import timedelta
from io import BytesIO

import pytest

from legal_storage.store import opened
from tests.engine.legal_storage.bucket import Bucket


@pytest.fixture
def backed_up(pod):
    pod.write("rfpa/a.pdf", b"one")
    assert pod.run("backup")["code"] == 0
    return pod


def manifests(pod):
    with opened(pod.configuration) as store:
        return list(store.manifests.versions)


def test_a_manifest_from_the_future_is_ignored_and_reported(backed_up):
    """The clock of a pod was a year ahead."""
    with opened(backed_up.configuration) as store:
        now = store.objects.now()
        ahead = Ahead(store.objects, now + timedelta(days=365))
        journal = type(store.manifests)(ahead, store.keys, "manifests")
        newest, _ = store.newest_manifest()
        assert newest is not None
        entry = journal.append("manifest", {"list": newest.entry.body["list"]}, store.until)
    backed_up.write("rfpa/b.pdf", b"two")

    backup, check = backed_up.run("backup"), backed_up.run("verify")
    (backed_up.documents / "rfpa/b.pdf").unlink()

    assert (backup["documents"], check["compared"]) == (2, 2)
    assert backup["problems"] == [f"{entry.name}: it is from the future: it is ignored"]
    assert backup["problems"][0] in check["problems"]
    assert backed_up.run("restore")["restored"] == ["rfpa/b.pdf"]


class Ahead:
    """The objects of a store whose clock is ahead."""

    def __init__(self, objects, now):
        self._objects, self._now = objects, now

    def now(self):
        return self._now

    def __getattr__(self, name):
        return getattr(self._objects, name)


def test_a_forged_manifest_is_ignored_and_reported(backed_up):
    """Whoever has the keys of the store can write, and can copy an entry to another name."""
    with opened(backed_up.configuration) as store:
        (genuine,) = store.manifests.versions
        with store.objects.open(genuine, store.manifests.versions[genuine][0]) as opened_entry:
            sealed = opened_entry.stream.read()
        garbage = f"{genuine[:-8]}ffffffff"
        moved = genuine.replace("-manifest-", "-manifest-0")
        for name, content in ((garbage, b"garbage"), (moved, sealed)):
            store.objects.put(name, BytesIO(content), store.until, held=False)

    reported = backed_up.run("backup")

    assert (reported["code"], reported["documents"], reported["copied"]) == (1, 1, 0)
    assert sorted(problem.partition(": ")[0] for problem in reported["problems"]) == sorted(
        {name for name in (garbage, moved) if name > genuine}
    )
    found = backed_up.run("verify")["problems"]
    assert {problem.partition(": ")[0] for problem in found} == {garbage, moved}


def test_an_overwritten_or_deleted_manifest_is_read_from_below(backed_up):
    (name,) = manifests(backed_up)
    bucket = Bucket.of(backed_up)
    bucket.overwrite(name, b"garbage")
    bucket.delete(name)

    assert backed_up.run("backup")["copied"] == 0


def test_a_removed_manifest_is_found(backed_up):
    """Nobody can remove a locked version: an entry that names another one stands for it."""
    with opened(backed_up.configuration) as store:
        newest, _ = store.newest_manifest()
        assert newest is not None
        body = {"list": newest.entry.body["list"], "previous": [{"name": "gone", "sha256": "0"}]}
        entry = store.manifests.append("manifest", body, store.until)

    assert backed_up.run("verify")["problems"] == [
        f"gone: {entry.name} names it, and it is gone or was forged"
    ]
