"""
One sandbox: a folder, a block of ports, and its credentials.

A user's sandbox is in `.sandbox/local`. Each test has its own in another folder, on other ports.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import trustme
from cryptography.hazmat.primitives import serialization

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server

T = TypeVar("T")

CHECKOUT = Path(__file__).parent.parent
HOST = "127.0.0.1"

_FIRST_PORT = 19090


class SandboxError(Exception):
    """A problem that the user can fix; the message is one sentence with the remedy."""


@dataclass(frozen=True)
class World:
    """
    The location and the servers of a sandbox.

    Args:
        folder: The folder of all its files; only its owner may read it.
        first_port: The first port of its block.
        servers: Its servers; their order is the order of their ports and of their start.
    """

    folder: Path
    first_port: int
    servers: Sequence[Server]

    @property
    def ports(self) -> Sequence[str]:
        """The names of the block's ports, in the order of their numbers."""
        return [name for server in self.servers for name in server.ports]

    def port(self, name: str) -> int:
        """Return the port called *name*."""
        return self.first_port + self.ports.index(name)

    def address(self, name: str) -> str:
        """Return `host:port` of the port called *name*."""
        return f"{HOST}:{self.port(name)}"

    @property
    def logs(self) -> Path:
        """The folder of the logs, one file for each process."""
        return self.folder / "logs"

    @property
    def tls(self) -> Path:
        """The folder of the certificates."""
        return self.folder / "tls"

    @property
    def credentials(self) -> Mapping[str, str]:
        """Every credential by name."""
        file = self.folder / "credentials.json"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def create(self) -> None:
        """Create the folder and the certificates, and draw every credential that is missing."""
        for folder in (self.folder, self.logs, self.tls):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.tls / "server.pem").exists():
            self._issue_certificates()
        drawn = _merged(server.credentials() for server in self.servers)
        credentials = json.dumps({**drawn, **self.credentials}, indent=2)
        write_private(self.folder / "credentials.json", credentials)

    def prepare(self, toolchain: Toolchain) -> None:
        """Write the files that the processes read when they start."""
        for server in self.servers:
            server.prepare(self, toolchain)

    def processes(self, toolchain: Toolchain) -> Sequence[Process]:
        """Return every process, in the order of their start."""
        return [p for server in self.servers for p in server.processes(self, toolchain)]

    def seed(self) -> None:
        """Write into the running servers what exists before Pulumi runs; idempotent."""
        for server in self.servers:
            server.seed(self)

    def environment(self) -> Mapping[str, str]:
        """Return the variables with which `pulumi` reaches the servers."""
        own = _merged(server.environment(self) for server in self.servers)
        return {"SSL_CERT_FILE": str(self.tls / "ca.pem"), **own}

    def config(self) -> Mapping[str, Mapping[str, object]]:
        """Return the addresses of the servers as the stack's config: values by section."""
        sections: dict[str, Mapping[str, object]] = {}
        for server in self.servers:
            for name, values in server.config(self).items():
                sections[name] = {**sections.get(name, {}), **values}
        return sections

    def _issue_certificates(self) -> None:
        authority = trustme.CA(organization_name="Sandbox")
        authority.cert_pem.write_to_path(self.tls / "ca.pem")
        write_certificate(authority.issue_cert(HOST, "localhost"), self.tls / "server.pem")


def write_certificate(issued: trustme.LeafCert, path: Path) -> None:
    """Write a private key with its certificates as Java reads them: keys in PKCS #8 only."""
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), password=None)
    pkcs8 = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    chain = b"".join(cert.bytes() for cert in issued.cert_chain_pems)
    write_private(path, (pkcs8 + chain).decode())


def open_world(folder: Path, servers: Sequence[Server]) -> World:
    """
    Return the world of *folder*.

    Its first port is FIRST_PORT of the environment, else that of the last start, else the default.
    """
    last_start = folder / "first-port"
    value = os.environ.get("FIRST_PORT") or (
        last_start.read_text() if last_start.exists() else str(_FIRST_PORT)
    )
    last = 65535 - sum(len(server.ports) for server in servers)
    if not value.isdigit() or not 1024 <= int(value) <= last:  # noqa: PLR2004 - system ports
        raise SandboxError(f"FIRST_PORT={value}: use a number from 1024 to {last}")
    return World(folder, int(value), servers)


def write_private(path: Path, text: str) -> None:
    """Write a file atomically; only its owner may read it."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.rename(path)


def copy_world(world: World, folder: Path, first_port: int) -> World:
    """Copy a stopped sandbox; sparse files stay sparse."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    copy = [shutil.which("cp") or "cp", "-a", "--sparse=always", "--reflink=auto"]
    subprocess.run([*copy, str(world.folder), str(folder)], check=True)
    return replace(world, folder=folder, first_port=first_port)


def _merged(parts: Iterable[Mapping[str, T]]) -> Mapping[str, T]:
    return {name: value for part in parts for name, value in part.items()}
