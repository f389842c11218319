"""The pager and its key in PagerDuty and Vault: paging, escalation, rotation, drift."""

import pytest

from sandbox.estate.openbao import policies
from sandbox.servers import openbao
from tests.engine.paging_clients import (
    SERVICE,
    advance,
    events,
    incidents,
    integration_key,
    key_in_vault,
    pages,
    rest,
)

pytestmark = [pytest.mark.minutes(2), pytest.mark.small_sandbox]


def test_pagerduty_has_the_service_the_escalation_policy_and_the_integration(sandbox):
    client = rest(sandbox.world)

    (service,) = client.list_all("services", params={"query": SERVICE})
    policy = client.rget(f"escalation_policies/{service['escalation_policy']['id']}")
    (integration,) = service["integrations"]

    assert (service["name"], service["description"]) == (
        "Waqiti Local",
        "Alerts of the Waqiti payment platform.",
    )
    assert (service["acknowledgement_timeout"], service["auto_resolve_timeout"]) == (1800, 14400)
    assert service["incident_urgency_rule"] == {"type": "constant", "urgency": "high"}
    assert (policy["name"], policy["num_loops"]) == ("Waqiti Local", 2)
    assert [
        (rule["escalation_delay_in_minutes"], [target["id"] for target in rule["targets"]])
        for rule in policy["escalation_rules"]
    ] == [(15, ["PSONCAL"]), (15, ["PSSENIO"]), (15, ["PUMANGR"])]
    assert integration["type"] == "events_api_v2_inbound_integration_reference"


def test_vault_holds_the_integration_s_own_key(sandbox):
    assert key_in_vault(sandbox.world) == integration_key(sandbox.world)


def test_events_with_the_key_from_vault_open_and_close_one_incident(sandbox):
    ring = events(sandbox.world, key_in_vault(sandbox.world))
    key = "EncryptionAuditGap/encryption-audit-service/local"

    ring.trigger("Audit records are missing", "sandbox", dedup_key=key)
    ring.trigger("Audit records are missing", "sandbox", dedup_key=key)
    opened = incidents(sandbox.world, key)
    ring.resolve(key)
    closed = incidents(sandbox.world, key)

    assert [incident["status"] for incident in opened] == ["triggered"]
    assert [(incident["id"], incident["status"]) for incident in closed] == [
        (opened[0]["id"], "resolved")
    ]


def test_an_unacknowledged_incident_escalates_at_0_15_and_30_minutes_and_in_each_loop(sandbox):
    key = "unanswered"
    ring = events(sandbox.world, key_in_vault(sandbox.world))
    ring.trigger("Nobody answers", "sandbox", dedup_key=key)
    advance(sandbox.world, minutes=200)
    ring.resolve(key)

    ladder = [(page["minute"], page["level"], page["loop"]) for page in pages(sandbox.world, key)]
    assert ladder == [
        (0, 1, 1),
        (15, 2, 1),
        (30, 3, 1),
        (45, 1, 2),
        (60, 2, 2),
        (75, 3, 2),
        (90, 1, 3),
        (105, 2, 3),
        (120, 3, 3),
    ]


def test_an_acknowledged_incident_stops_escalating(sandbox):
    key = "answered"
    ring = events(sandbox.world, key_in_vault(sandbox.world))
    ring.trigger("Somebody answers", "sandbox", dedup_key=key)
    advance(sandbox.world, minutes=5)
    ring.acknowledge(key)
    advance(sandbox.world, minutes=20)
    ring.resolve(key)

    assert [(page["minute"], page["level"]) for page in pages(sandbox.world, key)] == [(0, 1)]


def test_a_rotated_key_is_in_vault_after_one_up(sandbox):
    old = key_in_vault(sandbox.world)

    sandbox.up(pagerduty={"key_generation": 2})

    new = key_in_vault(sandbox.world)
    assert new != old
    assert new == integration_key(sandbox.world)
    events(sandbox.world, new).trigger("New key", "sandbox", dedup_key="rotated")
    events(sandbox.world, new).resolve("rotated")
    sandbox.up()


def test_a_renamed_service_is_drift_and_is_corrected(sandbox):
    client = rest(sandbox.world)
    (service,) = client.list_all("services", params={"query": SERVICE})
    client.rput(f"services/{service['id']}", json={**service, "name": "Renamed by hand"})

    drift = sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "--diff")
    sandbox.up("--refresh")

    assert drift.returncode != 0
    assert '"Renamed by hand" => "Waqiti Local"' in " ".join(drift.stdout.split())
    assert client.rget(f"services/{service['id']}")["name"] == "Waqiti Local"


def test_a_deleted_service_is_drift_and_is_created_again_with_its_key_in_vault(sandbox):
    client = rest(sandbox.world)
    (service,) = client.list_all("services", params={"query": SERVICE})
    client.rdelete(f"services/{service['id']}")

    drift = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")
    sandbox.up("--refresh")

    assert drift.returncode != 0
    assert "paging-service" in drift.stdout
    assert key_in_vault(sandbox.world) == integration_key(sandbox.world)
    clean = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")
    assert clean.returncode == 0, clean.stdout


def test_a_key_changed_by_hand_in_vault_is_detected_and_corrected_and_never_printed(sandbox):
    right = key_in_vault(sandbox.world)
    vault = openbao.administrator(sandbox.world)
    wrong = {"integration_key": "0123456789abcdef0123456789abcdef"}
    vault.secrets.kv.v2.create_or_update_secret("alerting/pagerduty", wrong, mount_point="secret")

    unseen = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")
    seen = sandbox.waqiti("verify")
    (urn,) = [r["urn"] for r in sandbox.state()["resources"] if r["type"].startswith("vault:kv")]
    sandbox.up("--replace", urn)
    corrected = sandbox.waqiti("verify")

    assert unseen.returncode == 0  # the refresh cannot see it, so `waqiti verify` must
    assert (seen.returncode, seen.stdout) == (
        1,
        (
            "secret/alerting/pagerduty: integration_key in Vault is not what Pulumi wrote: "
            f"`pulumi up --replace '{urn}'` writes it again\n"
        ),
    )
    assert (corrected.returncode, corrected.stdout) == (0, "")
    assert key_in_vault(sandbox.world) == right


def test_an_unreachable_vault_is_never_reported_as_no_difference(sandbox):
    policy = openbao.administrator(sandbox.world).sys
    policy.create_or_update_acl_policy("pulumi", policies()["pulumi"].replace('"read", ', ""))

    reported = sandbox.waqiti("verify")
    openbao.SERVER.seed(sandbox.world)

    assert reported.returncode == 3
    assert reported.stdout.startswith("error: Vault could not be asked, so nothing is known: ")
