"""
What an `up` needs and does not find is one sentence, and nothing changes.

A cluster that is down, lacks a kind or holds what is not ours; a Vault that lacks what people keep.
"""

import signal

import pytest

from sandbox import openbao
from sandbox.kubernetes import api
from tests.engine.clusters import SELECTED, rule

pytestmark = pytest.mark.minutes(6)

NAME = "waqiti-payment-saga"
RULES = "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
# What the engine adds to any failure.
OF_THE_ENGINE = {
    "error: update failed",
    "error: Resource monitor has terminated, shutting down",
}


@pytest.fixture
def running(sandbox):
    """Give the shared sandbox, and put it right again whatever a test did to it."""
    yield sandbox
    sandbox.start()


@pytest.fixture
def disturbed(running):
    """Give it for a test that takes things out of the cluster; Pulumi puts them back."""
    yield running
    running.start()
    running.up("--refresh")


@pytest.fixture
def admin(running):
    return api(running.world, "admin")


def known(sandbox) -> dict[str, str | None]:
    return {r["urn"]: r.get("id") for r in sandbox.state()["resources"]}


def refused(sandbox, *arguments, **changes) -> str:
    """Try an `up`; give its only error, in one line."""
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


def test_an_api_that_is_down_is_one_sentence(running):
    running.kill("kube-apiserver")

    assert refused(running) == (
        f"error: Kubernetes (context sandbox) at {address(running)} does not answer (connection "
        "refused): nothing was changed"
    )


def test_an_api_that_is_silent_is_one_sentence(running):
    server = running.process("kube-apiserver")
    server.send_signal(signal.SIGSTOP)
    try:
        told = refused(running)
    finally:
        server.send_signal(signal.SIGCONT)

    assert told == (
        f"error: Kubernetes (context sandbox) at {address(running)} does not answer (timed out): "
        "nothing was changed"
    )


def test_a_kind_that_nobody_installed_is_one_sentence(disturbed, admin):
    admin.delete(f"{DEFINITIONS}/prometheusrules.monitoring.coreos.com")

    assert refused(disturbed) == (
        f"error: Kubernetes at {address(disturbed)} has no PrometheusRule "
        "(monitoring.coreos.com/v1): install the operator that brings it: nothing was changed"
    )


def test_every_key_that_people_keep_in_vault_and_that_is_not_there_is_named_at_once(running):
    vault = openbao.administrator(running.world).secrets.kv.v2
    some = dict.fromkeys(("critical_webhook", "compliance_webhook"), "https://slack.example")
    vault.create_or_update_secret("alerting/slack", some, mount_point=openbao.MOUNT)
    vault.delete_latest_version_of_secret("legal-documents/officer", mount_point=openbao.MOUNT)

    assert refused(running) == (
        f"error: Vault at {openbao.url(running.world)}: secret/alerting/slack lacks "
        "engineering_webhook, fraud_webhook; secret/legal-documents/officer lacks access-key-id, "
        "encryption-password, encryption-salt, secret-access-key: put each there "
        "(runbooks/vault-secrets.md says how): nothing was changed"
    )


def test_a_vault_that_does_not_tell_the_names_of_keys_is_one_sentence(running):
    vault = openbao.administrator(running.world)
    vault.sys.create_or_update_acl_policy(
        "pulumi", openbao.PULUMI_POLICY.replace("/subkeys/alerting", "/subkeys/elsewhere")
    )

    assert refused(running) == (
        f"error: Vault at {openbao.url(running.world)} does not tell the names of the keys in "
        "secret/subkeys/alerting/slack (1 error occurred: * permission denied): nothing was changed"
    )


def test_a_context_that_the_kubeconfig_does_not_have_is_one_sentence(running):
    told = refused(running, kubernetes={"context": "elsewhere"})

    assert told.startswith("error: the kubeconfig gives no way to the context 'elsewhere' (")
    assert told.endswith("): set KUBECONFIG to a file that has it: nothing was changed")


def test_an_object_of_somebody_else_is_named_and_left_as_it_is(disturbed, admin):
    (urn,) = [urn for urn, identity in known(disturbed).items() if identity == f"monitoring/{NAME}"]
    assert disturbed.pulumi("destroy", "--yes", "--target", urn).returncode == 0
    theirs = admin.create(RULES, rule("monitoring", NAME, labels=SELECTED))

    try:
        told = refused(disturbed)
        left = admin.get(f"{RULES}/{NAME}")
    finally:
        admin.delete(f"{RULES}/{NAME}")

    assert told == (
        f'error: resource "{urn}" was not successfully created by the Kubernetes API server: '
        f'prometheusrules.monitoring.coreos.com "{NAME}" already exists'
    )
    assert left == theirs


def test_an_edit_by_hand_is_drift_and_is_healed(running, admin):
    edited = admin.get(f"{RULES}/{NAME}")
    edited["spec"]["groups"][0]["rules"][0]["for"] = "77m"
    admin.replace(f"{RULES}/{NAME}", edited)

    drift = running.pulumi("preview", "--refresh", "--diff", "--expect-no-changes")
    running.up("--refresh")

    assert drift.returncode != 0
    assert '"77m" => "5m"' in drift.stdout
    healed = admin.get(f"{RULES}/{NAME}")["spec"]["groups"][0]["rules"][0]["for"]
    assert healed == "5m"
