"""Placing restored documents on the volume by directory descriptors, without following a link."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import BinaryIO

from legal_storage.manifest import Version
from legal_storage.reading import RESTORING, open_folder

_FILE_MODE = 0o640
_FOLDER_MODE = 0o750


class Draft:
    """
    A file beside the documents that becomes one of them when it is complete.

    Args:
        file: What its content is written into.
    """

    def __init__(self, root: Path, folder: int) -> None:
        """Create an empty file in *folder*, which is below *root*."""
        self._root, self._folder = root, folder
        self._name = secrets.token_hex(8)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(self._name, flags, _FILE_MODE, dir_fd=folder)
        self.file: BinaryIO = os.fdopen(descriptor, "wb")

    def place(self, version: Version, *, overwrite: bool) -> None:
        """
        Move it to the path of *version*, with its time.

        Raises:
            OSError: A document is there, unless *overwrite*; a folder is there, or a component of
                the path is a file or a link.
        """
        self.file.flush()
        os.fchmod(self.file.fileno(), _FILE_MODE)
        os.utime(self.file.fileno(), ns=(version.modified_ns, version.modified_ns))
        os.fsync(self.file.fileno())
        self.file.close()
        *folders, name = version.parts
        _create(self._root, folders)
        with open_folder(self._root, "/".join(folders)) as target:
            if overwrite:
                os.replace(self._name, name, src_dir_fd=self._folder, dst_dir_fd=target)
            else:  # unlike a move, this replaces nothing that appeared meanwhile
                os.link(self._name, name, src_dir_fd=self._folder, dst_dir_fd=target)

    def remove(self) -> None:
        """Remove what is left of it."""
        self.file.close()
        with suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=self._folder)


@contextmanager
def drafts(root: Path) -> Iterator[int]:
    """Yield the descriptor of an empty folder for drafts, which is removed at the end."""
    folder = root / RESTORING
    if folder.is_symlink():
        folder.unlink()
    rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        with open_folder(root, RESTORING) as descriptor:
            yield descriptor
    finally:
        rmtree(folder, ignore_errors=True)


def _create(root: Path, folders: list[str]) -> None:
    for depth, name in enumerate(folders):
        with open_folder(root, "/".join(folders[:depth])) as parent, suppress(FileExistsError):
            os.mkdir(name, _FOLDER_MODE, dir_fd=parent)
