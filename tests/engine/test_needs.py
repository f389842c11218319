"""
An `up` without one of its requirements fails with one sentence and changes nothing.

The cluster is down, lacks a kind or has unmanaged objects; Vault lacks operator-provided secrets.
"""

import signal

import pytest

from sandbox.estate.openbao import MOUNT, policies
from sandbox.servers import openbao
from sandbox.servers.kubernetes import api
from tests.engine.clusters import SELECTED, rule

pytestmark = pytest.mark.minutes(6)

NAME = "waqiti-payment-saga"
RULES = "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# The engine adds these lines to every failure.
OF_THE_ENGINE = {
    "error: update failed",
    "error: Resource monitor has terminated, shutting down",
}


@pytest.fixture
def running(sandbox):
    """Provide the shared sandbox, and repair it after the test."""
    yield sandbox
    sandbox.start()


@pytest.fixture
def restored(running):
    """Provide the sandbox for a test that deletes objects; restore them with Pulumi."""
    yield running
    running.start()
    running.up("--refresh")


@pytest.fixture
def admin(running):
    return api(running.world, "admin")


def known(sandbox) -> dict[str, str | None]:
    return {r["urn"]: r.get("id") for r in sandbox.state()["resources"]}


def refused(sandbox, *arguments, **changes) -> str:
    """Run an `up` that must fail; return its only error as one line."""
    before = known(sandbox)
    done = sandbox.pulumi("up", "--yes", "--skip-preview", *arguments, **changes)
    diagnostics = done.stdout.partition("Diagnostics:")[2].partition("Resources:")[0]
    errors = [line.strip() for line in diagnostics.splitlines() if line.strip().startswith("error")]
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert known(sandbox) == before
    (error,) = [line for line in errors if line not in OF_THE_ENGINE]
    return error


def address(sandbox) -> str:
    return f"https://{sandbox.world.address('kube-apiserver')}"


def test_an_api_that_is_down_is_reported_in_one_sentence(running):
    running.kill("kube-apiserver")

    assert refused(running) == (
        f"error: Kubernetes (context sandbox) at {address(running)} does not answer (connection "
        "refused): nothing was changed"
    )


def test_an_api_that_does_not_answer_is_reported_in_one_sentence(running):
    server = running.process("kube-apiserver")
    server.send_signal(signal.SIGSTOP)
    try:
        reported = refused(running)
    finally:
        server.send_signal(signal.SIGCONT)

    assert reported == (
        f"error: Kubernetes (context sandbox) at {address(running)} does not answer (timed out): "
        "nothing was changed"
    )


def test_a_missing_kind_is_reported_in_one_sentence(restored, admin):
    admin.delete(f"{DEFINITIONS}/prometheusrules.monitoring.coreos.com")

    assert refused(restored) == (
        f"error: Kubernetes at {address(restored)} has no PrometheusRule "
        "(monitoring.coreos.com/v1): install the operator that brings it: nothing was changed"
    )


def test_all_missing_operator_provided_secrets_are_reported_at_once(running):
    vault = openbao.administrator(running.world).secrets.kv.v2
    some = dict.fromkeys(("critical_webhook", "compliance_webhook"), "https://slack.example")
    vault.create_or_update_secret("alerting/slack", some, mount_point=MOUNT)
    vault.delete_latest_version_of_secret("legal-documents/officer", mount_point=MOUNT)

    assert refused(running) == (
        f"error: Vault at {openbao.url(running.world)}: secret/alerting/slack lacks "
        "engineering_webhook, fraud_webhook; secret/legal-documents/officer lacks access-key-id, "
        "encryption-keys, secret-access-key, signing-keys: put each there "
        "(runbooks/vault-secrets.md says how): nothing was changed"
    )


def test_a_vault_that_does_not_list_key_names_is_reported_in_one_sentence(running):
    vault = openbao.administrator(running.world)
    vault.sys.create_or_update_acl_policy(
        "pulumi", policies()["pulumi"].replace("/subkeys/alerting", "/subkeys/elsewhere")
    )

    assert refused(running) == (
        f"error: Vault at {openbao.url(running.world)}: the token in VAULT_TOKEN lacks read on "
        "secret/subkeys/alerting/slack: grant what `python -m waqiti grants local vault` prints: "
        "nothing was changed"
    )


def test_a_context_that_the_kubeconfig_lacks_is_reported_in_one_sentence(running):
    reported = refused(running, kubernetes={"context": "elsewhere"})

    assert reported.startswith("error: the kubeconfig gives no way to the context 'elsewhere' (")
    assert reported.endswith("): set KUBECONFIG to a file that has it: nothing was changed")


def test_an_unmanaged_object_is_reported_and_left_unchanged(restored, admin):
    (urn,) = [urn for urn, identity in known(restored).items() if identity == f"monitoring/{NAME}"]
    assert restored.pulumi("destroy", "--yes", "--target", urn).returncode == 0
    theirs = admin.create(RULES, rule("monitoring", NAME, labels=SELECTED))

    try:
        reported = refused(restored)
        left = admin.get(f"{RULES}/{NAME}")
    finally:
        admin.delete(f"{RULES}/{NAME}")

    assert reported == (
        f'error: resource "{urn}" was not successfully created by the Kubernetes API server: '
        f'prometheusrules.monitoring.coreos.com "{NAME}" already exists'
    )
    assert left == theirs


def test_an_edit_by_hand_is_drift_and_is_corrected(running, admin):
    edited = admin.get(f"{RULES}/{NAME}")
    edited["spec"]["groups"][0]["rules"][0]["for"] = "77m"
    admin.replace(f"{RULES}/{NAME}", edited)

    drift = running.pulumi("preview", "--refresh", "--diff", "--expect-no-changes")
    running.up("--refresh")

    assert drift.returncode != 0
    assert '"77m" => "5m"' in drift.stdout
    corrected = admin.get(f"{RULES}/{NAME}")["spec"]["groups"][0]["rules"][0]["for"]
    assert corrected == "5m"
