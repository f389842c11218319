"""When PagerDuty or Vault refuses, the error is clear and the next run completes the rest."""

import json

import pytest

from sandbox.estate.openbao import policies
from sandbox.servers import openbao
from tests.engine.paging_clients import control, integration_key, key_in_vault, rest

pytestmark = [pytest.mark.minutes(3), pytest.mark.small_sandbox]

SERVICES = r"/services/[A-Z0-9]+"


@pytest.fixture
def fail(sandbox):
    """Provide a function that makes PagerDuty calls fail; clear pending faults after the test."""

    def set_fault(**fault) -> None:
        with control(sandbox.world) as client:
            client.post("/faults", json=fault).raise_for_status()

    yield set_fault
    with control(sandbox.world) as client:
        client.delete("/faults").raise_for_status()


@pytest.fixture
def set_acknowledgement_minutes(sandbox):
    """Provide an `up` that changes the acknowledgement timeout; restore it after the test."""

    def up(minutes):
        return sandbox.pulumi(
            *("up", "--yes", "--skip-preview", "--suppress-progress"),
            pagerduty={"acknowledgement_timeout_minutes": minutes},
        )

    yield up
    sandbox.up()


def seconds_in_pagerduty(sandbox) -> int:
    (service,) = rest(sandbox.world).list_all("services")
    return service["acknowledgement_timeout"]


def pending(sandbox):
    return sandbox.state().get("pending_operations", [])


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ({"status": 401}, "401 Unauthorized"),
        ({"status": 404}, "did not exist while updating"),
        (
            {"status": 400, "body": {"error": {"message": "Invalid Input Provided", "code": 2001}}},
            "400 Bad Request. Code: 2001",
        ),
    ],
)
def test_what_pagerduty_refuses_is_reported_and_the_next_run_completes(
    sandbox, fail, set_acknowledgement_minutes, fault, sentence
):
    fail(method="PUT", path=SERVICES, times=1, **fault)

    refused = set_acknowledgement_minutes(31)
    untouched = seconds_in_pagerduty(sandbox)
    completed = set_acknowledgement_minutes(31)

    assert refused.returncode != 0
    reported = refused.stdout.partition("Diagnostics:")[2]
    assert sentence in reported
    assert "paging-service" in reported
    assert "Traceback" not in reported
    assert untouched == 1800
    assert completed.returncode == 0, completed.stdout
    assert seconds_in_pagerduty(sandbox) == 31 * 60
    assert pending(sandbox) == []


def test_a_token_without_one_capability_is_reported_and_the_next_run_completes(sandbox):
    vault = openbao.administrator(sandbox.world)
    generation = {"key_generation": 7}
    vault.sys.create_or_update_acl_policy("pulumi", policies()["pulumi"].replace('"update", ', ""))
    refused = sandbox.pulumi("up", "--yes", "--skip-preview", pagerduty=generation)
    openbao.SERVER.seed(sandbox.world)

    completed = sandbox.pulumi("up", "--yes", "--skip-preview", pagerduty=generation)

    assert refused.returncode != 0
    reported = refused.stdout.partition("Diagnostics:")[2]
    assert "permission denied" in reported
    assert "secret/data/alerting/pagerduty" in reported
    assert "Traceback" not in reported
    assert completed.returncode == 0, completed.stdout
    assert key_in_vault(sandbox.world) == integration_key(sandbox.world)
    sandbox.up()


def test_pulumi_s_token_can_do_only_what_the_program_needs(sandbox):
    own = openbao.client(sandbox.world, sandbox.world.credentials["openbao/pulumi"])
    held = own.lookup_token()["data"]

    asked = [
        "secret/data/alerting/pagerduty",
        "secret/data/redis/transaction-service",
        "secret/subkeys/alerting/slack",
        "secret/subkeys/legal-documents/officer",
        "secret/data/legal-documents/officer",
        "sys/policies/acl/pulumi",
        "auth/token/create",
        "transit/encrypt/pulumi",
        "transit/export/encryption-key/pulumi",
    ]
    may = own.adapter.post("/v1/sys/capabilities-self", json={"paths": asked})["data"]

    assert sorted(held["policies"]) == ["default", "pulumi"]
    assert {path: sorted(may[path]) for path in asked} == {
        "secret/data/alerting/pagerduty": ["create", "delete", "read", "update"],
        "secret/data/redis/transaction-service": ["deny"],
        "secret/subkeys/alerting/slack": ["read"],
        "secret/subkeys/legal-documents/officer": ["read"],
        "secret/data/legal-documents/officer": ["deny"],
        "sys/policies/acl/pulumi": ["deny"],
        "auth/token/create": ["deny"],
        "transit/encrypt/pulumi": ["update"],
        "transit/export/encryption-key/pulumi": ["deny"],
    }


def test_the_state_s_secrets_are_encrypted_by_the_transit_key(sandbox):
    manager = json.loads(sandbox.pulumi("stack", "export").stdout)["deployment"][
        "secrets_providers"
    ]

    assert manager["type"] == "cloud"
    assert manager["state"]["url"] == "hashivault://pulumi"


def test_the_secrets_survive_a_restart(sandbox):
    before = key_in_vault(sandbox.world)

    sandbox.stop()
    sandbox.start()

    assert key_in_vault(sandbox.world) == before == integration_key(sandbox.world)
