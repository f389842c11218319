"""OpenBao with a token that may write secrets and read none, and programs that use it."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac
import pytest

from plugins.waqiti.vault.connection import Vault
from sandbox.engine.stacks import world_environment
from sandbox.estate.openbao import MOUNT
from sandbox.servers import openbao
from tests.conftest import ROOT

POLICY = "own-resources"
RULES = 'length = 40\nrule "charset" { charset = "abcdefghijklmnopqrstuvwxyz0123456789" }\n'
# No right to read a value.
RIGHTS = f"""
path "{MOUNT}/data/own/*" {{ capabilities = ["create", "update", "patch"] }}
path "{MOUNT}/subkeys/own/*" {{ capabilities = ["read"] }}
path "{MOUNT}/metadata/own/*" {{ capabilities = ["delete"] }}
path "{MOUNT}/data/own/forbidden" {{ capabilities = ["deny"] }}
path "version1/*" {{ capabilities = ["read", "create"] }}
path "sys/policies/password/{POLICY}" {{ capabilities = ["create", "read", "update", "delete"] }}
path "sys/policies/password/{POLICY}/generate" {{ capabilities = ["read"] }}
path "sys/policies/password/other" {{ capabilities = ["read"] }}
path "sys/policies/password/other/generate" {{ capabilities = ["read"] }}
"""
_FOLDERS = itertools.count(1)


@pytest.fixture(scope="module")
def root(sandbox) -> Iterator[hvac.Client]:
    """Provide the administrator of OpenBao; delete afterwards what the tests leave."""
    administrator = openbao.administrator(sandbox.world)
    administrator.sys.create_or_update_acl_policy(POLICY, RIGHTS)
    place = f"/v1/sys/policies/password/{POLICY}"
    administrator.adapter.put(place, json={"policy": RULES})
    yield administrator
    folders = _names(administrator, "own/")
    for path in [
        f"own/{folder}{name}" for folder in folders for name in _below(administrator, folder)
    ]:
        administrator.secrets.kv.v2.delete_metadata_and_all_versions(path, mount_point=MOUNT)
    administrator.adapter.delete(place)
    administrator.sys.delete_policy(POLICY)


@pytest.fixture(scope="module")
def token(root) -> str:
    """Provide a token with `RIGHTS`."""
    made = root.auth.token.create(policies=[POLICY], no_parent=True)
    return str(made["auth"]["client_token"])


@pytest.fixture
def folder() -> str:
    """Provide a folder of secrets for one test."""
    return f"own/{next(_FOLDERS)}"


@pytest.fixture
def vault(sandbox, token, monkeypatch) -> Vault:
    """Provide the connection of the plugin."""
    monkeypatch.setenv("VAULT_TOKEN", token)
    monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.world.tls / "ca.pem"))
    return Vault(openbao.url(sandbox.world), None)


@pytest.fixture
def values(root) -> Callable[..., dict[str, str]]:
    """Provide a function that returns the values of a secret, which the plugin cannot."""

    def read(path: str, version: int | None = None) -> dict[str, str]:
        answer = root.secrets.kv.v2.read_secret_version(
            path, version=version, mount_point=MOUNT, raise_on_deleted_version=True
        )
        return dict(answer["data"]["data"])

    return read


@dataclass(frozen=True)
class Program:
    """A program of own resources, with a state of its own."""

    folder: Path
    environment: Mapping[str, str]

    def write(self, *resources: tuple[str, str, Mapping[str, Any]]) -> None:
        """Declare resources: the name of the class, the name in the program, and the arguments."""
        (self.folder / "resources.json").write_text(json.dumps(resources))

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def up(self, *arguments: str, **environment: str) -> tuple[int, str]:
        return self.run("up", "--yes", "--skip-preview", *arguments, **environment)

    def do(self, *arguments: str, **environment: str) -> str:
        code, output = self.run(*arguments, **environment)
        assert code == 0, output
        return output


@pytest.fixture
def program(sandbox, token, tmp_path) -> Program:
    """Provide a program that declares the resources of its file."""
    own = ("PULUMI_STACK", "PULUMI_OPTION_CONFIG_FILE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    world = world_environment(sandbox.world, "local", sandbox.engine)
    environment = {k: v for k, v in world.items() if k not in own} | {
        "PULUMI_BACKEND_URL": f"file://{tmp_path}/state",
        "PULUMI_CONFIG_PASSPHRASE": "only a test",
        "PULUMI_STACK": "dev",
        "VAULT_TOKEN": token,
    }
    made = Program(tmp_path / "program", environment)
    made.folder.mkdir()
    (tmp_path / "state").mkdir()
    described = {
        "name": "own",
        "runtime": {
            "name": "python",
            "options": {"toolchain": "pip", "virtualenv": os.fspath(Path(sys.prefix))},
        },
        "plugins": {"providers": [{"name": "waqiti", "path": str(ROOT / "plugins" / "waqiti")}]},
    }
    (made.folder / "Pulumi.yaml").write_text(json.dumps(described))
    (made.folder / "__main__.py").write_text(
        f"import json, sys\nsys.path.insert(0, {str(ROOT)!r})\nimport components, pulumi\n"
        f"vault = components.Provider('waqiti', {{'address': {openbao.url(sandbox.world)!r}}})\n"
        "for kind, name, args in json.load(open('resources.json')):\n"
        "    options = pulumi.ResourceOptions(provider=vault)\n"
        "    getattr(components, kind)(name, args, options)\n"
    )
    made.do("stack", "init", "dev")
    return made


def _below(administrator: hvac.Client, folder: str) -> list[str]:
    return _names(administrator, f"own/{folder}") if folder.endswith("/") else [""]


def _names(administrator: hvac.Client, folder: str) -> list[str]:
    found = administrator.secrets.kv.v2.list_secrets(folder, mount_point=MOUNT)
    return list(found["data"]["keys"])
