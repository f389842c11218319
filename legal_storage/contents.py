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

from legal_storage.objects import At, Objects
from legal_storage.outcome import UnreadableError
from legal_storage.reading import Document, open_document, read_document
from legal_storage.sealing import Keys

FOLDER = "contents"

_IN_MEMORY_BYTES = 4 * 1024**2


class Copy(NamedTuple):
    """
    The copy of a document.

    Args:
        document: The document as it was when it was copied.
        at: The version of the object.
        is_new: Whether this run wrote it.
    """

    document: Document
    at: At
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
                if self.is_whole(at, now.sha256):
                    return Copy(now, at, is_new=False)
            at = name, self.objects.put(name, sealed, until, held=held)
        if not self.is_whole(at, now.sha256):
            raise UnreadableError("its copy did not come back whole")
        return Copy(now, at, is_new=True)

    def is_whole(self, at: At, sha256: str) -> bool:
        """Read one version, and report whether it is what was hashed."""
        with suppress(UnreadableError):
            return self.fetch(at, _Nowhere()) == sha256
        return False

    def fetch(self, at: At, target: BinaryIO) -> str:
        """
        Decrypt one version into *target*; return the hash of what was written.

        Raises:
            UnreadableError: There is no such version, or it was changed.
        """
        hashing = _Hashing(target)
        with self.objects.open(*at) as reader:
            self.keys.unseal_stream(reader, hashing)
        return hashing.digest.hexdigest()

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
