"""The Slack simulator's webhooks: one for each channel, in a private file."""

from catalog.channels import read_channels
from catalog.problems import Problems
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.slack import channels
from sandbox.servers import SERVERS, slack
from sandbox.simulators.slack.tokens import load as load_tokens
from sandbox.simulators.slack.webhooks import PREFIX, load
from sandbox.world import World
from tests.conftest import stack_config


def test_every_channel_of_the_catalog_has_a_webhook():
    assert list(read_channels(Problems())) == list(channels())


def test_the_simulator_reads_a_private_file_with_the_stack_s_own_channels(tmp_path):
    world, toolchain = World(tmp_path / "world", 20000, SERVERS), Toolchain()
    world.create()
    slack.SERVER.prepare(world, toolchain)
    file, tokens = world.folder / "slack-webhooks", world.folder / "slack-tokens"
    paths = [world.credentials[f"slack/{channel}"] for channel in channels()]
    prefix = stack_config("local")["waqiti:monitoring"]["slack_channel_prefix"]
    secrets = [*paths, world.credentials["slack/pulumi"]]
    (process,) = slack.SERVER.processes(world, toolchain)

    assert {oct(each.stat().st_mode & 0o777) for each in (file, tokens)} == {"0o600"}
    assert [each.kind for each in load_tokens(tokens)] == ["bot"]
    assert [(each.channel, each.visibility == "private") for each in load(file)] == [
        (f"{prefix}{name}", channel["private"]) for name, channel in channels().items()
    ]
    assert [each.id for each in load(file)] == [
        path.removeprefix(PREFIX).rpartition("/")[0] for path in paths
    ]
    assert [secret for secret in secrets if secret in " ".join(process.command)] == []
