"""
A Kubernetes cluster without machines.

etcd, API server, controller manager and scheduler are the real ones, with TLS and a token for each
user; kwok simulates the node and its pods. etcd requires a client certificate of the world's
authority: only a process that can read the world's folder can connect.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate import kubernetes as estate
from sandbox.server import Process, Server, answers, draw_tokens
from sandbox.servers import openbao
from sandbox.servers.kubernetes import contents
from sandbox.servers.kubernetes.api import Api
from sandbox.world import HOST, World, write_private

MONITORING = "monitoring"
CONTEXT = "sandbox"

_YEAR_SECONDS = 365 * 24 * 60 * 60

_STAGES = Path(__file__).with_name("stages.yaml")

# Each user has a token; the groups of each.
_USERS: Mapping[str, Sequence[str]] = {
    "admin": ("system:masters",),
    "pulumi": (),
    "operators": (),
    # kwok simulates the machines, and starts before the cluster has any role of the sandbox.
    "kwok": ("system:masters",),
    # Kubernetes itself grants these two what they need.
    "system:kube-controller-manager": (),
    "system:kube-scheduler": (),
}


def url(world: World) -> str:
    """Return the address of the API server."""
    return f"https://{world.address('kube-apiserver')}"


def kubeconfig(world: World, user: str) -> Path:
    """Return the file with which *user* connects."""
    return _file(world, f"{user.removeprefix('system:')}.kubeconfig")


def api(world: World, user: str) -> Api:
    """Connect as *user*."""
    return Api(url(world), _token(world, user), _authority(world))


def _processes(world: World, toolchain: Toolchain) -> Iterator[Process]:
    authority, certificate = str(_authority(world)), str(_certificate(world))
    server = toolchain.executable("kubernetes")
    yield Process(
        name="etcd",
        command=_etcd(world, toolchain.executable("etcd")),
        is_healthy=partial(
            answers, f"https://{world.address('etcd')}/health", verify=authority, cert=certificate
        ),
    )
    token = {"Authorization": f"Bearer {_token(world, 'pulumi')}"}
    yield Process(
        name="kube-apiserver",
        command=_api_server(world, server),
        is_healthy=partial(answers, f"{url(world)}/readyz", verify=authority, headers=token),
        needs=["etcd"],
    )
    for name, command in (
        ("kube-controller-manager", _controller_manager),
        ("kube-scheduler", _scheduler),
    ):
        yield Process(
            name=name,
            command=command(world, server.with_name(name)),
            is_healthy=partial(answers, f"https://{world.address(name)}/healthz", verify=authority),
            needs=["kube-apiserver"],
        )
    yield Process(
        name="kwok",
        command=_kwok(world, toolchain.executable("kwok")),
        is_healthy=partial(answers, f"http://{world.address('kwok')}/healthz"),
        needs=["kube-apiserver"],
    )


def _etcd(world: World, etcd: Path) -> list[str]:
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


def _api_server(world: World, server: Path) -> list[str]:
    return _command(
        server,
        {
            **_serving(world, "kube-apiserver"),
            # No real pod runs that could request it.
            "advertise-address": HOST,
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


def _controller_manager(world: World, manager: Path) -> list[str]:
    return _command(
        manager,
        {
            **_serving(world, "kube-controller-manager"),
            **_connecting(world, "system:kube-controller-manager"),
            "service-account-private-key-file": _file(world, "service-accounts.pem"),
            "root-ca-file": _authority(world),
            "use-service-account-credentials": "true",
            # It would create the default, which is a system folder.
            "flex-volume-plugin-dir": world.folder / "data" / "volume-plugins",
        },
    )


def _scheduler(world: World, scheduler: Path) -> list[str]:
    flags = {
        **_serving(world, "kube-scheduler"),
        **_connecting(world, "system:kube-scheduler"),
    }
    return _command(scheduler, flags)


def _kwok(world: World, kwok: Path) -> list[str]:
    flags = {
        "kubeconfig": kubeconfig(world, "kwok"),
        "config": _STAGES,
        "manage-all-nodes": "true",
        "server-address": world.address("kwok"),
    }
    # kwok's expression library writes a map from two threads without a lock (0.8.0: "fatal error:
    # concurrent map writes" during its start); on one processor no write is interrupted.
    return ["env", "GOMAXPROCS=1", *_command(kwok, flags)]


def _prepare(world: World, toolchain: Toolchain) -> None:
    _file(world, "").mkdir(exist_ok=True, mode=0o700)
    if not (key := _file(world, "service-accounts.pem")).exists():
        write_private(key, _new_key())
    tokens = [_token_line(world, user, groups) for user, groups in _USERS.items()]
    write_private(_file(world, "tokens.csv"), "".join(tokens))
    for user in _USERS:
        write_private(kubeconfig(world, user), json.dumps(_kubeconfig(world, user), indent=2))
    for definition in toolchain.folder("custom-resources").glob("*.yaml"):
        write_private(_file(world, definition.name), definition.read_text(encoding="utf-8"))


def _seed(world: World) -> None:
    admin = api(world, "admin")
    contents.seed(world, admin, _file(world, "").glob("*_*.yaml"))
    reviewer = admin.request_token("external-secrets", "token-reviewer", _YEAR_SECONDS)
    openbao.let_log_in(world, url(world), _authority(world).read_text(), reviewer)


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
        "bind-address": HOST,
        "secure-port": world.port(name),
        "tls-cert-file": _certificate(world),
        "tls-private-key-file": _certificate(world),
    }


def _connecting(world: World, user: str) -> Mapping[str, object]:
    file = kubeconfig(world, user)
    roles = ("kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")
    # One instance of each runs: a leader election would only delay the start.
    return {**dict.fromkeys(roles, file), "leader-elect": "false"}


def _command(program: Path, flags: Mapping[str, object]) -> list[str]:
    return [str(program), *(f"--{name}={value}" for name, value in flags.items())]


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


SERVER = Server(
    ports=[
        "etcd",
        "etcd-peer",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kwok",
    ],
    credentials=partial(draw_tokens, *(f"kubernetes/{user}" for user in _USERS)),
    prepare=_prepare,
    processes=_processes,
    seed=_seed,
    environment=lambda world: {"KUBECONFIG": str(kubeconfig(world, "pulumi"))},
    config=lambda _: {"kubernetes": {"context": CONTEXT}, **estate.SETTINGS},
)
