"""The contents of documents: one encrypted object for each, which is read back when it is new."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from io import BufferedIOBase, BufferedReader, BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple, cast

from legal_storage.objects import At, Lock, Objects
from legal_storage.outcome import UnreadableError
from legal_storage.reading import Document, open_document, read_document
from legal_storage.sealing import Keys

FOLDER = "contents"

_IN_MEMORY_BYTES = 4 * 1024**2


class Fetched(NamedTuple):
    """
    What was read from the store.

    Args:
        sha256: The hash of the decrypted content.
        lock: The lock of the version; None if a policy locks.
    """

    sha256: str
    lock: Lock | None


class Copy(NamedTuple):
    """
    The copy of a document.

    Args:
        document: The document as it was when it was copied.
        at: The version of the object.
        lock: Its lock, as the store reports it; None if a policy locks.
        is_new: Whether this run wrote it.
    """

    document: Document
    at: At
    lock: Lock | None
    is_new: bool


@dataclass(frozen=True)
class Contents:
    """
    The objects of contents.

    Args:
        scratch: Where a large document is encrypted before it is sent.
    """

    objects: Objects
    keys: Keys
    scratch: Path

    def copy(self, root: Path, document: Document, until: date, *, held: bool) -> Copy:
        """
        Copy a document, unless an earlier run has copied its content; read the copy back.

        What is sent is what was hashed: a document that changed after the scan is copied as it is
        now.

        Raises:
            OSError: The document cannot be read.
            UnreadableError: The copy did not come back whole.
        """
        with (
            open_document(root, document.path) as descriptor,
            self._sealed(descriptor, document) as (now, sealed),
        ):
            name = f"{FOLDER}/{self.keys.name_of(now.sha256)}"
            for at in self.versions(name):
                if (whole := self.whole(at, now.sha256)) is not None:
                    return Copy(now, at, whole.lock, is_new=False)
            at = name, self.objects.put(name, sealed, until, held=held)
        if (whole := self.whole(at, now.sha256)) is None:
            raise UnreadableError("its copy did not come back whole")
        return Copy(now, at, whole.lock, is_new=True)

    def whole(self, at: At, sha256: str) -> Fetched | None:
        """Read one version; return None if it is not what was hashed. Nothing is written."""
        with suppress(UnreadableError):
            fetched = self.fetch(at, _Nowhere())
            if fetched.sha256 == sha256:
                return fetched
        return None

    def fetch(self, at: At, target: BinaryIO) -> Fetched:
        """
        Decrypt one version into *target*.

        Raises:
            UnreadableError: There is no such version, or it was changed.
        """
        hashing = _Hashing(target)
        with self.objects.open(*at) as opened:
            self.keys.unseal_stream(opened.stream, hashing)
        return Fetched(hashing.digest.hexdigest(), opened.lock)

    def versions(self, name: str) -> list[At]:
        """List the versions of an object, newest first; also of a deleted one."""
        return [
            (name, found.version)
            for found in self.objects.list(name)
            if found.name == name and not found.deleted
        ]

    @contextmanager
    def _sealed(self, descriptor: int, scanned: Document) -> Iterator[tuple[Document, BinaryIO]]:
        """Yield what was read, and the encrypted content of exactly that."""
        state = os.fstat(descriptor)
        if state.st_size <= _IN_MEMORY_BYTES:
            with open(descriptor, "rb", buffering=0, closefd=False) as source:
                content = source.read(_IN_MEMORY_BYTES + 1) or b""
            if len(content) == state.st_size:
                sha256 = hashlib.sha256(content).hexdigest()
                now = Document(scanned.path, sha256, len(content), state.st_mtime_ns)
                yield now, BytesIO(self.keys.seal(content))
                return
            os.lseek(descriptor, 0, os.SEEK_SET)
        read_document(descriptor)  # refuses what is no file
        os.lseek(descriptor, 0, os.SEEK_SET)
        with TemporaryFile(dir=self.scratch) as sealed:
            with open(descriptor, "rb", closefd=False) as source:
                hashing = _HashingSource(source)
                self.keys.seal_stream(
                    cast("BufferedIOBase", hashing), cast("BufferedIOBase", sealed)
                )
            sealed.seek(0)
            digest = hashing.digest.hexdigest()
            yield Document(scanned.path, digest, hashing.size, state.st_mtime_ns), sealed


class _Nowhere(BytesIO):
    def write(self, piece: object) -> int:
        return len(cast("bytes", piece))


@dataclass
class _Hashing:
    """Hashes what is written into a stream."""

    target: BinaryIO
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return self.target.write(piece)

    def flush(self) -> None:
        self.target.flush()


@dataclass
class _HashingSource:
    """Hashes what is read from a stream."""

    source: BufferedReader
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0

    def read(self, amount: int = -1) -> bytes:
        piece = self.source.read(amount)
        self.digest.update(piece)
        self.size += len(piece)
        return piece
