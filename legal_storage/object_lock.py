"""The S3 calls for object lock: versions, locks and legal holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import MinioException
from minio.retention import Retention

from legal_storage.configuration import Configuration, S3Store
from legal_storage.outcome import StoreError, WrongUseError

_Version = tuple[str, str]  # an object's key, and the id of one version
_Answer = TypeVar("_Answer")

_CALLS_AT_ONCE = 16
_TIMEOUT = urllib3.Timeout(connect=10, read=60)  # seconds


@dataclass(frozen=True, kw_only=True)
class Lock:
    """
    The lock of one version of an object.

    Args:
        until: The time before which nobody may delete it; None if it may be deleted now.
        held: Whether it is under legal hold, which has no end.
    """

    until: date | None
    held: bool


@dataclass(frozen=True)
class ObjectLock:
    """The calls of the S3 API that rclone does not offer."""

    client: Minio
    bucket: str

    @classmethod
    def of(cls, configuration: Configuration, store: S3Store) -> "ObjectLock":
        """Connect to the bucket of *store*."""
        address = urlsplit(store.endpoint)
        pool = urllib3.PoolManager(
            timeout=_TIMEOUT,
            maxsize=_CALLS_AT_ONCE,
            retries=urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503]),
            ca_certs=str(store.ca_file) if store.ca_file else None,
        )
        client = Minio(
            address.netloc,
            access_key=configuration.secret("access-key-id"),
            secret_key=configuration.secret("secret-access-key"),
            region=store.region,
            http_client=pool,
        )
        return cls(client, store.bucket)

    def require(self) -> None:
        """
        Check that the bucket keeps versions and has object lock.

        Raises:
            WrongUseError: The bucket lacks versioning or object lock.
        """
        with _asked_for("whether the bucket can lock"):
            versioned = self.client.get_bucket_versioning(self.bucket).status == "Enabled"
        try:
            self.client.get_object_lock_config(self.bucket)
            locks = True
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            if getattr(error, "code", "") != "ObjectLockConfigurationNotFoundError":
                raise StoreError(f"{self.bucket}: {_short(error)}") from None
            locks = False
        if not versioned or not locks:
            raise WrongUseError(
                f"bucket {self.bucket} has no object lock: it can only be given to a new bucket: "
                "make one with object lock, and name it in legal_storage.backup"
            )

    def versions(self) -> tuple[dict[str, str], set[str]]:
        """
        List the bucket.

        Returns:
            The newest version of each object by key, and the keys of deleted objects.
        """
        newest, deleted = {}, set()
        with _asked_for("for the bucket's versions"):
            for found in self.client.list_objects(
                self.bucket, recursive=True, include_version=True
            ):
                if found.object_name is None or found.is_latest not in {True, "true"}:
                    continue
                if found.is_delete_marker:
                    deleted.add(found.object_name)
                else:
                    newest[found.object_name] = str(found.version_id)
        return newest, deleted

    def all_versions(self, key: str) -> list[str]:
        """List every version of one object."""
        with _asked_for("for an object's versions"):
            return [
                str(found.version_id)
                for found in self.client.list_objects(
                    self.bucket, prefix=key, recursive=True, include_version=True
                )
                if found.object_name == key and not found.is_delete_marker
            ]

    def locks(self, versions: Iterable[_Version]) -> Mapping[_Version, Lock]:
        """Return the lock of each version (key and id)."""
        asked = list(versions)
        return dict(zip(asked, _at_once(self._lock, asked), strict=True))

    def extend(self, versions: Iterable[_Version], until: date) -> None:
        """Lock each version until *until*; the bucket refuses to shorten a lock."""
        retention = Retention(COMPLIANCE, datetime.combine(until, time(), UTC))

        def lock(version: _Version) -> None:
            key, known = version
            self.client.set_object_retention(self.bucket, key, retention, version_id=known)

        _at_once(lock, versions)

    def hold(self, versions: Iterable[_Version], *, held: bool) -> None:
        """Set or end the legal hold of each version."""
        word = (
            self.client.enable_object_legal_hold if held else self.client.disable_object_legal_hold
        )

        def call(version: _Version) -> None:
            key, known = version
            word(self.bucket, key, version_id=known)

        _at_once(call, versions)

    def _lock(self, version: _Version) -> Lock:
        key, known = version
        reported = self.client.stat_object(self.bucket, key, version_id=known).metadata or {}
        locked = reported.get("x-amz-object-lock-mode") == COMPLIANCE
        until = reported.get("x-amz-object-lock-retain-until-date")
        return Lock(
            until=datetime.fromisoformat(until).date() if locked and until else None,
            held=reported.get("x-amz-object-lock-legal-hold") == "ON",
        )


def _at_once(call: Callable[[_Version], _Answer], over: Iterable[_Version]) -> list[_Answer]:
    with _asked_for("for the lock of versions"), ThreadPoolExecutor(_CALLS_AT_ONCE) as pool:
        return list(pool.map(call, over))


@contextmanager
def _asked_for(what: str) -> Iterator[None]:
    try:
        yield
    except (MinioException, urllib3.exceptions.HTTPError, ValueError) as error:
        raise StoreError(f"the store was asked {what}: {_short(error)}") from None


def _short(error: Exception) -> str:
    code = getattr(error, "code", None)
    return (
        f"{code}: {getattr(error, 'message', '')}" if code else f"{type(error).__name__}: {error}"
    )
