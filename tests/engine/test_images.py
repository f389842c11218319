"""
What an image adds to its base is the same bytes each time, and runs without a right to write.

There is no image builder here. The layer is unpacked into an empty root, over which this machine's
own Python and system libraries stand in for the base image.
"""

import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from pyrage.x25519 import Identity

from authoring.image_layer import ROOMS, layer
from tests.conftest import ROOT

pytestmark = pytest.mark.minutes(1)

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
COMMANDS = {
    "audit_reconciliation": {
        # The ledger does not answer; only a wrong port ends the exporter.
        "run --since=2026-11-01T00:00Z --until=2026-11-02T00:00Z": (3, "could not verify: the "),
        "--help": (0, "usage: audit_reconciliation"),
        "serve --help": (0, "usage: audit_reconciliation serve"),
    },
    "legal_storage": {
        "prepare": (0, '"outcome": "success"'),
        "rotate-logs": (0, '"outcome": "success"'),
        **dict.fromkeys(("backup", "verify", "report", "restore"), (3, '"outcome": "unknown"')),
        **dict.fromkeys(
            (f"{word} rfpa/a.pdf --by=someone --reason=because-of" for word in ("hold", "release")),
            (3, '"outcome": "unknown"'),
        ),
    },
}
# Runs as root of a user namespace of its own, which has no right outside of it: mounts a read-only
# root, then becomes an unprivileged user who cannot gain rights.
SCRIPT = """
set -e
mount --rbind "$1" "$1"
for folder in /usr /lib /lib64 /bin $3; do
  [ -e $folder ] && mkdir -p "$1$folder" && mount --rbind $folder "$1$folder"
done
mkdir -p "$1/pod" "$1/dev" "$1/proc"
mount --bind "$2" "$1/pod"
mount --rbind /dev "$1/dev"
mount -o remount,ro,bind "$1"
exec unshare --map-user=10001 --map-group=10001 --root="$1" \
  setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \
  env -i TMPDIR=/pod/scratch PATH="$4" PYTHONPATH="$5" PYTHONDONTWRITEBYTECODE=1 "${@:6}"
"""


@pytest.fixture(scope="module", params=ROOMS)
def unpacked(request, tmp_path_factory):
    """Provide a room, and the folder of its unpacked layer."""
    root = tmp_path_factory.mktemp("root")
    with tarfile.open(fileobj=io.BytesIO(layer(request.param, PYTHON))) as archive:
        archive.extractall(root, filter="data")
    return request.param, root


@pytest.fixture
def pod(tmp_path):
    """Provide the folder of what a pod mounts and may write: volumes, settings and secrets."""
    folder = tmp_path / "pod"
    for name in ("documents", "logs", "scratch", "secrets"):
        (folder / name).mkdir(parents=True)
    secrets = {
        "encryption-keys": str(Identity.generate()),
        "signing-keys": base64.b64encode(bytes(32)).decode(),
        **dict.fromkeys(("access-key-id", "secret-access-key"), "of the test"),
        **dict.fromkeys(("kafka-identity", "kafka-credential"), "of the test"),
    }
    for name, value in secrets.items():
        (folder / "secrets" / name).write_text(value)
    return folder


LEGAL = {
    "stack": "test",
    "image": "registry.example/legal@sha256:0",
    "largest_loss_percent": 1,
    "documents": "/pod/documents",
    "owner": {"uid": 10001, "gid": 10001},
    "scratch": "/pod/scratch",
    "secrets": "/pod/secrets",
    "retention_years": 7,
    "store": {
        "kind": "s3",
        "endpoint": "https://127.0.0.1:1",
        "region": "here",
        "bucket": "bucket",
    },
    "logs": {"folder": "/pod/logs", "megabytes": 1, "files": 1},
}
AUDIT = {
    "topic": "audit",
    "group": "audit",
    "kafka": {"bootstrap_servers": ["127.0.0.1:1"], "tls": False, "mechanism": "plain"},
    "operations_url": "http://127.0.0.1:1/operations",
    "secrets": "/pod/secrets",
    "port": 9464,
    "refresh_seconds": 30,
}


def run(root: Path, pod: Path, room: str, words: list[str]) -> tuple[int, str]:
    """Run a program in the root as an unprivileged user; return its exit code and its output."""
    content = {"audit_reconciliation": AUDIT, "legal_storage": LEGAL}[room]
    (pod / "configuration.json").write_text(json.dumps(content))
    described = (ROOT / room / "Containerfile").read_text()
    environment = dict(
        word.split("=", 1)
        for line in described.splitlines()
        if line.startswith("ENV ")
        for word in line.split()[1:]
    )
    path = f"{Path(sys.base_prefix) / 'bin'}:{environment['PATH']}"
    python = environment["PYTHONPATH"]
    given = [str(root), str(pod), sys.base_prefix, path, python, *words]
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "bash", "-c", SCRIPT, "bash", *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_the_layer_is_the_same_bytes_each_time(room):
    first, second = (hashlib.sha256(layer(room, PYTHON)).hexdigest() for _ in range(2))

    assert first == second


def test_every_command_runs_as_an_unprivileged_user_in_a_read_only_root(unpacked, pod):
    room, root = unpacked
    settings = "--configuration=/pod/configuration.json"
    found = {}
    for line in COMMANDS[room]:
        code, output = run(root, pod, room, ["python3", "-m", room, settings, *line.split()])
        found[line] = (
            code,
            COMMANDS[room][line][1] if COMMANDS[room][line][1] in output else output,
        )
        assert "Traceback" not in output, output

    assert found == COMMANDS[room]


def test_the_root_cannot_be_written_and_the_user_is_nobody(unpacked, pod):
    room, root = unpacked
    code, output = run(root, pod, room, ["sh", "-c", "id -u; touch /opt/waqiti/code/x"])

    assert (code, output.splitlines()[0]) == (1, "10001")
    assert "Read-only file system" in output


def test_the_layer_has_only_what_the_pods_need(unpacked):
    room, root = unpacked
    top = {path.name for path in (root / "opt/waqiti/code").iterdir()}
    packages = {path.name for path in (root / "opt/waqiti/packages").glob("*.dist-info")}

    assert top == {room}
    assert {p for p in packages if p.startswith(("pulumi", "pytest", "ruff"))} == set()
    assert list(root.rglob("*.pyc")) == []
