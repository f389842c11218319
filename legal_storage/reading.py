"""
Reading the volume by directory descriptors, without following a symbolic link.

A path is text: bytes that are not UTF-8 are in it as `surrogateescape` writes them.
"""

import hashlib
import os
import pickle
import signal
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self
from zlib import crc32

RESTORING = ".restoring"  # a restored document stays here until it is complete; not backed up

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK_BYTES = 1024 * 1024
_TRIES = 3
_NO_DOCUMENT = "neither a file nor a folder: it is not backed up: remove it"
_MOST_PROCESSES = 4


class Document(NamedTuple):
    """
    One document on the volume.

    Args:
        path: Relative to the folder of the documents.
        modified_ns: Nanoseconds since 1970.
    """

    path: str
    sha256: str
    size: int
    modified_ns: int


class Unread(NamedTuple):
    """A file or folder that could not be read, and why. What is below it is unknown, not lost."""

    path: str
    problem: str

    def __str__(self) -> str:
        """Return the sentence of the report."""
        return f"{self.path or 'the folder of the documents'}: {self.problem}"


@dataclass(frozen=True, kw_only=True)
class Scan:
    """What was found on the volume, both by path."""

    documents: Sequence[Document]
    unread: Sequence[Unread]


@contextmanager
def open_folder(root: Path, path: str) -> Iterator[int]:
    """
    Open a folder below *root*, one component after the other; yield its descriptor.

    Raises:
        OSError: A component is missing, is a link, or may not be opened.
    """
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for component in path.split("/") if path else ():
            inner = os.open(component, _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def open_document(root: Path, path: str) -> Iterator[int]:
    """
    Open a document below *root*; yield its descriptor.

    Raises:
        OSError: It is missing, no file, or reached by a link.
    """
    folder, _, name = path.rpartition("/")
    with open_folder(root, folder) as inside:
        descriptor = os.open(name, _FILE, dir_fd=inside)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def scan(root: Path, share: int = 0, shares: int = 1) -> Scan:
    """Read and hash every document below *root*, or one of several shares of them."""
    documents: list[Document] = []
    unread: list[Unread] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with open_folder(root, folder) as descriptor:
                _read_folder(descriptor, folder, (share, shares), (documents, unread, folders))
        except OSError as error:
            unread.append(Unread(folder, reason(error)))
    return Scan(documents=sorted(documents), unread=unread)


class Scanning:
    """A scan by several processes, which runs while the store is asked."""

    def __init__(self, root: Path) -> None:
        """Start to read *root*. This forks, so it comes before any thread is started."""
        self._processes: dict[int, BinaryIO] = {}
        shares = min(_MOST_PROCESSES, len(os.sched_getaffinity(0)))
        for share in range(shares):
            receive, send = os.pipe()
            if (child := os.fork()) == 0:
                with os.fdopen(send, "wb") as pipe:
                    pickle.dump(scan(root, share, shares), pipe)
                os._exit(0)
            os.close(send)
            self._processes[child] = os.fdopen(receive, "rb")

    def __enter__(self) -> Self:
        """Return this scan."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the processes that still read."""
        for child, pipe in self._processes.items():
            pipe.close()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def result(self) -> Scan:
        """
        Wait until everything was read.

        Raises:
            OSError: One of the processes has ended early.
        """
        parts: list[Scan] = []
        for pipe in self._processes.values():
            try:
                parts.append(pickle.load(pipe))  # noqa: S301 - of our own process
            except EOFError:
                raise OSError(0, "a process that reads the volume has ended early") from None
        return Scan(
            documents=sorted(chain.from_iterable(part.documents for part in parts)),
            unread=sorted({unread for part in parts for unread in part.unread}),
        )


def read_document(descriptor: int) -> tuple[str, os.stat_result]:
    """
    Return the hash of an open document, and its state.

    Raises:
        OSError: It is no file, or changes faster than it is read.
    """
    before = os.fstat(descriptor)
    for _ in range(_TRIES):
        if not stat.S_ISREG(before.st_mode):
            raise OSError(0, _NO_DOCUMENT)
        piece = os.read(descriptor, min(before.st_size + 1, _CHUNK_BYTES))
        digest = hashlib.sha256(piece)
        if len(piece) != before.st_size:  # it is larger than one piece, or changes
            while piece := os.read(descriptor, _CHUNK_BYTES):
                digest.update(piece)
        after = os.fstat(descriptor)
        if (after.st_mtime_ns, after.st_ctime_ns, after.st_size) == (
            before.st_mtime_ns,
            before.st_ctime_ns,
            before.st_size,
        ):
            return digest.hexdigest(), after
        os.lseek(descriptor, 0, os.SEEK_SET)
        before = after
    raise OSError(0, "it changes faster than it is read")


def _read_folder(
    descriptor: int,
    folder: str,
    part: tuple[int, int],
    found: tuple[list[Document], list[Unread], list[str]],
) -> None:
    share, shares = part
    documents, unread, folders = found
    with os.scandir(descriptor) as entries:
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if path != RESTORING:
                    folders.append(path)
            elif shares == 1 or crc32(os.fsencode(path)) % shares == share:
                if not entry.is_file(follow_symlinks=False):
                    unread.append(Unread(path, _NO_DOCUMENT))
                    continue
                try:
                    documents.append(_read(entry.name, path, descriptor))
                except OSError as error:
                    unread.append(Unread(path, reason(error)))


def _read(name: str, path: str, folder: int) -> Document:
    descriptor = os.open(name, _FILE, dir_fd=folder)
    try:
        sha256, state = read_document(descriptor)
    finally:
        os.close(descriptor)
    return Document(path, sha256, state.st_size, state.st_mtime_ns)


def reason(error: OSError) -> str:
    """Return why a file or folder could not be read."""
    if isinstance(error, FileNotFoundError):
        return "it vanished while it was read"
    return f"cannot be read: {error.strerror}" if error.errno else str(error.strerror)
