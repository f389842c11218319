"""The bucket of a pod, with the rights of an operator."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from minio import Minio
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.error import S3Error
from minio.retention import Retention

from legal_storage import manifest
from legal_storage.store import opened
from sandbox.servers import s3


@dataclass(frozen=True)
class Bucket:
    name: str
    client: Minio

    @classmethod
    def of(cls, pod, user=s3.OPERATOR):
        return cls(pod.bucket, s3.client(pod.world, user))

    def versions(self):
        """Return every version and delete marker by key."""
        return list(self.client.list_objects(self.name, recursive=True, include_version=True))

    def content(self, key, version=None):
        answer = self.client.get_object(self.name, key, version_id=version)
        try:
            return answer.read()
        finally:
            answer.release_conn()

    def delete(self, key, version=None):
        self.client.remove_object(self.name, key, version_id=version)

    def overwrite(self, key, content):
        self.client.put_object(self.name, key, BytesIO(content), len(content))

    def retention(self, key, version):
        return self.client.get_object_retention(self.name, key, version_id=version)

    def shorten(self, key, version):
        """Try to shorten a lock to tomorrow, in both modes."""
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        for mode in (COMPLIANCE, GOVERNANCE):
            with pytest.raises(S3Error, match="AccessDenied"):
                self.client.set_object_retention(
                    self.name, key, Retention(mode, tomorrow), version_id=version
                )


def versions(pod, path):
    """Return the versions of a document, as the newest manifest has them."""
    with opened(pod.configuration) as store:
        newest, _ = store.newest_manifest()
    assert newest is not None
    return [version for version in newest.versions if version.path == path]


def rewrite(pod, change):
    """Write a manifest of our own signature, whose versions *change* has made."""
    with opened(pod.configuration) as store:
        newest, _ = store.newest_manifest()
        assert newest is not None
        named = store.write_list(manifest.packed(change(newest.versions)))
        store.manifests.append("manifest", {"list": named}, store.until)


def set_holds(pod, at, *, held):
    """Set or end the holds of versions in the bucket, without an entry in the register."""
    with opened(pod.configuration) as store:
        assert store.objects.locks is not None
        store.objects.locks.hold(at, held=held)


def holds(pod, path):
    """Return, for each version of a document, whether it is under legal hold in the bucket."""
    at = [version.at for version in versions(pod, path)]
    with opened(pod.configuration) as store:
        assert store.objects.locks is not None
        locks = store.objects.locks.ask(at)
    return [locks[each].held for each in at]


def keys(pod, path):
    """Return the names of a document's objects by hash."""
    return {version.sha256: version.object for version in versions(pod, path)}


def key(pod, path):
    """Return the name of a document's only object."""
    (only,) = keys(pod, path).values()
    return only
