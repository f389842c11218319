"""
Install the released Pulumi CLI, and the released plugins of the installed SDKs.

The versions are those of the Python packages. Nothing is installed whose checksum is not in
locks/pulumi.sha256, which `make lock-pulumi` writes.
"""

import argparse
import hashlib
import io
import json
import shutil
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions, version
from pathlib import Path

from clients import http
from clients.failures import NoAnswerError, cause

HELP = "install the released Pulumi CLI and plugins, each verified against its checksum"
CHECKSUMS = Path("locks/pulumi.sha256")
_RELEASES = "https://get.pulumi.com/releases"
_GITHUB = "github://api.github.com/"
_SECONDS = 120


@dataclass(frozen=True)
class Archive:
    """
    One archive of a release.

    Args:
        url: The folder that has it.
        name: Its file name.
        into: The folder below the installation that gets its content.
    """

    url: str
    name: str
    into: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("folder", nargs="?", type=Path, help="where to install them")
    chosen.add_argument("--lock", action="store_true", help="download them, and pin what is new")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 if a checksum is missing or wrong."""
    if arguments.lock:
        pin(list(archives()), CHECKSUMS)
        return 0
    problems = install(list(archives()), read_checksums(CHECKSUMS), arguments.folder)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 2 if problems else 0


def archives() -> Iterator[Archive]:
    """Yield the CLI, and the plugin of each SDK, in the versions of the Python packages."""
    cli = f"pulumi-v{version('pulumi')}-linux-x64.tar.gz"
    yield Archive(f"{_RELEASES}/sdk", cli, "bin")
    for package in distributions():
        for file in package.files or ():
            if file.name == "pulumi-plugin.json":
                yield _plugin(json.loads(file.read_text()))


def read_checksums(file: Path) -> Mapping[str, str]:
    """Return the checksums of a file as `sha256sum` writes it, by file name."""
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {words[1]: words[0] for words in lines if words and not words[0].startswith("#")}


def pin(wanted: Sequence[Archive], file: Path) -> None:
    """
    Write the checksum of each archive to *file*; a pinned one stays, another version's goes.

    A new checksum is that of the archive that was downloaded, as in the locks of the Python
    packages: a person compares it with the one that the release publishes.

    Raises:
        NoAnswerError: A download failed; what was pinned before it is written.
    """
    text = file.read_text(encoding="utf-8")
    comment = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    known = read_checksums(file)
    pinned = {one.name: known[one.name] for one in wanted if one.name in known}
    try:
        for archive in wanted:
            if archive.name not in pinned:
                pinned[archive.name] = hashlib.sha256(_download(archive)).hexdigest()
                print(f"pinned {archive.name}: compare it with the release at {archive.url}")
    finally:
        lines = (f"{digest}  {name}\n" for name, digest in sorted(pinned.items()))
        file.write_text(comment + "".join(lines), encoding="utf-8")


def install(wanted: Sequence[Archive], checksums: Mapping[str, str], folder: Path) -> Sequence[str]:
    """
    Install the archives in *folder*; return the problems, after which nothing more is installed.

    Raises:
        NoAnswerError: A download failed.
    """
    if missing := [archive for archive in wanted if archive.name not in checksums]:
        return [
            f"{CHECKSUMS} has no checksum of {archive.name}: run `make lock-pulumi`, and compare "
            f"the line with that of its release at {archive.url}"
            for archive in missing
        ]
    for archive in wanted:
        place = folder / archive.into
        if place.exists():
            continue
        content = _download(archive)
        found = hashlib.sha256(content).hexdigest()
        if found != checksums[archive.name]:
            wanted_one = f"{CHECKSUMS} has {checksums[archive.name]}"
            advice = "do not run it, and report it to the maintainers"
            return [f"{archive.name} has the checksum {found}, and {wanted_one}: {advice}"]
        _unpack(content, place)
        print(f"installed {archive.name}")
    return []


def _plugin(described: Mapping[str, str]) -> Archive:
    name, number = described["name"], described["version"]
    file = f"pulumi-resource-{name}-v{number}-linux-amd64.tar.gz"
    server = described.get("server", "")
    url = f"{_RELEASES}/plugins"
    if server.startswith(_GITHUB):
        owner = server.removeprefix(_GITHUB)
        url = f"https://github.com/{owner}/pulumi-{name}/releases/download/v{number}"
    return Archive(url, file, f"plugins/resource-{name}-v{number}")


def _download(archive: Archive) -> bytes:
    url = f"{archive.url}/{archive.name}"
    try:
        with http.session(url) as own:
            answer = own.get(url, timeout=_SECONDS)
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"{url} cannot be downloaded ({cause(error)})") from None
    if not answer.ok:
        raise NoAnswerError(f"{url} cannot be downloaded ({answer.status_code} {answer.reason})")
    return answer.content


def _unpack(content: bytes, place: Path) -> None:
    """Unpack an archive completely or not at all; the CLI's has its programs in a folder."""
    draft = place.with_name(f"{place.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(draft, filter="data")
    inner = draft / "pulumi"
    (inner if inner.is_dir() else draft).rename(place)
    shutil.rmtree(draft, ignore_errors=True)
