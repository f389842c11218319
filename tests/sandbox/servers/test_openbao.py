"""The operator-provided secrets in OpenBao."""

import dataclasses
from unittest.mock import MagicMock

from hvac.exceptions import InvalidPath

from sandbox.estate.secrets import operator_provided_secrets
from sandbox.servers import SERVERS, openbao, slack
from sandbox.world import World


class Secrets:
    """A fake of hvac's KV client: all versions of the secrets of one mount, by path."""

    def __init__(self):
        self.versions = {}

    def read_secret_version(self, path, mount_point, *, raise_on_deleted_version):
        assert (mount_point, raise_on_deleted_version) == ("secret", True)
        if path not in self.versions:
            raise InvalidPath
        return {"data": {"data": self.versions[path][-1]}}

    def create_or_update_secret(self, path, secret, mount_point):
        assert mount_point == "secret"
        self.versions.setdefault(path, []).append(secret)


def test_a_secret_gets_a_new_version_only_if_a_value_changed(tmp_path, monkeypatch):
    world = World(tmp_path / "world", 20000, SERVERS)
    world.create()
    copied = dataclasses.replace(world, first_port=30000)
    root = MagicMock()
    root.secrets.kv.v2 = secrets = Secrets()
    monkeypatch.setattr(openbao, "administrator", lambda _: root)
    for each in (world, world, copied, copied):
        openbao.SERVER.seed(each)

    keys = operator_provided_secrets(world)
    assert secrets.versions == {
        "alerting/slack": [
            {
                f"{channel}_webhook": f"{slack.url(each)}{world.credentials[f'slack/{channel}']}"
                for channel in ("critical", "fraud", "compliance", "engineering")
            }
            for each in (world, copied)
        ],
        **{path: [values] for path, values in keys.items() if path != "alerting/slack"},
    }
    assert len(secrets.versions) == 1 + 1 + 2 + 6


def test_each_user_of_the_legal_documents_has_its_own_keys_and_the_same_password(tmp_path):
    world = World(tmp_path / "world", 20000, SERVERS)
    world.create()
    drawn, secrets = world.credentials, operator_provided_secrets(world)

    assert {user: secrets[f"legal-documents/{user}"] for user in ("backup", "officer")} == {
        user: {
            "access-key-id": user,
            "secret-access-key": drawn[f"s3/{user}"],
            "encryption-keys": drawn["legal-documents/encryption-keys"],
            "signing-keys": drawn["legal-documents/signing-keys"],
        }
        for user in ("backup", "officer")
    }
