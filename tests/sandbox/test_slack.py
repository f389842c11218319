"""The sandbox's webhooks: drawn once, told to the simulator and to OpenBao alone."""

import dataclasses
from typing import get_args

import pytest
from hvac.exceptions import InvalidPath

from catalog.rules import Channel
from sandbox import openbao, slack
from sandbox.simulators.slack.webhooks import PREFIX, load
from sandbox.world import SLACK_CHANNELS, World
from tests.conftest import stack_config


class Versions:
    """What hvac shows of one secret in OpenBao, and how often it was written."""

    def __init__(self):
        self.secrets = self.kv = self.v2 = self
        self.written = []

    def read_secret_version(self, path, mount_point, *, raise_on_deleted_version):
        assert (path, mount_point, raise_on_deleted_version) == ("alerting/slack", "secret", True)
        if not self.written:
            raise InvalidPath
        return {"data": {"data": self.written[-1]}}

    def create_or_update_secret(self, path, secret, mount_point):
        assert (path, mount_point) == ("alerting/slack", "secret")
        self.written.append(secret)


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path / "world", 20000)
    world.create()
    return world


def test_every_channel_of_the_catalog_has_a_webhook():
    assert get_args(Channel) == SLACK_CHANNELS


def test_the_simulator_reads_a_private_file_with_the_stack_s_own_channels(world):
    slack.prepare(world)
    file = world.folder / "slack-webhooks"
    paths = [world.credentials[f"slack/{channel}"] for channel in SLACK_CHANNELS]
    prefix = stack_config("local")["waqiti:monitoring"]["slack_channel_prefix"]

    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert [load(file).channel(path.removeprefix(PREFIX)) for path in paths] == [
        f"{prefix}{channel}" for channel in SLACK_CHANNELS
    ]
    assert [path for path in paths if path in " ".join(slack.command(world, "python"))] == []


def test_openbao_gets_a_new_version_only_when_a_url_changed(world, monkeypatch):
    versions = Versions()
    monkeypatch.setattr(openbao, "administrator", lambda _: versions)
    for _ in range(2):
        slack.introduce(world)
    copied = dataclasses.replace(world, first_port=30000)
    for _ in range(2):
        slack.introduce(copied)

    assert versions.written == [
        {
            f"{channel}_webhook": f"{slack.url(each)}{world.credentials[f'slack/{channel}']}"
            for channel in ("critical", "fraud", "compliance", "engineering")
        }
        for each in (world, copied)
    ]
