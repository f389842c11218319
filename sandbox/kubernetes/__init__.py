"""
A Kubernetes cluster without machines: what its servers are started with, and what it holds first.

etcd, API server, controller manager and scheduler are the real ones, over TLS and with a token for
every user; kwok plays the node and its pods. etcd asks for a certificate of the world's authority:
only those who may read the world's folder can reach it.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.kubernetes import contents
from sandbox.kubernetes.api import Api
from sandbox.world import KUBERNETES_USERS, World, write_private

MONITORING = "monitoring"
CONTEXT = "sandbox"

_OURS = Path(__file__).parent
_TIMEOUT_SECONDS = 5


def etcd_command(world: World, etcd: Path) -> list[str]:
    """Give the command that runs the store in the foreground."""
    client, peer = (f"https://{world.address(name)}" for name in ("etcd", "etcd-peer"))
    flags = {
        "name": "sandbox",
        "data-dir": world.folder / "data" / "etcd",
        "log-level": "warn",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"sandbox={peer}",
    }
    for role in ("", "peer-"):
        flags |= {
            f"{role}cert-file": _certificate(world),
            f"{role}key-file": _certificate(world),
            f"{role}trusted-ca-file": _authority(world),
            f"{role}client-cert-auth": "true",
        }
    return _command(etcd, flags)


def api_command(world: World, server: Path) -> list[str]:
    """Give the command that runs the API server in the foreground."""
    return _command(
        server,
        {
            **_serving(world, "kube-apiserver"),
            # It is told to nobody: pods that could ask for it do not run.
            "advertise-address": "127.0.0.1",
            "endpoint-reconciler-type": "none",
            "etcd-servers": f"https://{world.address('etcd')}",
            "etcd-cafile": _authority(world),
            "etcd-certfile": _certificate(world),
            "etcd-keyfile": _certificate(world),
            "anonymous-auth": "false",
            "token-auth-file": _file(world, "tokens.csv"),
            "authorization-mode": "RBAC",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": _file(world, "service-accounts.pem"),
            "service-account-signing-key-file": _file(world, "service-accounts.pem"),
            "service-cluster-ip-range": "10.0.0.0/24",
            "profiling": "false",
        },
    )


def controllers_command(world: World, manager: Path) -> list[str]:
    """Give the command that runs the controllers in the foreground."""
    return _command(
        manager,
        {
            **_serving(world, "kube-controller-manager"),
            **_connecting(world, "system:kube-controller-manager"),
            "service-account-private-key-file": _file(world, "service-accounts.pem"),
            "root-ca-file": _authority(world),
            "use-service-account-credentials": "true",
            # Its default is a folder of the system, which it would make.
            "flex-volume-plugin-dir": world.folder / "data" / "volume-plugins",
        },
    )


def scheduler_command(world: World, scheduler: Path) -> list[str]:
    """Give the command that runs the scheduler in the foreground."""
    flags = {
        **_serving(world, "kube-scheduler"),
        **_connecting(world, "system:kube-scheduler"),
    }
    return _command(scheduler, flags)


def kwok_command(world: World, kwok: Path) -> list[str]:
    """Give the command that plays the node and its pods in the foreground."""
    flags = {
        "kubeconfig": kubeconfig(world, "kwok"),
        "config": _OURS / "stages.yaml",
        "manage-all-nodes": "true",
        "server-address": world.address("kwok"),
    }
    # Its library of expressions writes a map without a lock, from two threads (0.8.0, seen: "fatal
    # error: concurrent map writes" while it starts); with one processor no write is interrupted.
    return ["env", "GOMAXPROCS=1", *_command(kwok, flags)]


def prepare(world: World, custom_resources: Path) -> None:
    """Write what the servers read when they start, for this world's ports."""
    _file(world, "").mkdir(exist_ok=True, mode=0o700)
    if not (key := _file(world, "service-accounts.pem")).exists():
        write_private(key, _new_key())
    tokens = [_token_line(world, user, groups) for user, groups in KUBERNETES_USERS.items()]
    write_private(_file(world, "tokens.csv"), "".join(tokens))
    for user in KUBERNETES_USERS:
        write_private(kubeconfig(world, user), json.dumps(_kubeconfig(world, user), indent=2))
    for definition in custom_resources.glob("*.yaml"):
        write_private(_file(world, definition.name), definition.read_text(encoding="utf-8"))


def introduce(world: World) -> None:
    """Make the cluster what those who run one would hand over; as often as wanted."""
    contents.introduce(world, api(world, "admin"), _file(world, "").glob("*_*.yaml"))


def url(world: World) -> str:
    """Give the API's address."""
    return f"https://{world.address('kube-apiserver')}"


def kubeconfig(world: World, user: str) -> Path:
    """Give the file with which *user* connects."""
    return _file(world, f"{user.removeprefix('system:')}.kubeconfig")


def api(world: World, user: str) -> Api:
    """Connect as *user*."""
    return Api(url(world), _token(world, user), _authority(world))


def etcd_is_well(world: World) -> bool:
    """Tell whether the store has a leader and takes writes."""
    return _answers(f"https://{world.address('etcd')}/health", world, _certificate(world))


def api_is_well(world: World) -> bool:
    """Tell whether the API server is ready for a user with a token."""
    token = {"Authorization": f"Bearer {_token(world, 'pulumi')}"}
    return _answers(f"{url(world)}/readyz", world, headers=token)


def is_well(world: World, name: str) -> bool:
    """Tell whether a server that only follows the API is well."""
    return _answers(f"https://{world.address(name)}/healthz", world)


def kwok_is_well(world: World) -> bool:
    """Tell whether the node's player is well; its health has no other than plain HTTP."""
    return _answers(f"http://{world.address('kwok')}/healthz", world)


def _kubeconfig(world: World, user: str) -> Mapping[str, Any]:
    authority = base64.b64encode(_authority(world).read_bytes()).decode()
    cluster = {"server": url(world), "certificate-authority-data": authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "sandbox", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": _token(world, user)}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": "sandbox", "user": user}}],
        "current-context": CONTEXT,
    }


def _serving(world: World, name: str) -> Mapping[str, object]:
    return {
        "bind-address": "127.0.0.1",
        "secure-port": world.port(name),
        "tls-cert-file": _certificate(world),
        "tls-private-key-file": _certificate(world),
    }


def _connecting(world: World, user: str) -> Mapping[str, object]:
    file = kubeconfig(world, user)
    roles = ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")
    # There is one of each: an election would only make it start later.
    return {**dict.fromkeys(roles, file), "leader-elect": "false"}


def _command(program: Path, flags: Mapping[str, object]) -> list[str]:
    return [str(program), *(f"--{name}={value}" for name, value in flags.items())]


def _answers(
    address: str,
    world: World,
    certificate: Path | None = None,
    headers: Mapping[str, str] | None = None,
) -> bool:
    try:
        answer = requests.get(
            address,
            verify=str(_authority(world)),
            cert=str(certificate) if certificate else None,
            headers=headers,
            timeout=_TIMEOUT_SECONDS,
        )
    except requests.RequestException:
        return False
    return answer.ok


def _new_key() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _token_line(world: World, user: str, groups: Sequence[str]) -> str:
    words = [_token(world, user), user, user, *([f'"{",".join(groups)}"'] if groups else [])]
    return ",".join(words) + "\n"


def _token(world: World, user: str) -> str:
    return world.credentials[f"kubernetes/{user}"]


def _file(world: World, name: str) -> Path:
    return world.folder / "kubernetes" / name


def _certificate(world: World) -> Path:
    return world.tls / "server.pem"


def _authority(world: World) -> Path:
    return world.tls / "ca.pem"
