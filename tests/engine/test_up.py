"""`pulumi up`, drift, and a killed `up`: state and brokers afterwards."""

import json
import re

import pytest
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource
from slack_sdk import WebClient

from sandbox.servers import kafka
from tests.engine.kafka_clients import TOPIC, result
from tests.engine.killing import comparable, creating, kill_and_resume

# Whoever used a shared sandbox before may have left a pod that holds the claim of the legal
# documents, and then `destroy` waits for it.
pytestmark = [pytest.mark.minutes(4), pytest.mark.own_sandbox]


def test_an_up_prints_no_warning_and_a_second_one_changes_nothing(sandbox):
    reported = sandbox.pulumi("up", "--yes").stdout

    assert re.search(r"Resources:\n    \d+ unchanged\n\nDuration", reported)
    assert "warning" not in reported.lower()
    assert "traceback" not in reported.lower()


def test_the_variables_are_exported(sandbox):
    done = sandbox.pulumi("stack", "output", "--json")

    exported = json.loads(done.stdout)
    assert exported["alerting_environment"]["PAGERDUTY_INTEGRATION_KEY"]["kv_v2"] == (
        "${vault:secret/data/alerting/pagerduty#integration_key}"
    )
    assert exported.keys() == {"alerting_environment", "topic_names"}


def test_no_file_beside_the_state_can_be_damaged_by_a_kill(sandbox):
    stacks = sandbox.world.folder / "state/.pulumi/stacks/waqiti"

    assert {"local.json", "local.json.bak"} <= {file.name for file in stacks.iterdir()}
    assert list(stacks.glob("*.attrs")) == []


def test_a_preview_with_refresh_shows_no_change(sandbox):
    done = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")

    assert done.returncode == 0, done.stdout


def test_a_manual_change_is_reported_and_corrected(sandbox):
    admin = kafka.admin(sandbox.world)
    resource = ConfigResource(
        ConfigResource.Type.TOPIC,
        TOPIC,
        incremental_configs=[
            ConfigEntry("retention.ms", "60000", incremental_operation=AlterConfigOpType.SET)
        ],
    )
    result(admin.incremental_alter_configs([resource]))

    drift = sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "--diff")
    sandbox.up("--refresh")

    assert drift.returncode != 0
    assert TOPIC in drift.stdout
    assert '"60000" => "220752000000"' in " ".join(drift.stdout.split())
    config = result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, TOPIC)]))
    assert config["retention.ms"].value == "220752000000"


def test_an_edited_topic_of_an_adopted_channel_is_drift_and_is_corrected(sandbox):
    own = f"http://{sandbox.world.address('slack')}"
    slack = WebClient(sandbox.world.credentials["slack/pulumi"], base_url=f"{own}/api/")
    slack.proxy = None
    listed = slack.conversations_list(types="public_channel,private_channel")["channels"]
    channels = {channel["name"]: channel for channel in listed}
    fraud = channels["waqiti-local-fraud"]
    slack.conversations_setTopic(channel=fraud["id"], topic="lunch")

    drift = sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "--diff")
    sandbox.up("--refresh")
    corrected = slack.conversations_info(channel=fraud["id"])["channel"]["topic"]

    assert drift.returncode != 0
    assert "lunch" in drift.stdout
    assert {name: (c["is_private"], c["topic"]["value"]) for name, c in channels.items()} == {
        "waqiti-local-critical": (False, corrected["value"]),
        "waqiti-local-fraud": (True, corrected["value"]),
        "waqiti-local-compliance": (True, corrected["value"]),
        "waqiti-local-engineering": (False, corrected["value"]),
    }
    assert corrected["value"].endswith("/runbooks/incident.md")


@pytest.fixture(scope="module")
def undisturbed(sandbox):
    return comparable(sandbox.state())


@pytest.mark.parametrize("after", [0, 0.9])
def test_a_killed_up_that_is_run_again_ends_as_an_uninterrupted_one(sandbox, undisturbed, after):
    reached = creating(sandbox, "topics-encryption-audit-log")

    kill_and_resume(sandbox, undisturbed, reached, after)
