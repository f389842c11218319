"""The folders of the volume, their owner and their mode."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from legal_storage.configuration import KINDS, Configuration
from legal_storage.outcome import Outcome

FOLDER_MODE = 0o750


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


def _folders(configuration: Configuration) -> list[Path]:
    root = configuration.documents
    return [root, *(root / kind for kind in KINDS)]


def _owner(path: Path) -> tuple[int, int]:
    reported = path.stat()
    return reported.st_uid, reported.st_gid
