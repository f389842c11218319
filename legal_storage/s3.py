"""An S3 bucket with object lock."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import BinaryIO, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import MinioException, S3Error
from minio.retention import Retention

from legal_storage.configuration import Configuration, S3Store
from legal_storage.objects import At, Found, Lock, Opened
from legal_storage.outcome import StoreError, UnreadableError, WrongUseError

CALLS_AT_ONCE = 16

_PART_BYTES = 16 * 1024**2  # 10,000 parts are the most: 160 GB
_TIMEOUT = urllib3.Timeout(connect=10, read=60)  # seconds
_ABSENT = {"NoSuchKey", "NoSuchVersion", "MethodNotAllowed"}  # the last one: a delete marker

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class S3Objects:
    """The calls of one bucket."""

    client: Minio
    bucket: str
    address: str

    @classmethod
    def of(cls, configuration: Configuration, store: S3Store) -> "S3Objects":
        """Connect to the bucket of *store*."""
        pool = urllib3.PoolManager(
            timeout=_TIMEOUT,
            maxsize=CALLS_AT_ONCE,
            retries=urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503]),
            ca_certs=str(store.ca_file) if store.ca_file else None,
        )
        client = Minio(
            urlsplit(store.endpoint).netloc,
            access_key=configuration.secret("access-key-id"),
            secret_key=configuration.secret("secret-access-key"),
            region=store.region,
            http_client=pool,
        )
        return cls(client, store.bucket, f"bucket {store.bucket} at {store.endpoint}")

    @property
    def locks(self) -> "S3Objects":
        """The locks of the bucket."""
        return self

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
            except S3Error as error:
                if error.code != "ObjectLockConfigurationNotFoundError":
                    raise
                locks = False
        if not versioned or not locks:
            raise WrongUseError(
                f"bucket {self.bucket} has no object lock: it can only be given to a new bucket: "
                "make one with object lock, and name it in legal_storage.backup"
            )

    def now(self) -> datetime:
        """Return the time by the store's own clock, which every answer carries."""
        with _asked_for("for its time"):
            try:
                headers: Mapping[str, str] = self.client.get_object(self.bucket, "clock").headers
            except S3Error as error:
                headers = error.response.headers
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)

    def list(self, prefix: str) -> Iterator[Found]:
        """List every version of every object whose name starts with *prefix*."""
        with _asked_for("for the bucket's versions"):
            for found in self.client.list_objects(
                self.bucket, prefix=prefix, recursive=True, include_version=True
            ):
                yield Found(
                    name=str(found.object_name),
                    version=str(found.version_id),
                    latest=found.is_latest in {True, "true"},
                    deleted=bool(found.is_delete_marker),
                    written=found.last_modified or datetime.now(UTC),
                )

    def put(self, name: str, content: BinaryIO, until: date, *, held: bool) -> str:
        """Write an object that is locked until *until*; return the id of its version."""
        with _asked_for("to write an object"):
            written = self.client.put_object(
                self.bucket,
                name,
                content,
                length=-1,
                part_size=_PART_BYTES,
                retention=_retention(until),
                legal_hold=held,
            )
        return str(written.version_id)

    @contextmanager
    def open(self, name: str, version: str) -> Iterator[Opened]:
        """
        Open one version.

        Raises:
            UnreadableError: The bucket has no such version.
        """
        with _asked_for("for an object"):
            try:
                answer = self.client.get_object(self.bucket, name, version_id=version)
            except S3Error as error:
                if error.code in _ABSENT:
                    raise UnreadableError("the store has no such version") from None
                raise
            try:
                yield Opened(answer, _lock_of(answer.headers))
            finally:
                answer.close()
                answer.release_conn()

    def ask(self, versions: Iterable[At]) -> Mapping[At, Lock]:
        """Return the lock of each version, as the bucket reports it now."""
        asked = list(versions)
        return dict(zip(asked, _at_once(self._lock, asked), strict=True))

    def extend(self, versions: Iterable[At], until: date) -> None:
        """Lock each version until *until*; the bucket refuses to shorten a lock."""
        retention = _retention(until)

        def lock(at: At) -> None:
            name, version = at
            self.client.set_object_retention(self.bucket, name, retention, version_id=version)

        _at_once(lock, versions)

    def hold(self, versions: Iterable[At], *, held: bool) -> None:
        """Set or end the legal hold of each version."""
        word = (
            self.client.enable_object_legal_hold if held else self.client.disable_object_legal_hold
        )

        def call(at: At) -> None:
            name, version = at
            word(self.bucket, name, version_id=version)

        _at_once(call, versions)

    def _lock(self, at: At) -> Lock:
        name, version = at
        try:
            answer = self.client.get_object(self.bucket, name, length=1, version_id=version)
        except S3Error as error:
            if error.code in _ABSENT:
                return Lock(until=None, held=False)
            raise
        answer.read()  # so that the connection is used again
        answer.release_conn()
        return _lock_of(answer.headers)


def _lock_of(headers: Mapping[str, str]) -> Lock:
    locked = headers.get("x-amz-object-lock-mode") == COMPLIANCE
    until = headers.get("x-amz-object-lock-retain-until-date")
    return Lock(
        until=datetime.fromisoformat(until).date() if locked and until else None,
        held=headers.get("x-amz-object-lock-legal-hold") == "ON",
    )


def _retention(until: date) -> Retention:
    return Retention(COMPLIANCE, datetime.combine(until, time(), UTC))


def _at_once(call: Callable[[At], _Answer], over: Iterable[At]) -> list[_Answer]:
    with _asked_for("for the lock of versions"), ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        return list(pool.map(call, over))


@contextmanager
def _asked_for(what: str) -> Iterator[None]:
    try:
        yield
    except (MinioException, urllib3.exceptions.HTTPError, ValueError) as error:
        raise StoreError(f"the store was asked {what}: {_short(error)}") from None


def _short(error: Exception) -> str:
    code, message = getattr(error, "code", None), getattr(error, "message", "")
    return f"{code}: {message}" if code else f"{type(error).__name__}: {error}"
