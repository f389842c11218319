"""OpenBao, which has the API of Vault."""

import json
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from secrets import token_hex

import hvac
import requests
from hvac.exceptions import InvalidPath, VaultError

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate import secrets
from sandbox.estate.openbao import LOGIN, MOUNT, USERS, policies
from sandbox.estate.stack import TRANSIT_KEY
from sandbox.server import Process, Server, draw_tokens
from sandbox.world import SandboxError, World, write_private

_TIMEOUT_SECONDS = 10
_INITIALISE_SECONDS = 300


def url(world: World) -> str:
    """Return its address."""
    return f"https://{world.address('openbao')}"


def administrator(world: World) -> hvac.Client:
    """Connect with the root token."""
    if not (token := _root_token(world)).exists():
        raise SandboxError(
            "OpenBao's first start was interrupted and its root token is lost: run `make down`, "
            "then `make up`"
        )
    return client(world, token.read_text())


def client(
    world: World, token: str | None = None, timeout: float = _TIMEOUT_SECONDS
) -> hvac.Client:
    """Connect with *token*, or anonymously."""
    authority = str(world.tls / "ca.pem")
    return hvac.Client(url(world), token=token, verify=authority, timeout=timeout)


def _prepare(world: World, _: Toolchain) -> None:
    data = world.folder / "data" / "openbao"
    if not _root_token(world).exists():
        shutil.rmtree(data, ignore_errors=True)  # of an interrupted start: it cannot be unsealed
    data.mkdir(parents=True, exist_ok=True)
    seal_key = world.folder / "openbao-seal-key"
    if not seal_key.exists():
        write_private(seal_key, token_hex(32))
    settings = {
        # A multiplier of 1 elects the only node in about a second instead of five.
        "storage": {
            "raft": {"path": str(data), "node_id": "sandbox", "performance_multiplier": "1"}
        },
        "listener": {
            "tcp": {
                "address": world.address("openbao"),
                "cluster_address": world.address("openbao-cluster"),
                "tls_cert_file": str(world.tls / "server.pem"),
                "tls_key_file": str(world.tls / "server.pem"),
            }
        },
        # It unseals itself, as a production server does with a key of the cloud provider.
        "seal": {
            "static": {"current_key_id": "sandbox", "current_key": f"file://{seal_key}"},
        },
        "api_addr": url(world),
        "cluster_addr": f"https://{world.address('openbao-cluster')}",
    }
    write_private(_settings_file(world), json.dumps(settings, indent=2))


def _processes(world: World, toolchain: Toolchain) -> Iterator[Process]:
    yield Process(
        name="openbao",
        command=[
            str(toolchain.executable("openbao")),
            "server",
            f"-config={_settings_file(world)}",
        ],
        is_healthy=partial(_is_healthy, world),
    )


def _is_healthy(world: World) -> bool:
    """Report whether it is unsealed and active; initialise it at its first start."""
    try:
        anonymous = client(world)
        if not anonymous.sys.is_initialized():
            # The answer has the only copy of the root token, so the timeout suits a slow machine.
            _initialise(world, client(world, timeout=_INITIALISE_SECONDS))
        health = anonymous.sys.read_health_status(method="GET")
    except (VaultError, requests.RequestException):
        return False
    return isinstance(health, dict) and not health["standby"]


def _seed(world: World) -> None:
    """Enable the engines, and write policies, tokens and operator-provided secrets."""
    root = administrator(world)
    mounts = root.sys.list_mounted_secrets_engines()["data"]
    if f"{MOUNT}/" not in mounts:
        root.sys.enable_secrets_engine("kv", path=MOUNT, options={"version": "2"})
    if "transit/" not in mounts:
        root.sys.enable_secrets_engine("transit")
        root.secrets.transit.create_key(TRANSIT_KEY)
    for user, policy in policies().items():
        root.sys.create_or_update_acl_policy(user, policy)
        token = world.credentials[f"openbao/{user}"]
        try:
            root.auth.token.lookup(token)
        except VaultError:
            root.auth.token.create(id=token, policies=[user], no_parent=True, period="768h")
    for path, values in secrets.operator_provided_secrets(world).items():
        _write_secret(root, path, values)


def let_log_in(world: World, cluster: str, authority: str, reviewer: str) -> None:
    """
    Let the service accounts of a cluster log in.

    Args:
        world: The world of the server.
        cluster: The address of the cluster.
        authority: The certificate authority of the cluster.
        reviewer: A token that may ask the cluster whose a token is.
    """
    root = administrator(world)
    if f"{LOGIN}/" not in root.sys.list_auth_methods()["data"]:
        root.sys.enable_auth_method("kubernetes", path=LOGIN)
    root.auth.kubernetes.configure(
        cluster,
        kubernetes_ca_cert=authority,
        token_reviewer_jwt=reviewer,
        mount_point=LOGIN,
    )


def _write_secret(root: hvac.Client, path: str, values: Mapping[str, str]) -> None:
    """Write a secret; add a version only if a value changed."""
    vault = root.secrets.kv.v2
    try:
        answer = vault.read_secret_version(path, mount_point=MOUNT, raise_on_deleted_version=True)
        written = answer["data"]["data"]
    except InvalidPath:
        written = None
    if written != values:
        vault.create_or_update_secret(path, values, mount_point=MOUNT)


def _initialise(world: World, patient: hvac.Client) -> None:
    made = patient.sys.initialize(recovery_shares=1, recovery_threshold=1)
    write_private(_root_token(world), made["root_token"])


def _root_token(world: World) -> Path:
    return world.folder / "openbao-root-token"


def _settings_file(world: World) -> Path:
    return world.folder / "openbao.json"


def _environment(world: World) -> Mapping[str, str]:
    token = world.credentials["openbao/pulumi"]
    # Pulumi's secrets provider has its own variables.
    return {"VAULT_TOKEN": token, "VAULT_SERVER_URL": url(world), "VAULT_SERVER_TOKEN": token}


SERVER = Server(
    ports=["openbao", "openbao-cluster"],
    credentials=lambda: draw_tokens(*(f"openbao/{user}" for user in USERS)) | secrets.draw(),
    prepare=_prepare,
    processes=_processes,
    seed=_seed,
    environment=_environment,
    config=lambda world: {"vault": {"address": url(world)}},
)
