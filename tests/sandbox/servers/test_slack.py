"""The Slack simulator's webhooks: one for each channel, in a private file."""

from catalog.channels import read_channels
from catalog.problems import Problems
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.slack import channels
from sandbox.servers import SERVERS, slack
from sandbox.simulators.slack.webhooks import PREFIX, load
from sandbox.world import World
from tests.conftest import stack_config


def test_every_channel_of_the_catalog_has_a_webhook():
    assert list(read_channels(Problems())) == list(channels())


def test_the_simulator_reads_a_private_file_with_the_stack_s_own_channels(tmp_path):
    world, toolchain = World(tmp_path / "world", 20000, SERVERS), Toolchain()
    world.create()
    slack.SERVER.prepare(world, toolchain)
    file = world.folder / "slack-webhooks"
    paths = [world.credentials[f"slack/{channel}"] for channel in channels()]
    prefix = stack_config("local")["waqiti:monitoring"]["slack_channel_prefix"]
    (process,) = slack.SERVER.processes(world, toolchain)

    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert [load(file).channel(path.removeprefix(PREFIX)) for path in paths] == [
        f"{prefix}{channel}" for channel in channels()
    ]
    assert [path for path in paths if path in " ".join(process.command)] == []
