"""No credential is readable for others; the tests search for the values."""

import json

import pytest

from sandbox.world import World
from tests.engine.paging_clients import key_in_vault

pytestmark = pytest.mark.minutes(1)


def test_no_credential_is_in_state_logs_previews_or_process_arguments(stopped, sandbox):
    reported = json.loads((stopped.folder.parent / "reported.json").read_text())
    reported |= {
        "refresh": sandbox.pulumi("preview", "--refresh", "--diff").stdout,
        "export": sandbox.pulumi("stack", "export").stdout,
        "verify": sandbox.waqiti("verify").stdout,
    }
    keys = {
        "an integration key": key_in_vault(sandbox.world),
        "the root token": root_token(stopped),
    }
    reported["rotation"] = sandbox.up(pagerduty={"key_generation": 2})
    keys["the next integration key"] = key_in_vault(sandbox.world)
    sandbox.up()
    folders = [stopped.folder / "state", stopped.logs, sandbox.world.folder / "state"]
    kept = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    reported |= {str(path): path.read_text(errors="replace") for path in kept}

    # A copy has the credentials of the sandbox that it was copied from.
    found = [
        (where, name)
        for where, text in reported.items()
        for name, value in {**stopped.credentials, **keys}.items()
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
