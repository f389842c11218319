"""The commands of the legal documents' pods, run as the pods run them, against a real S3 server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from legal_storage.configuration import Configuration, read_configuration
from sandbox import s3, supervision
from sandbox.servers import Server
from sandbox.world import World
from tests.conftest import ROOT
from tests.engine.conftest import FIRST_PORTS

_BUCKETS = count(1)


@dataclass(frozen=True)
class Pod:
    """One volume, its store, and what its pods would be given."""

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
    def secrets(self) -> Path:
        return self.folder / "secrets"

    def be(self, user: str, others: Mapping[str, str] | None = None) -> None:
        """Give the pod the keys of *user*, some of them *others* than they should be."""
        given = {
            "access-key-id": user,
            "secret-access-key": self.world.credentials[f"s3/{user}"],
            "encryption-password": "a password of the tests",
            "encryption-salt": "a salt of the tests",
        }
        self.secrets.mkdir(exist_ok=True)
        for name, value in {**given, **(others or {})}.items():
            (self.secrets / name).write_text(value)

    def configure(self, **store: str) -> None:
        """Describe the bucket, or what *store* says of it otherwise."""
        self.describe(
            {
                "kind": "s3",
                "provider": "SeaweedFS",
                "endpoint": s3.url(self.world),
                "region": s3.REGION,
                "bucket": self.bucket,
                "ca_file": str(self.world.tls / "ca.pem"),
                **store,
            }
        )

    def describe(self, store: Mapping[str, str]) -> None:
        """Write what the pods are told."""
        described = {
            "documents": str(self.documents),
            "owner": {"uid": os.getuid() or 10001, "gid": os.getgid() or 10001},
            "scratch": str(self.folder / "scratch"),
            "secrets": str(self.secrets),
            "retention_years": 7,
            "store": dict(store),
            "logs": {"folder": str(self.folder / "logs"), "megabytes": 100, "files": 14},
        }
        (self.folder / "configuration.json").write_text(json.dumps(described))

    def prepare(self) -> None:
        """Make what a pod mounts, and run the command that it begins with."""
        for folder in ("documents", "scratch", "logs"):
            (self.folder / folder).mkdir()
        assert self.run("prepare")["outcome"] == "good"

    def run(self, *words: str) -> dict[str, object]:
        """Run a command; give its outcome, with its exit code."""
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

    def write(self, path: str, content: bytes) -> Path:
        place = self.documents / path
        place.write_bytes(content)
        return place


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("s3") / "world", next(FIRST_PORTS))
    world.create()
    s3.prepare(world)
    table = [Server(name="s3", command=s3.command(world), is_well=lambda: s3.is_well(world))]
    try:
        supervision.start(world, table)
        yield world
    finally:
        supervision.stop(world)


@pytest.fixture
def pod(s3_server, tmp_path) -> Pod:
    """Give a volume whose folders are prepared, and an empty bucket of its own."""
    pod = Pod(tmp_path, s3_server, f"{s3.BUCKET}-{next(_BUCKETS)}")
    s3.make_bucket(s3_server, pod.bucket)
    pod.be("backup")
    pod.configure()
    pod.prepare()
    return pod
