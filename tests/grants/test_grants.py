"""What an administrator grants is derived from the stack, whole and in each system's format."""

import os
from dataclasses import replace
from functools import cache

import pytest
import yaml

from grants import SYSTEMS, declared, kubernetes, vault
from settings import InvalidSettingsError
from tests.conftest import ROOT, STACKS
from tests.grants.stacks import declared_by

EXPECTED = ROOT / "tests/golden/grants.prod"


@cache
def granted(stack, **changes):
    return {
        system: text(replace(declared_by(stack), **changes)) for system, text in SYSTEMS.items()
    }


@pytest.mark.parametrize(
    "system",
    [
        "vault",
        "external-secrets",
        "legal-officer",
        "kafka",
        "kubernetes",
        "pagerduty",
        "grafana",
        "slack",
        "drift-vault",
        "drift-kafka",
        "drift-kubernetes",
    ],
)
def test_prod_grants_exactly_what_is_written_down(system):
    written = EXPECTED / system
    if os.environ.get("UPDATE_GOLDEN"):
        written.write_text(granted("prod")[system])
    assert granted("prod")[system] == written.read_text()


def test_every_system_is_written_down():
    assert granted("prod").keys() == {path.name for path in EXPECTED.iterdir()}


def test_the_user_has_another_name():
    def named(user):
        texts = granted("prod", user=user)
        return texts["kafka"] + texts["kubernetes"]

    assert named("deployer") == (
        named("pulumi")
        .replace("User:pulumi", "User:deployer")
        .replace("name: pulumi}", "name: deployer}")
        .replace("waqiti-pulumi", "waqiti-deployer")
    )


def test_the_key_that_encrypts_the_state_is_granted_on_request():
    without = granted("prod")["vault"]

    assert granted("prod", transit_key="states")["vault"] == (
        f"{without}\n"
        "# One transit key encrypts its state: a new stack encrypts, and every run decrypts.\n"
        'path "transit/decrypt/states" { capabilities = ["update"] }\n'
        'path "transit/encrypt/states" { capabilities = ["update"] }\n'
    )


@pytest.mark.parametrize("stack", STACKS)
def test_pulumi_never_writes_or_reads_a_secret_of_an_operator(stack):
    paths = [line.split('"')[1] for line in granted(stack)["vault"].splitlines() if "path" in line]

    assert [path for path in paths if "/data/" in path] == [
        "secret/data/alerting/pagerduty",
        "secret/data/database/+",
        "secret/data/redis/+",
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_pulumi_reads_no_value_that_vault_generates(stack):
    rules = [line for line in granted(stack)["vault"].splitlines() if "/data/" in line]

    assert [line for line in rules if "read" in line.partition("{")[2]] == [
        line for line in rules if "alerting/pagerduty" in line
    ]


def test_a_stack_with_one_service_is_granted_its_own_paths():
    one = [
        (kind, inputs)
        for kind, inputs in declared_by("prod").resources
        if "/fraud-case-service" in str(inputs.get("path"))
        or "fraud-case-service" in str(inputs.get("name", inputs.get("roleName")))
    ]

    text = vault.pulumi_policy(replace(declared_by("prod"), resources=one))

    assert [line.split('"')[1] for line in text.splitlines() if "fraud-case" in line] == [
        "secret/data/database/fraud-case-service",
        "secret/data/redis/fraud-case-service",
        "secret/subkeys/database/fraud-case-service",
        "secret/subkeys/redis/fraud-case-service",
        "sys/policies/acl/waqiti-prod-fraud-case-service",
        "auth/kubernetes/role/waqiti-prod-fraud-case-service",
    ]


def roles(objects):
    """Return the resources of each role, by namespace; None is the cluster."""
    return {
        document["metadata"].get("namespace"): {
            name for rule in document["rules"] for name in rule["resources"]
        }
        for document in yaml.safe_load_all(objects)
        if document["kind"].endswith("Role")
    }


OFFICER = {"configmaps", "cronjobs", "externalsecrets", "networkpolicies", "serviceaccounts"}
AUDIT = {
    "configmaps",
    "cronjobs",
    "deployments",
    "externalsecrets",
    "networkpolicies",
    "serviceaccounts",
    "services",
}
LEGAL = {
    "configmaps",
    "cronjobs",
    "externalsecrets",
    "networkpolicies",
    "persistentvolumeclaims",
    "serviceaccounts",
}
MONITORING = {"externalsecrets", "probes", "prometheusrules", "servicemonitors"}
SERVICES = {"externalsecrets", "secretstores", "serviceaccounts"}


@pytest.mark.parametrize("stack", STACKS)
def test_pulumi_has_rights_in_its_namespaces_and_on_storage_classes(stack):
    assert roles(granted(stack)["kubernetes"]) == {
        None: {"storageclasses"},
        "audit": AUDIT,
        "legal": LEGAL,
        "legal-officer": OFFICER,
        "monitoring": MONITORING,
        "waqiti": SERVICES,
    }


def test_where_pulumi_creates_a_namespace_no_role_can_be_in_it():
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "legal"}}
    resources = [("kubernetes:core/v1:Namespace", namespace), *declared_by("local").resources]
    own = replace(declared_by("local"), resources=resources)

    assert roles(kubernetes.objects(own)) == {
        None: LEGAL | {"namespaces", "storageclasses"},
        "legal-officer": OFFICER,
        "audit": AUDIT,
        "monitoring": MONITORING,
        "waqiti": SERVICES,
    }


@pytest.mark.parametrize("text", ["{}", "[]", "config: 1", "config: {waqiti:kafka: 1}"])
def test_a_stack_file_that_is_not_valid_is_reported_as_a_preview_does(tmp_path, monkeypatch, text):
    monkeypatch.setattr(declared, "_ROOT", tmp_path)
    (tmp_path / "Pulumi.prod.yaml").write_text(text)

    with pytest.raises(InvalidSettingsError, match=r"Pulumi.prod.yaml is not valid:\n  (\w|\()"):
        declared.declare("prod", "pulumi", None)
