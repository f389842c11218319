"""Rotation of the logs of PDF generation."""

import gzip
import os

import pytest

from legal_storage.logs import rotate

MEGABYTE = 1024**2


@pytest.fixture
def logs(configuration):
    configuration.logs.folder.mkdir()
    return configuration.logs


def listing(logs):
    return sorted(path.name for path in logs.folder.iterdir())


def test_a_log_below_its_size_stays(logs):
    (logs.folder / "pdf.log").write_bytes(b"x" * (MEGABYTE - 1))

    assert rotate(logs).facts == {"rotated": []}
    assert listing(logs) == ["pdf.log"]


def test_a_larger_log_is_compressed_and_truncated(logs):
    content = os.urandom(MEGABYTE + 1)
    log = logs.folder / "pdf.log"
    with log.open("ab", buffering=0) as service:
        service.write(content)
        rotate(logs)
        service.write(b"later")

    assert gzip.decompress((logs.folder / "pdf.log.1.gz").read_bytes()) == content
    assert log.read_bytes() == b"later"


def test_only_the_newest_old_logs_are_kept(logs):
    for letter in b"abcde":
        (logs.folder / "pdf.log").write_bytes(bytes([letter]) * MEGABYTE)
        rotate(logs)

    firsts = [
        gzip.decompress((logs.folder / f"pdf.log.{number}.gz").read_bytes())[:1]
        for number in (1, 2, 3)
    ]
    assert listing(logs) == ["pdf.log", "pdf.log.1.gz", "pdf.log.2.gz", "pdf.log.3.gz"]
    assert firsts == [b"e", b"d", b"c"]


def test_a_missing_folder_is_reported(configuration):
    assert rotate(configuration.logs).problems == [
        f"{configuration.logs.folder}: the folder is missing: is the volume mounted?"
    ]
