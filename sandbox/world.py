"""
One sandbox: a folder, a block of ports, and the credentials that were drawn for it.

A person has one in `.sandbox/local`; each test has its own elsewhere, on other ports.
"""

import base64
import json
import os
import secrets
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
import yaml
from cryptography.hazmat.primitives import serialization

CHECKOUT = Path(__file__).parent.parent
HOST = "127.0.0.1"

# The order is the port: a name's place in this table is its offset in the block.
PORTS = (
    "kafka-1",
    "kafka-2",
    "kafka-3",
    "kafka-1-controller",
    "kafka-2-controller",
    "kafka-3-controller",
    "supervisor",
    "openbao",
    "openbao-cluster",
    "pagerduty",
    "etcd",
    "etcd-peer",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "prometheus",
    "alertmanager",
    "operators",
    "workload",
    "slack",
    "grafana",
    "s3",
    "s3-grpc",
    "s3-master",
    "s3-master-grpc",
    "s3-volume",
    "s3-volume-grpc",
    "s3-filer",
    "s3-filer-grpc",
)
_FIRST_PORT = 19090

# Kafka's own users; those of services come from the catalog.
_KAFKA_USERS = ("broker", "admin", "pulumi")

# Alerts' channels, without the stack's prefix; the catalog's rules name no other.
SLACK_CHANNELS = ("critical", "fraud", "compliance", "engineering")

# Kubernetes' users, each with a token, and their groups.
KUBERNETES_USERS: Mapping[str, Sequence[str]] = {
    "admin": ("system:masters",),
    "pulumi": (),
    "operators": (),
    # It plays the machines, and starts before the cluster has any role of ours.
    "kwok": ("system:masters",),
    # Kubernetes itself grants these two what they need.
    "system:kube-controller-manager": (),
    "system:kube-scheduler": (),
}


class SandboxError(Exception):
    """Something that a person can mend; the message is one sentence that says how."""


@dataclass(frozen=True)
class World:
    """
    Where a sandbox is.

    Args:
        folder: Everything that it writes; nobody else may read it.
        first_port: The first port of its block.
    """

    folder: Path
    first_port: int

    def port(self, name: str) -> int:
        """Give the port of *name* in this world's block."""
        return self.first_port + PORTS.index(name)

    def address(self, name: str) -> str:
        """Give `host:port` of *name*."""
        return f"{HOST}:{self.port(name)}"

    @property
    def logs(self) -> Path:
        """Where every server logs, one file each."""
        return self.folder / "logs"

    @property
    def tls(self) -> Path:
        """Where the certificates are."""
        return self.folder / "tls"

    @property
    def credentials(self) -> Mapping[str, str]:
        """Give every credential by name."""
        file = self.folder / "credentials.json"
        return dict(json.loads(file.read_text())) if file.exists() else {}

    def create(self) -> None:
        """Make the folder, and draw every credential that was not drawn before."""
        for folder in (self.folder, self.logs, self.tls):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.tls / "server.pem").exists():
            self._issue_certificates()
        users = (*_KAFKA_USERS, *catalog_services())
        others = ("supervisor", "passphrase")
        tokens = ("grafana/pulumi", "openbao/pulumi", "pagerduty/pulumi")
        names = (
            *(f"kafka/{user}" for user in users),
            *(f"kubernetes/{user}" for user in KUBERNETES_USERS),
            *others,
            *tokens,
            "openbao/external-secrets",
            *(f"s3/{user}" for user in ("operator", "backup", "officer")),
            "legal-documents/password",
            "legal-documents/salt",
        )
        drawn = {name: secrets.token_urlsafe(24) for name in names}
        drawn |= {f"slack/{channel}": _webhook_path() for channel in SLACK_CHANNELS}
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]
        # Kafka's own tool takes an id that begins with a dash for an option.
        drawn["kafka cluster id"] = cluster_id.replace("-", "_")
        known = {**drawn, **self.credentials}
        write_private(self.folder / "passphrase", known["passphrase"])
        write_private(self.folder / "grafana-tokens", known["grafana/pulumi"])
        write_private(self.folder / "pagerduty-tokens", known["pagerduty/pulumi"])
        write_private(self.folder / "credentials.json", json.dumps(known, indent=2))

    def _issue_certificates(self) -> None:
        authority = trustme.CA(organization_name="Waqiti sandbox")
        server = authority.issue_cert(HOST, "localhost")
        authority.cert_pem.write_to_path(self.tls / "ca.pem")
        key = serialization.load_pem_private_key(server.private_key_pem.bytes(), password=None)
        # Java reads no other form of a key.
        pkcs8 = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        chain = b"".join(cert.bytes() for cert in server.cert_chain_pems)
        write_private(self.tls / "server.pem", (pkcs8 + chain).decode())


def _webhook_path() -> str:
    """Give the path of a webhook, shaped like Slack's: team, app, and 24 characters of secret."""
    app = f"B{secrets.token_hex(5).upper()}"
    return f"/services/TSANDBOX/{app}/{secrets.token_hex(12)}"


def first_port(folder: Path) -> int:
    """Give the first port: the environment's, else that of the last start, else the usual one."""
    remembered = folder / "first-port"
    given = os.environ.get("FIRST_PORT") or (
        remembered.read_text() if remembered.exists() else str(_FIRST_PORT)
    )
    last = 65535 - len(PORTS)
    if not given.isdigit() or not 1024 <= int(given) <= last:  # noqa: PLR2004 - below are the system's
        raise SandboxError(f"FIRST_PORT={given}: it must be a number from 1024 to {last}")
    return int(given)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.rename(path)


def catalog_topics() -> Mapping[str, Mapping[str, Any]]:
    """Read which topics the catalog has."""
    return dict(yaml.safe_load((CHECKOUT / "catalog" / "topics.yaml").read_text(encoding="utf-8")))


def catalog_services() -> Sequence[str]:
    """Read which services the catalog's topics name."""
    topics = catalog_topics().values()
    return sorted(
        {service for topic in topics for service in (*topic["producers"], *topic["consumers"])}
    )


def copy_world(world: World, folder: Path, first_port: int) -> World:
    """Copy a stopped sandbox; files with holes stay small."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    copy = [shutil.which("cp") or "cp", "-a", "--sparse=always", "--reflink=auto"]
    subprocess.run([*copy, str(world.folder), str(folder)], check=True)
    return World(folder, first_port)
