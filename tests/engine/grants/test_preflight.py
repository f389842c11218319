"""
Before an `up` changes anything, preflight reports each right that Pulumi lacks, by name.

Each system is asked alone: `tests/program/preflight/test_rights.py` compares the questions with
what `waqiti grants` prints.
"""

import json
import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import trustme
from confluent_kafka.admin import AclOperation, NewTopic

from program import preflight
from sandbox.estate.grants import granted
from sandbox.servers import kafka, kubernetes, openbao
from sandbox.servers.kafka_acls import bindings
from settings import load_settings
from tests.conftest import stack_config
from tests.engine.grants.refusals import UP, refused, revoke, take, without
from tests.engine.kafka_clients import TOPIC, result
from tests.engine.killing import comparable
from tests.engine.polling import eventually
from tests.grants import printed
from tests.grants.stacks import declared_by

pytestmark = [pytest.mark.minutes(1), pytest.mark.usefixtures("restore")]

# Without the key of its state, no program runs: test_grants.py.
VAULT = {p: c for p, c in printed.vault(granted("vault")).items() if not p.startswith("transit/")}
SCRATCH = "preflight-scratch"


@pytest.fixture(scope="module")
def declared(sandbox):
    """Provide what the stack declares, with the addresses of the sandbox."""
    config = stack_config("local")
    for section, values in sandbox.world.config().items():
        config[f"waqiti:{section}"] |= values
    texts = {key: json.dumps(value) for key, value in config.items()}
    return replace(declared_by("local"), settings=load_settings("local", texts))


@pytest.fixture
def ask(sandbox, monkeypatch):
    """Provide a function that returns what a system's question finds, in Pulumi's environment."""
    for name, value in sandbox.world.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION",
        sandbox.world.environment()["KUBECONFIG"],
    )

    def problems(system, declared):
        (question,) = [
            one
            for one in preflight.checks(declared)
            if one.func.__module__ == f"program.preflight.{system}"
        ]
        return preflight.problems([question])

    return problems


@pytest.mark.parametrize("system", ["vault", "kafka", "kubernetes", "grafana", "pagerduty"])
def test_with_what_is_printed_nothing_is_missing(declared, ask, system):
    assert ask(system, declared) == []


@pytest.mark.parametrize(
    ("path", "capability"),
    [(path, c) for path, capabilities in VAULT.items() for c in capabilities],
)
def test_each_capability_in_vault_is_missed_by_name(sandbox, declared, ask, path, capability):
    policy = without(granted("vault"), path, capability)
    openbao.administrator(sandbox.world).sys.create_or_update_acl_policy("pulumi", policy)

    assert ask("vault", declared) == [
        (
            f"Vault at {openbao.url(sandbox.world)}: the token in VAULT_TOKEN lacks {capability} "
            f"on {path}: grant what `python -m waqiti grants local vault` prints"
        )
    ]


def named(sandbox):
    addresses = ", ".join(sandbox.world.address(f"kafka-{node}") for node in kafka.NODES)
    return f"Kafka at {addresses}"


def kafka_sentence(sandbox, operations, place):
    return (
        f"{named(sandbox)}: Pulumi's principal lacks {operations} on "
        f"{place}: run what `python -m waqiti grants local kafka` prints"
    )


@pytest.mark.parametrize(
    ("operation", "name", "place"),
    [
        (AclOperation.ALTER, "kafka-cluster", "the cluster"),
        (AclOperation.ALTER, TOPIC, f"the topic {TOPIC}"),
        (AclOperation.ALTER_CONFIGS, TOPIC, f"the topic {TOPIC}"),
        (AclOperation.CREATE, TOPIC, f"the topic {TOPIC}"),
    ],
)
def test_each_operation_in_kafka_is_missed_by_name(sandbox, declared, ask, operation, name, place):
    revoke(kafka.admin(sandbox.world), operation, name)

    eventually(
        lambda: ask("kafka", declared),
        [kafka_sentence(sandbox, operation.name.title().replace("_", ""), place)],
    )


@pytest.mark.parametrize(
    ("operation", "exists"),
    [*product(("Alter", "AlterConfigs", "Create"), (True, False)), ("Delete", True)],
)
def test_each_operation_on_a_planned_topic_is_missed(sandbox, declared, ask, operation, exists):
    """Of a topic that does not exist, Kafka does not report whether it may be deleted."""
    brokers = kafka.admin(sandbox.world)
    topic = ("kafka:index/topic:Topic", {"name": SCRATCH})
    planned = replace(declared, resources=[*declared.resources, topic])
    acls: list[Any] = [
        a for a in bindings(granted("kafka").replace(TOPIC, SCRATCH)) if a.name == SCRATCH
    ]
    lacking = AclOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper()]
    given = [acl for acl in acls if acl.operation != lacking]
    for written in brokers.create_acls(given).values():
        written.result(10)
    if exists:
        result(brokers.create_topics([NewTopic(SCRATCH, 1, 1)]))
    try:
        eventually(
            lambda: ask("kafka", planned),
            [kafka_sentence(sandbox, operation, f"the topic {SCRATCH}")],
        )
    finally:
        for acl in given:
            revoke(brokers, AclOperation(acl.operation), SCRATCH)
        if exists:
            result(brokers.delete_topics([SCRATCH]))


def test_a_wrong_password_of_kafka_is_no_missing_right(sandbox, declared, ask, monkeypatch):
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "wrong")
    remedy = ": set it and KAFKA_SASL_PASSWORD to valid ones"

    assert ask("kafka", declared) == [
        f"{named(sandbox)} refuses the user in KAFKA_SASL_USERNAME{remedy}"
    ]


def test_an_untrusted_certificate_of_kafka_is_reported(
    sandbox, declared, ask, monkeypatch, tmp_path
):
    trustme.CA().cert_pem.write_to_path(tmp_path / "another.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "another.pem"))

    (reported,) = ask("kafka", declared)

    assert reported.startswith(f"{named(sandbox)} does not answer (")
    assert "certificate verify failed" in reported


@pytest.mark.parametrize("verb", ["create", "delete", "get", "list", "patch", "watch"])
def test_each_verb_in_the_cluster_is_missed_by_name(sandbox, declared, ask, verb):
    take(kubernetes.api(sandbox.world, "admin"), verb)
    rights = printed.kubernetes(granted("kubernetes"))
    wanted = sorted(
        f"Kubernetes at https://{sandbox.world.address('kube-apiserver')}: the user of the context "
        f"sandbox may not {verb} {kind}: apply what `python -m waqiti grants local kubernetes` "
        "prints"
        for kind in {
            ".".join(filter(None, (right.resource, right.group)))
            + (f" in the namespace {right.namespace}" if right.namespace else "")
            for right in rights
        }
    )

    eventually(lambda: sorted(ask("kubernetes", declared)), wanted)


def test_an_up_reports_what_it_lacks_in_every_system_at_once_and_changes_nothing(sandbox):
    before = comparable(sandbox.state())
    place = "secret/data/alerting/pagerduty"
    policy = without(granted("vault"), place, "update")
    openbao.administrator(sandbox.world).sys.create_or_update_acl_policy("pulumi", policy)
    revoke(kafka.admin(sandbox.world), AclOperation.ALTER, "kafka-cluster")
    take(kubernetes.api(sandbox.world, "admin"), "patch")
    command = "python -m waqiti grants local"

    reported = refused(sandbox, *UP, pagerduty={"key_generation": 2})

    kinds = len({right[:3] for right in printed.kubernetes(granted("kubernetes"))})
    assert f"error: {kinds + 2} problems, and nothing was changed:" in reported
    assert f"lacks Alter on the cluster: run what `{command} kafka` prints" in reported
    assert reported.count(f": apply what `{command} kubernetes` prints") == kinds
    assert f"lacks update on {place}: grant what `{command} vault` prints" in reported
    assert comparable(sandbox.state()) == before
