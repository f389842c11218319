"""
In Vault and Kafka, Pulumi has the rights that `waqiti grants` prints, and needs every one.

A right that is missing is found by preflight (test_preflight.py). Here, a program without preflight
shows that a system refuses the change itself.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclOperation,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
)
from hvac.exceptions import Forbidden

from sandbox.estate.grants import granted
from sandbox.estate.openbao import MOUNT, policies
from sandbox.servers import kafka, openbao
from sandbox.servers.kafka_acls import bindings
from tests.engine.grants.refusals import UP, refused, revoke, without
from tests.engine.kafka_clients import TOPIC, code, result, settings
from tests.engine.polling import eventually

pytestmark = pytest.mark.minutes(1)

PAGER_KEY = "vault:kv/secretV2:SecretV2"
ACL = "kafka:index/acl:Acl"
AUDIT_LOG = "kafka:index/topic:Topic"
SCRATCH = "grants-scratch"


@pytest.fixture(scope="module")
def root(sandbox):
    return openbao.administrator(sandbox.world)


@pytest.fixture(scope="module")
def pulumi(sandbox):
    """Provide Vault as Pulumi's token uses it."""
    return openbao.client(sandbox.world, sandbox.world.credentials["openbao/pulumi"])


@pytest.fixture(scope="module")
def brokers(sandbox) -> AdminClient:
    return kafka.admin(sandbox.world)


def test_openbao_has_exactly_the_printed_policies(root):
    reported = {user: root.sys.read_policy(user)["data"]["rules"] for user in policies()}

    assert reported == {
        "pulumi": f"{granted('vault')}\n{granted('drift-vault')}",
        "external-secrets": granted("external-secrets"),
        "legal-officer": granted("legal-officer"),
    }


@pytest.mark.parametrize(
    "case",
    [
        ("data", "create", ("--refresh", "--target")),
        ("data", "read", ("--refresh", "--target")),
        ("data", "update", ("--replace",)),  # Vault keeps the deleted version
        ("data", "delete", ("--replace",)),
        ("metadata", "read", ("--refresh", "--target")),
    ],
)
def test_without_a_right_on_its_secret_pulumi_is_refused(
    sandbox, root, repair, urn, case, unchecked
):
    kind, capability, command = case
    place = f"secret/{kind}/alerting/pagerduty"
    root.sys.create_or_update_acl_policy("pulumi", without(granted("vault"), place, capability))
    if capability == "create":
        root.secrets.kv.v2.delete_metadata_and_all_versions("alerting/pagerduty", mount_point=MOUNT)

    reported = refused(sandbox, *UP, *command, urn(PAGER_KEY), program=unchecked)
    repair()

    assert "permission denied" in reported
    assert place in reported


def test_without_the_key_of_its_state_pulumi_runs_nothing(sandbox, root, restore):
    place = "transit/decrypt/pulumi"
    root.sys.create_or_update_acl_policy("pulumi", without(granted("vault"), place, "update"))

    reported = refused(sandbox, *UP)
    restore()

    assert "permission denied" in reported
    assert place in reported


@pytest.mark.usefixtures("restore")
def test_without_the_key_of_its_state_pulumi_initialises_no_stack(root, pulumi):
    """A second stack is not worth its files here: this is the one call that initialises it."""
    encrypt = partial(pulumi.secrets.transit.encrypt_data, "pulumi", "YQ==")
    encrypt()
    shorter = without(granted("vault"), "transit/encrypt/pulumi", "update")
    root.sys.create_or_update_acl_policy("pulumi", shorter)

    with pytest.raises(Forbidden):
        encrypt()


def test_pulumi_may_not_touch_the_secret_of_an_operator(pulumi):
    for method, kind in (("get", "data"), ("post", "data"), ("delete", "metadata")):
        with pytest.raises(Forbidden):
            pulumi.adapter.request(method, f"/v1/secret/{kind}/alerting/slack")


def test_without_alter_on_the_cluster_pulumi_writes_no_acl(
    sandbox, brokers, repair, urn, unchecked
):
    revoke(brokers, AclOperation.ALTER, "kafka-cluster")

    reported = refused(sandbox, *UP, "--replace", urn(ACL), program=unchecked)
    repair()

    assert "ACL" in reported
    assert "authoriz" in reported


def test_without_alter_configs_pulumi_corrects_no_topic(sandbox, brokers, restore, urn, unchecked):
    revoke(brokers, AclOperation.ALTER_CONFIGS, TOPIC)

    reported = refused(sandbox, *UP, "--refresh", "--target", urn(AUDIT_LOG), program=unchecked)
    restore()

    assert TOPIC in reported
    assert "authoriz" in reported


CALLS: dict[str, Callable[[AdminClient], dict[Any, Any]]] = {
    "CREATE": lambda client: client.create_topics([NewTopic(SCRATCH, 1, 1)]),
    "ALTER": lambda client: client.create_partitions([NewPartitions(SCRATCH, 2)]),
    "ALTER_CONFIGS": lambda client: client.incremental_alter_configs([retention_of_an_hour()]),
    "DELETE": lambda client: client.delete_topics([SCRATCH]),
}


def test_each_right_on_a_topic_permits_one_call(sandbox, brokers):
    """The audit log cannot be deleted: a topic of the test's own has the same grants."""
    same: list[Any] = list(bindings(granted("kafka").replace(TOPIC, SCRATCH)))
    acls = {acl.operation.name: acl for acl in same if acl.name == SCRATCH}
    pulumi = AdminClient(settings(sandbox.world, "pulumi"))
    refused_before = {}
    try:
        for operation, call in CALLS.items():
            act = partial(result_of, call, pulumi)
            refused_before[operation] = code(act)
            result(brokers.create_acls([acls[operation]]))
            eventually(partial(code, act), "")
    finally:
        for operation in acls:
            revoke(brokers, AclOperation[operation], SCRATCH)

    assert refused_before == dict.fromkeys(acls, "TOPIC_AUTHORIZATION_FAILED")


def result_of(call: Callable[[AdminClient], dict[Any, Any]], client: AdminClient) -> None:
    result(call(client))


def retention_of_an_hour() -> ConfigResource:
    entry = ConfigEntry("retention.ms", "3600000", incremental_operation=AlterConfigOpType.SET)
    return ConfigResource(ConfigResource.Type.TOPIC, SCRATCH, incremental_configs=[entry])
