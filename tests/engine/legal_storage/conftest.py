"""The commands of the pods for legal documents, run as in a pod, against a real S3 server."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from pyrage.x25519 import Identity

from legal_storage.configuration import Configuration, read_configuration
from sandbox import supervision
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.s3 import BUCKET
from sandbox.servers import s3
from sandbox.world import World
from tests.conftest import ROOT
from tests.engine.ports import next_block

_BUCKETS = count(1)
KEYS = {
    "encryption-keys": str(Identity.generate()),
    "signing-keys": base64.b64encode(os.urandom(32)).decode(),
}


@dataclass(frozen=True)
class Pod:
    """A volume, its store, and the files that a pod mounts."""

    folder: Path
    world: World
    bucket: str

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    @property
    def configuration(self) -> Configuration:
        return read_configuration(self.folder / "configuration.json")

    @property
    def ca_file(self) -> Path:
        """A copy beside the other files of the pod, which another user may read."""
        copy = self.folder / "ca.pem"
        copy.write_bytes((self.world.tls / "ca.pem").read_bytes())
        return copy

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def be(self, user: str, others: Mapping[str, str] | None = None) -> None:
        """Mount the keys of *user*; *others* replaces some of them with wrong values."""
        keys = {"access-key-id": user, "secret-access-key": self.world.credentials[f"s3/{user}"]}
        self.mount(keys | dict(others or {}))

    def mount(self, keys: Mapping[str, str]) -> None:
        """Write the secret files of the pod: *keys*, and the keys that encrypt and sign."""
        self.secrets.mkdir(exist_ok=True)
        for name, value in {**KEYS, **keys}.items():
            (self.secrets / name).write_text(value)

    def configure(self, **store: str) -> None:
        """Write a configuration for the bucket; *store* overrides settings of the bucket."""
        self.describe(
            {
                "kind": "s3",
                "endpoint": s3.url(self.world),
                "region": s3.REGION,
                "bucket": self.bucket,
                "ca_file": str(self.ca_file),
                **store,
            }
        )

    def describe(self, store: Mapping[str, str]) -> None:
        """Write the pods' configuration."""
        described = {
            "documents": str(self.documents),
            "owner": {"uid": os.getuid() or 10001, "gid": os.getgid() or 10001},
            "scratch": str(self.folder / "scratch"),
            "secrets": str(self.secrets),
            "retention_years": 7,
            "largest_loss_percent": 1,
            "stack": "tests",
            "image": "registry.example/legal-storage@sha256:" + "a" * 64,
            "store": dict(store),
            "logs": {"folder": str(self.folder / "logs"), "megabytes": 100, "files": 14},
        }
        (self.folder / "configuration.json").write_text(json.dumps(described))

    def prepare(self) -> None:
        """Create the files that a pod mounts, and run its init command."""
        for folder in ("documents", "scratch", "logs"):
            (self.folder / folder).mkdir()
        assert self.run("prepare")["outcome"] == "success"

    def run(self, *words: str) -> dict[str, object]:
        """Run a command; return its outcome with its exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "legal_storage", *words],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "LEGAL_STORAGE_CONFIGURATION": str(self.folder / "configuration.json"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        return {"code": done.returncode, **json.loads(done.stdout)}

    def outcome(self, *words: str) -> dict[str, object]:
        """Run a command; return its outcome without what every report has."""
        reported = self.run(*words)
        return {
            key: value for key, value in reported.items() if key not in {"report", "encryption_key"}
        }

    def write(self, path: str, content: bytes) -> Path:
        place = self.documents / path
        place.write_bytes(content)
        return place


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("s3") / "world"
    world = World(folder, next_block(), [supervision.SERVER, s3.SERVER])
    world.create()
    world.prepare(Toolchain())
    try:
        supervision.start(world, world.processes(Toolchain()))
        yield world
    finally:
        supervision.stop(world)


@pytest.fixture
def pod(s3_server, tmp_path) -> Pod:
    """Provide a volume with prepared folders, and an empty bucket."""
    pod = Pod(tmp_path, s3_server, f"{BUCKET}-{next(_BUCKETS)}")
    s3.create_bucket(s3_server, pod.bucket)
    pod.be("backup")
    pod.configure()
    pod.prepare()
    return pod
