"""
Write the layer of an image, the same bytes everywhere: `python -m authoring.image_layer ROOM`.

The layer has the packages of `locks/` by their hashes and the code of the room, and nothing that
depends on when, where or by whom it was made. `ROOM/Containerfile` adds it to a base image.
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
ROOMS = ("audit_reconciliation", "legal_storage")
PYTHON = "3.12"  # of the base image
PLATFORM = "x86_64-manylinux_2_28"

_PACKAGES, _CODE = "opt/waqiti/packages", "opt/waqiti/code"
# What an installer writes about itself, and scripts that name its own Python.
_OF_THE_INSTALLER = {
    "INSTALLER",
    "RECORD",
    "REQUESTED",
    "direct_url.json",
    "uv_cache.json",
    ".lock",
}
_SCRIPT = b"#!"


def main() -> None:
    """Write `ROOM/layer.tar`, and print its digest: that of the layer in the image."""
    parser = argparse.ArgumentParser(prog="authoring.image_layer", description=__doc__)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--python", default=PYTHON, help="the base image's (%(default)s)")
    parser.add_argument("--into", type=Path, help="the file; by default ROOM/layer.tar")
    given = parser.parse_args()
    content = layer(given.room, given.python)
    file = given.into or ROOT / given.room / "layer.tar"
    file.write_bytes(content)
    sys.stdout.write(f"sha256:{hashlib.sha256(content).hexdigest()}  {file}\n")


def layer(room: str, python: str) -> bytes:
    """Return the layer of *room* for a version of Python as an uncompressed archive."""
    with TemporaryDirectory() as folder:
        packages = Path(folder) / "packages"
        _install(room, python, packages)
        files = dict(_contents(packages, _PACKAGES))
        files |= {
            f"{_CODE}/{path.relative_to(ROOT)}": path.read_bytes()
            for path in _tracked(room)
            if path.suffix in {".py", ".json"}
        }
        executable = {
            f"{_PACKAGES}/{path.relative_to(packages)}"
            for path in packages.rglob("*")
            if path.is_file() and path.stat().st_mode & 0o100
        }
    return _archive(files, executable)


def _install(room: str, python: str, target: Path) -> None:
    lock = ROOT / "locks" / f"{room.replace('_', '-')}.txt"
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-config"]
    options = ["--python-version", python, "--python-platform", PLATFORM, "--only-binary", ":all:"]
    subprocess.run(  # noqa: S603 - starts only this Python
        [*command, *options, "--no-deps", "--require-hashes", "--target", target, "-r", lock],
        check=True,
    )


def _contents(folder: Path, place: str) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_dir() or path.name in _OF_THE_INSTALLER or "__pycache__" in relative.parts:
            continue
        content = path.read_bytes()
        if relative.parts[0] == "bin" and content.startswith(_SCRIPT):
            continue
        yield f"{place}/{relative}", content


def _tracked(room: str) -> Iterable[Path]:
    """Return the files of the commit: no file that only this machine has."""
    listed = subprocess.run(  # noqa: S603 - starts only git
        ["git", "ls-files", room],  # noqa: S607 - git comes from PATH, as for a user
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.splitlines()]


def _archive(files: dict[str, bytes], executable: set[str]) -> bytes:
    """Return an archive whose order, owners, modes and times are fixed."""
    folders = {str(parent) for name in files for parent in Path(name).parents} - {"."}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted({*files, *folders}):
            entry = tarfile.TarInfo(name)
            if name in folders:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
                continue
            entry.size = len(files[name])
            entry.mode = 0o755 if name in executable else 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    return buffer.getvalue()


if __name__ == "__main__":
    main()
