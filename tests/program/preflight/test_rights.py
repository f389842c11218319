"""What preflight asks for is what `waqiti grants` prints."""

from dataclasses import replace

import pytest

import grants
from grants import SYSTEMS
from program.preflight import checks
from tests.conftest import STACKS
from tests.grants import printed
from tests.grants.stacks import declared_by


def asked(declared):
    """Return what is asked of each system: the arguments of its question."""
    return {
        question.func.__module__.rpartition(".")[2]: question.args for question in checks(declared)
    }


@pytest.mark.parametrize("stack", STACKS)
def test_every_capability_of_the_policy_is_asked_for(stack):
    text = SYSTEMS["vault"](declared_by(stack))
    _, secrets, rights, command = asked(declared_by(stack))["vault"]

    assert rights == printed.vault(text)
    vendors = {path for path in rights if "/subkeys/external/" in path}
    generated = {f"secret/subkeys/{p}" for p in ("alerting/pagerduty", "database/+", "redis/+")}
    assert {f"secret/subkeys/{path}" for path in secrets} == {
        path
        for path in rights
        if "/subkeys/" in path and path not in generated | (vendors if stack != "prod" else set())
    }
    assert len(vendors) == 6
    assert command == f"python -m waqiti grants {stack} vault"


@pytest.mark.parametrize("stack", STACKS)
def test_every_verb_of_the_roles_is_asked_for(stack):
    text = SYSTEMS["kubernetes"](declared_by(stack))
    context, _, rights, command = asked(declared_by(stack))["kubernetes"]

    assert len(rights) == len(set(rights))
    assert set(rights) == printed.kubernetes(text)
    assert text.startswith(f"# The cluster of the context {context}.\n")
    assert command == f"python -m waqiti grants {stack} kubernetes"


@pytest.mark.parametrize("stack", STACKS)
def test_every_operation_that_the_stack_does_not_deny_is_asked_for(stack):
    granted = printed.kafka(SYSTEMS["kafka"](declared_by(stack)))
    _, on_cluster, on_topics, command = asked(declared_by(stack))["kafka"]

    assert {None: list(on_cluster), **on_topics} == {
        place: [o for o in operations if (place, o) != ("encryption-audit-log", "Delete")]
        for place, operations in granted.items()
    }
    assert command == f"python -m waqiti grants {stack} kafka"


def test_the_deletion_of_a_topic_is_asked_for_unless_the_stack_denies_it():
    local = declared_by("local")
    topic = ("kafka:index/topic:Topic", {"name": "events"})

    _, _, on_topics, _ = asked(replace(local, resources=[*local.resources, topic]))["kafka"]

    assert on_topics == {
        "encryption-audit-log": ["Alter", "AlterConfigs", "Create"],
        "events": ["Alter", "AlterConfigs", "Create", "Delete"],
    }


@pytest.mark.parametrize("stack", STACKS)
def test_the_cluster_is_asked_for_every_kind_that_is_declared_by(stack):
    _, kinds, _, _ = asked(declared_by(stack))["kubernetes"]

    assert kinds == {
        ("apps/v1", "Deployment"),
        ("batch/v1", "CronJob"),
        ("external-secrets.io/v1", "ExternalSecret"),
        ("external-secrets.io/v1", "SecretStore"),
        ("monitoring.coreos.com/v1", "Probe"),
        ("monitoring.coreos.com/v1", "PrometheusRule"),
        ("monitoring.coreos.com/v1", "ServiceMonitor"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("storage.k8s.io/v1", "StorageClass"),
    }


def test_the_running_program_is_derived_from_its_own_settings(monkeypatch):
    prod = declared_by("prod")  # before the change, because it is kept for other tests
    ran: list[tuple[object, ...]] = []

    def run(*given):
        ran.append(given)
        return []

    monkeypatch.setenv("PULUMI_CONFIG", '{"waqiti:kafka": "{}"}')
    monkeypatch.setattr("grants.declared.record", run)

    assert grants.declare_current(prod.settings) == replace(prod, resources=[])
    assert ran == [("prod", {"waqiti:kafka": "{}"})]
