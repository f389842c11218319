"""No credential is readable for others; the tests search for the values."""

import pytest

from sandbox.servers import SERVERS
from sandbox.world import World
from tests.engine.paging_clients import key_in_vault
from tests.engine.ports import next_block
from tests.engine.sandboxes import Sandbox, discard

pytestmark = pytest.mark.minutes(4)


def test_no_credential_is_in_state_logs_previews_or_process_arguments(
    toolchain, engine, tmp_path, arguments
):
    world = World(tmp_path / "world", next_block(), SERVERS)
    world.create()
    fresh = Sandbox(world, toolchain, engine)
    try:
        fresh.start()
        reported = {
            "preview": fresh.pulumi("preview", "--diff").stdout,
            "up": fresh.up("--debug", "--logtostderr", "-v=9"),
            "refresh": fresh.pulumi("preview", "--refresh", "--diff").stdout,
            "export": fresh.pulumi("stack", "export").stdout,
            "verify": fresh.waqiti("verify").stdout,
        }
        rotated = fresh.up(pagerduty={"key_generation": 2})
        keys = {"an integration key": key_in_vault(world), "the root token": root_token(world)}
    finally:
        discard(world)
    arguments.enough.set()
    kept = [*(world.folder / "state").rglob("*"), *world.logs.rglob("*")]
    reported["rotation"] = rotated
    reported |= {str(path): path.read_text(errors="replace") for path in kept if path.is_file()}
    reported["arguments"] = "\n".join(arguments.seen)

    found = [
        (where, name)
        for where, text in reported.items()
        for name, value in {**world.credentials, **keys}.items()
        if value in text and name != "kafka cluster id"  # the id is no secret
    ]
    assert found == []
    assert "kafka.Kafka" in reported["arguments"]  # so the arguments were collected
    assert "kafka.tools.StorageTool" in reported["arguments"]


def root_token(world: World) -> str:
    return (world.folder / "openbao-root-token").read_text()


def test_only_their_owner_can_read_the_credentials(stopped):
    readable = {
        path.name: oct(path.stat().st_mode & 0o777)
        for path in stopped.folder.iterdir()
        if path.is_file() and path.stat().st_mode & 0o077
    }

    texts = {name: (stopped.folder / name).read_text() for name in readable}
    leaking = [
        name for name, text in texts.items() if any(v in text for v in stopped.credentials.values())
    ]
    assert leaking == []
    assert oct((stopped.folder / "credentials.json").stat().st_mode & 0o777) == "0o600"
