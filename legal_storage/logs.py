"""Rotation of the logs of PDF generation, by size."""

import gzip
import os
from pathlib import Path
from shutil import copyfileobj

from legal_storage.configuration import Logs
from legal_storage.outcome import Outcome

_MEGABYTE = 1024**2


def rotate(logs: Logs) -> Outcome:
    """
    Compress each log that exceeds its size, and truncate it.

    The service keeps its file open for appending. What it writes during the compression is copied
    just before the truncation; a line written between these two steps is lost.
    """
    if not logs.folder.is_dir():
        return Outcome(problems=[f"{logs.folder}: the folder is missing: is the volume mounted?"])
    rotated = []
    for log in sorted(logs.folder.glob("*.log")):
        if log.stat().st_size >= logs.megabytes * _MEGABYTE:
            _rotate(log, logs.files)
            rotated.append(log.name)
    return Outcome(facts={"rotated": rotated})


def _rotate(log: Path, files: int) -> None:
    draft = _old(log, 1).with_suffix(".draft")
    with log.open("r+b") as source:
        with gzip.open(draft, "wb") as copy:
            copyfileobj(source, copy, _MEGABYTE)
        _sync(draft)
        for number in range(files, 1, -1):
            if (younger := _old(log, number - 1)).exists():
                younger.replace(_old(log, number))
        draft.replace(_old(log, 1))
        source.truncate(0)


def _old(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}.gz")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
