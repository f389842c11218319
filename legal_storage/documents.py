"""The documents on the volume, and their folders."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from legal_storage.configuration import KINDS, Configuration
from legal_storage.outcome import Outcome

DOCUMENTS = "documents"
FOLDER_MODE = 0o750
RESTORING = ".restoring"  # a restored document stays here until it is complete; not backed up

_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Document:
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

    @property
    def name(self) -> str:
        """The name of its object in the store."""
        return object_name(self.path, self.sha256)


def object_name(path: str, sha256: str) -> str:
    """Return the object's name: another content or another path makes another object."""
    return f"{DOCUMENTS}/{path}/{sha256}"


def prepare(configuration: Configuration) -> Outcome:
    """Create the folders of documents and logs, and set owner and mode; idempotent."""
    folders = [*_folders(configuration), configuration.logs.folder]
    for folder in folders:
        folder.mkdir(exist_ok=True)
        with suppress(PermissionError):  # `wrong_folders` reports it, with the reason
            if _owner(folder) != (configuration.owner.uid, configuration.owner.gid):
                os.chown(folder, configuration.owner.uid, configuration.owner.gid)
            folder.chmod(FOLDER_MODE)
    return Outcome(facts={"folders": len(folders)}, problems=_wrong(configuration, folders))


def wrong_folders(configuration: Configuration) -> list[str]:
    """Return a sentence for each folder whose owner or mode is wrong."""
    return _wrong(configuration, _folders(configuration))


def _wrong(configuration: Configuration, folders: Sequence[Path]) -> list[str]:
    wanted = (configuration.owner.uid, configuration.owner.gid, FOLDER_MODE)
    problems = []
    for folder in folders:
        if not folder.is_dir():
            problems.append(f"{folder}: the folder is missing: is the volume mounted?")
            continue
        mode = stat.S_IMODE(folder.stat().st_mode)
        if (*_owner(folder), mode) != wanted:
            uid, gid = _owner(folder)
            problems.append(
                f"{folder}: owner {uid}:{gid} and mode {mode:o} are not "
                f"{wanted[0]}:{wanted[1]} and {FOLDER_MODE:o}: run `prepare` as its owner"
            )
    return problems


def scan(root: Path, only: Sequence[str] | None = None) -> tuple[list[Document], list[str]]:
    """
    Read and hash every document, or *only* those.

    Returns:
        The documents by path, and a sentence for each file that cannot be backed up.
    """
    found, problems = [], []
    for path in _files(root) if only is None else (root / name for name in only):
        name = os.fspath(path.relative_to(root))
        try:
            if (problem := _refusal(name, path)) is None:
                found.append(_read(name, path))
            else:
                problems.append(problem)
        except OSError as error:
            problems.append(f"{_printable(name)}: cannot be read: {error.strerror}")
    return sorted(found, key=lambda document: document.path), problems


def sha256_of(path: Path) -> str:
    """Return the SHA-256 hash of a file, which is read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_CHUNK_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(root, onerror=_raise):
        if Path(folder) == root:
            folders[:] = [name for name in folders if name != RESTORING]
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in (*files, *linked):
            yield Path(folder) / name


def _raise(error: OSError) -> None:
    raise error


def _refusal(name: str, path: Path) -> str | None:
    if not stat.S_ISREG(path.lstat().st_mode):
        return f"{_printable(name)}: neither a file nor a folder: it is not backed up: remove it"
    if name != _printable(name) or "\n" in name or "\r" in name:
        return f"{_printable(name)!r}: no backup can carry this name: rename the document"
    return None


def _read(name: str, path: Path) -> Document:
    reported = path.stat()
    return Document(
        path=name, sha256=sha256_of(path), size=reported.st_size, modified_ns=reported.st_mtime_ns
    )


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def _folders(configuration: Configuration) -> list[Path]:
    root = configuration.documents
    return [root, *(root / kind for kind in KINDS)]


def _owner(path: Path) -> tuple[int, int]:
    reported = path.stat()
    return reported.st_uid, reported.st_gid
