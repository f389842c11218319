"""
Run a command with the credentials that Vault holds for this job of a pipeline.

The job proves who it is with its OIDC token, so the repository keeps no long-lived token. Only the
command gets the credentials: later steps and other actions of the job do not.
"""

import argparse
import os
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import hvac
import yaml
from hvac.exceptions import InvalidPath, VaultError

from clients import http
from clients.failures import NoAnswerError, cause
from clients.vault import connect

HELP = "run a command with the credentials that Vault holds for a job of a pipeline"
_FILE = "KUBECONFIG"  # the key whose value is the text of a file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")
    parser.add_argument("role", help="the role of Vault's JWT login, and the secret ci/ROLE")
    parser.add_argument("--login-path", default="jwt", help="where the login is (%(default)s)")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    section = _vault_section(arguments.stack)
    address, role = section["address"], arguments.role
    try:
        vault = _login(section, role, arguments.login_path)
        held = _read(vault, section["mount"], f"ci/{role}")
    except VaultError as error:
        reason = " ".join(str(error).split())
        raise NoAnswerError(f"Vault at {address} refuses the role {role}: {reason}") from None
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"Vault at {address} does not answer ({cause(error)})") from None
    try:
        with tempfile.TemporaryDirectory(prefix="waqiti-") as folder:
            file = Path(folder) / "kubeconfig"
            if _FILE in held:
                file.touch(mode=0o600)
                file.write_text(held[_FILE])
                held = {**held, _FILE: str(file)}
            tokens = dict.fromkeys(("VAULT_TOKEN", "VAULT_SERVER_TOKEN"), vault.token)
            # Pulumi's secrets provider has its own variables.
            environment = {**os.environ, **held, **tokens, "VAULT_SERVER_URL": address}
            return subprocess.run(arguments.words, env=environment, check=False).returncode
    finally:
        with suppress(VaultError, OSError):  # it expires by itself
            vault.auth.token.revoke_self()


def _vault_section(stack: str) -> Mapping[str, Any]:
    # `pulumi config` needs the credentials that are not there yet.
    path = Path(os.environ.get("PULUMI_OPTION_CONFIG_FILE") or f"Pulumi.{stack}.yaml")
    try:
        section: Mapping[str, Any] = yaml.safe_load(path.read_text())["config"]["waqiti:vault"]
    except (OSError, KeyError, TypeError, yaml.YAMLError):
        raise NoAnswerError(f"{path} has no waqiti:vault: name a stack that has one") from None
    return section


def _login(section: Mapping[str, Any], role: str, path: str) -> hvac.Client:
    address = section["address"]
    vault = connect(address, section.get("namespace"))
    vault.token = None
    answer = vault.auth.jwt.jwt_login(role=role, jwt=_oidc_token(address), path=path)
    vault.token = answer["auth"]["client_token"]
    return vault


def _read(vault: hvac.Client, mount: str, path: str) -> Mapping[str, str]:
    try:
        answer = vault.secrets.kv.v2.read_secret_version(
            path, mount_point=mount, raise_on_deleted_version=True
        )
    except InvalidPath:
        return {}  # a preview needs no credential
    held: Mapping[str, str] = answer["data"]["data"]
    return held


def _oidc_token(audience: str) -> str:
    """Return the OIDC token of this job of GitHub's or GitLab's."""
    if given := os.environ.get("VAULT_ID_TOKEN"):  # GitLab's `id_tokens`
        return given
    url = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL")
    if not url:
        raise NoAnswerError(
            "this job has no OIDC token: give it `id-token: write` on GitHub, or `id_tokens` with "
            "VAULT_ID_TOKEN on GitLab"
        )
    headers = {"Authorization": f"bearer {os.environ.get('ACTIONS_ID_TOKEN_REQUEST_TOKEN', '')}"}
    answer = http.get("GitHub's OIDC provider", url, headers, {"audience": audience})
    token: str = http.json_of("GitHub's OIDC provider", answer)["value"]
    return token
