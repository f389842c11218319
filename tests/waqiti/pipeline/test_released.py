"""The released programs are installed only with the pinned checksum, completely or not at all."""

import hashlib
import io
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import pytest

from clients.failures import NoAnswerError
from tests.conftest import ROOT
from waqiti.pipeline.released import Archive, archives, install, pin, read_checksums


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def release(tmp_path):
    """Provide the archives of a release, and their checksums."""
    folder = tmp_path / "release"
    folder.mkdir()
    for name, path in (("cli.tar.gz", "pulumi/pulumi"), ("plugin.tar.gz", "pulumi-resource-x")):
        with tarfile.open(folder / name, "w:gz") as archive:
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = 4, 0o755
            archive.addfile(entry, io.BytesIO(b"#!x\n"))
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield (
        [
            Archive(url, "cli.tar.gz", "bin"),
            Archive(url, "plugin.tar.gz", "plugins/resource-x-v1.0.0"),
        ],
        sums,
    )
    server.shutdown()
    server.server_close()


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_programs_are_installed_where_the_engine_looks(release, tmp_path):
    wanted, sums = release
    place = tmp_path / "place"

    assert install(wanted, sums, place) == []
    assert install(wanted, sums, place) == []  # idempotent
    assert files(place) == ["bin/pulumi", "plugins/resource-x-v1.0.0/pulumi-resource-x"]
    assert (place / "bin/pulumi").stat().st_mode & 0o111


def test_every_missing_checksum_is_named_and_nothing_is_installed(release, tmp_path):
    wanted, _ = release

    assert install(wanted, {}, tmp_path / "place") == [
        f"locks/pulumi.sha256 has no checksum of {one.name}: run `make lock-pulumi`, and compare "
        f"the line with that of its release at {one.url}"
        for one in wanted
    ]
    assert not (tmp_path / "place").exists()


def test_another_file_than_the_pinned_one_is_refused(release, tmp_path):
    wanted, sums = release
    pinned = sums | {"plugin.tar.gz": "0" * 64}

    (problem,) = install(wanted, pinned, tmp_path / "place")

    assert problem == (
        f"plugin.tar.gz has the checksum {sums['plugin.tar.gz']}, and locks/pulumi.sha256 has "
        f"{'0' * 64}: do not run it, and report it to the maintainers"
    )
    assert files(tmp_path / "place") == ["bin/pulumi"]


def test_a_new_release_is_pinned_and_a_pinned_one_is_not_downloaded_again(release, tmp_path):
    wanted, sums = release
    pinned = tmp_path / "pulumi.sha256"
    pinned.write_text(f"# A comment.\n{'0' * 64}  cli.tar.gz\n{'1' * 64}  old.tar.gz\n")

    pin(wanted, pinned)

    assert pinned.read_text() == (
        f"# A comment.\n{'0' * 64}  cli.tar.gz\n{sums['plugin.tar.gz']}  plugin.tar.gz\n"
    )


def test_a_download_that_fails_loses_no_checksum(release, tmp_path):
    (cli, plugin), sums = release
    pinned = tmp_path / "pulumi.sha256"
    pinned.write_text(f"{sums['plugin.tar.gz']}  plugin.tar.gz\n")

    with pytest.raises(NoAnswerError):
        pin([plugin, cli, Archive(cli.url, "gone.tar.gz", "bin")], pinned)

    assert read_checksums(pinned) == sums


def test_a_missing_release_is_one_sentence(release, tmp_path):
    (cli, _), _ = release
    gone = Archive(cli.url, "gone.tar.gz", "bin")

    with pytest.raises(NoAnswerError, match=r"gone\.tar\.gz cannot be downloaded \(404 "):
        install([gone], {"gone.tar.gz": "0" * 64}, tmp_path / "place")


def test_the_versions_are_those_of_the_python_packages():
    found = {archive.name for archive in archives()}

    assert found == {
        f"pulumi-v{version('pulumi')}-linux-x64.tar.gz",
        *(
            f"pulumi-resource-{name}-v{version(package)}-linux-amd64.tar.gz"
            for name, package in {
                "grafana": "pulumiverse-grafana",
                "kafka": "pulumi-kafka",
                "kubernetes": "pulumi-kubernetes",
                "pagerduty": "pulumi-pagerduty",
                "vault": "pulumi-vault",
            }.items()
        ),
    }


def test_no_checksum_is_of_another_version():
    pinned = read_checksums(ROOT / "locks/pulumi.sha256")

    assert pinned.keys() - {archive.name for archive in archives()} == set()
    assert [digest for digest in pinned.values() if len(digest) != 64] == []
