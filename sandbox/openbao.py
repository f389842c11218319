"""An OpenBao server, which speaks Vault's API: its settings, its health, its first contents."""

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import hvac
import requests
from hvac.exceptions import InvalidPath, VaultError

from sandbox.world import SandboxError, World, write_private

MOUNT = "secret"
TRANSIT_KEY = "pulumi"
_TIMEOUT_SECONDS = 10
_INITIALISE_SECONDS = 300

# What Pulumi's token may do: write the secrets that the program declares (the provider asks whether
# they are there), read the names of the keys that people keep, and use one transit key for its
# state. No tokens, no policies, no other secret.
PULUMI_POLICY = f"""
path "{MOUNT}/data/alerting/*" {{ capabilities = ["create", "read", "update", "delete"] }}
path "{MOUNT}/metadata/alerting/*" {{ capabilities = ["create", "read", "update", "delete"] }}
path "{MOUNT}/subkeys/alerting/slack" {{ capabilities = ["read"] }}
path "{MOUNT}/subkeys/legal-documents/*" {{ capabilities = ["read"] }}
path "transit/encrypt/{TRANSIT_KEY}" {{ capabilities = ["update"] }}
path "transit/decrypt/{TRANSIT_KEY}" {{ capabilities = ["update"] }}
"""

# What the cluster's external-secrets may do: read what alerting and the legal documents need.
_EXTERNAL_SECRETS_POLICY = f"""
path "{MOUNT}/data/alerting/*" {{ capabilities = ["read"] }}
path "{MOUNT}/data/legal-documents/*" {{ capabilities = ["read"] }}
"""

_POLICIES = {"pulumi": PULUMI_POLICY, "external-secrets": _EXTERNAL_SECRETS_POLICY}


def command(world: World, bao: Path) -> list[str]:
    """Give the command that runs the server in the foreground."""
    return [str(bao), "server", f"-config={world.folder / 'openbao.json'}"]


def prepare(world: World) -> None:
    """Write the server's settings for this world's ports."""
    data = world.folder / "data" / "openbao"
    if not _root_token(world).exists():
        shutil.rmtree(data, ignore_errors=True)  # of a start that was cut off: nobody can open it
    data.mkdir(parents=True, exist_ok=True)
    seal_key = world.folder / "openbao-seal-key"
    if not seal_key.exists():
        write_private(seal_key, secrets.token_hex(32))
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
        # It unseals itself at each start, as a production server does with a key of the cloud's.
        "seal": {
            "static": {"current_key_id": "sandbox", "current_key": f"file://{seal_key}"},
        },
        "api_addr": url(world),
        "cluster_addr": f"https://{world.address('openbao-cluster')}",
    }
    write_private(world.folder / "openbao.json", json.dumps(settings, indent=2))


def url(world: World) -> str:
    """Give the server's address."""
    return f"https://{world.address('openbao')}"


def is_well(world: World) -> bool:
    """Tell whether the server is initialised, unsealed and active."""
    try:
        anonymous = client(world)
        if not anonymous.sys.is_initialized():
            # Its answer is the only copy of the root token: a loaded machine gets all its time.
            _initialise(world, client(world, timeout=_INITIALISE_SECONDS))
        health = anonymous.sys.read_health_status(method="GET")
    except (VaultError, requests.RequestException):
        return False
    return isinstance(health, dict) and not health["standby"]


def introduce(world: World) -> None:
    """Mount what the program writes to, and make the tokens known; as often as wanted."""
    root = administrator(world)
    mounts = root.sys.list_mounted_secrets_engines()["data"]
    if f"{MOUNT}/" not in mounts:
        root.sys.enable_secrets_engine("kv", path=MOUNT, options={"version": "2"})
    if "transit/" not in mounts:
        root.sys.enable_secrets_engine("transit")
        root.secrets.transit.create_key(TRANSIT_KEY)
    for user, policy in _POLICIES.items():
        root.sys.create_or_update_acl_policy(user, policy)
        token = world.credentials[f"openbao/{user}"]
        try:
            root.auth.token.lookup(token)
        except VaultError:
            root.auth.token.create(id=token, policies=[user], no_parent=True, period="768h")


def keep_secret(world: World, path: str, values: Mapping[str, str]) -> None:
    """Write a secret as a person does; a version is added only when a value changed."""
    vault = administrator(world).secrets.kv.v2
    try:
        answer = vault.read_secret_version(path, mount_point=MOUNT, raise_on_deleted_version=True)
        written = answer["data"]["data"]
    except InvalidPath:
        written = None
    if written != values:
        vault.create_or_update_secret(path, values, mount_point=MOUNT)


def administrator(world: World) -> hvac.Client:
    """Connect with the root token, which only the sandbox has."""
    if not (token := _root_token(world)).exists():
        raise SandboxError(
            "OpenBao's first start was cut off, and its root token is lost: `make down`, then "
            "`make up` starts it anew"
        )
    return client(world, token.read_text())


def client(
    world: World, token: str | None = None, timeout: float = _TIMEOUT_SECONDS
) -> hvac.Client:
    """Connect with *token*, or with none."""
    authority = str(world.tls / "ca.pem")
    return hvac.Client(url(world), token=token, verify=authority, timeout=timeout)


def _initialise(world: World, patient: hvac.Client) -> None:
    made = patient.sys.initialize(recovery_shares=1, recovery_threshold=1)
    write_private(_root_token(world), made["root_token"])


def _root_token(world: World) -> Path:
    return world.folder / "openbao-root-token"
