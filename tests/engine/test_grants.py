"""Pulumi has the rights that `waqiti grants` prints, and needs every one of them."""

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest
import yaml
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)
from hvac.exceptions import Forbidden

from sandbox.estate.grants import granted
from sandbox.estate.openbao import policies
from sandbox.servers import kafka, kubernetes, openbao
from sandbox.servers.kafka_acls import bindings
from sandbox.servers.kubernetes.api import Api, ApiError, path_of
from tests.engine.kafka_clients import TOPIC, code, result, settings
from tests.engine.polling import eventually

pytestmark = pytest.mark.minutes(2)

PAGER_KEY = "vault:kv/secretV2:SecretV2"
RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
RULES = "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules"
ACL = "kafka:index/acl:Acl"
AUDIT_LOG = "kafka:index/topic:Topic"
SCRATCH = "grants-scratch"
RBAC = "rbac.authorization.k8s.io"


@pytest.fixture(scope="module")
def root(sandbox):
    return openbao.administrator(sandbox.world)


@pytest.fixture(scope="module")
def brokers(sandbox) -> AdminClient:
    return kafka.admin(sandbox.world)


@pytest.fixture(scope="module")
def cluster(sandbox) -> Api:
    return kubernetes.api(sandbox.world, "admin")


@pytest.fixture
def restore(sandbox) -> Iterator[Callable[[], None]]:
    """Provide a function that grants everything again, which happens after the test, too."""

    def grant() -> None:
        for server in (openbao.SERVER, kafka.SERVER, kubernetes.SERVER):
            server.seed(sandbox.world)

    yield grant
    grant()


@pytest.fixture
def repair(sandbox, restore) -> Callable[[], None]:
    """Provide a function that grants everything again and completes the refused run."""

    def up() -> None:
        restore()
        sandbox.up("--skip-preview", "--refresh")

    return up


@pytest.fixture(scope="module")
def urn(sandbox) -> Callable[[str], str]:
    """Provide a function that returns the URN of the first resource of a type."""
    resources = sandbox.state()["resources"]
    return lambda kind: next(r["urn"] for r in resources if r["type"] == kind)


def refused(sandbox, *arguments: str) -> str:
    """Return what a refused run of Pulumi reports, in one line."""
    done = sandbox.pulumi(*arguments, "--yes", "--skip-preview")
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    return " ".join(done.stdout.split())


# Vault


def test_openbao_has_exactly_the_printed_policies(root):
    reported = {user: root.sys.read_policy(user)["data"]["rules"] for user in policies()}

    assert reported == {
        "pulumi": granted("vault"),
        "external-secrets": granted("external-secrets"),
    }


def without(policy: str, path: str, capability: str) -> str:
    """Return *policy* without one capability of one path."""
    lines = policy.splitlines()
    (number,) = [n for n, line in enumerate(lines) if line.startswith(f'path "{path}"')]
    shorter = re.sub(rf'"{capability}"(, )?', "", lines[number]).replace(", ]", "]")
    assert shorter != lines[number]
    lines[number] = "" if "[]" in shorter else shorter
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("kind", "capability"),
    [("data", "create"), ("data", "read"), ("data", "delete"), ("metadata", "read")],
)
def test_without_a_right_on_its_secret_pulumi_is_refused(
    sandbox, root, repair, urn, kind, capability
):
    """The right to update has its test in test_paging_failures: it rotates the key."""
    path = f"secret/{kind}/alerting/pagerduty"
    root.sys.create_or_update_acl_policy("pulumi", without(granted("vault"), path, capability))

    command = ("--refresh", "--target") if capability == "read" else ("--replace",)
    reported = refused(sandbox, "up", *command, urn(PAGER_KEY))
    repair()

    assert "permission denied" in reported
    assert path in reported


@pytest.mark.parametrize(
    "path", ["alerting/slack", "legal-documents/backup", "legal-documents/officer"]
)
def test_without_the_names_of_an_operator_s_keys_pulumi_is_refused(sandbox, root, restore, path):
    place = f"secret/subkeys/{path}"
    root.sys.create_or_update_acl_policy("pulumi", without(granted("vault"), place, "read"))

    reported = refused(sandbox, "up")
    restore()

    assert f"does not list the names of the keys in {place}" in reported


@pytest.mark.parametrize("action", ["encrypt", "decrypt"])
def test_without_the_key_of_its_state_pulumi_is_refused(sandbox, root, restore, action):
    place = f"transit/{action}/pulumi"
    root.sys.create_or_update_acl_policy("pulumi", without(granted("vault"), place, "update"))

    reported = refused(sandbox, "up")
    restore()

    assert "permission denied" in reported
    assert place in reported


def test_pulumi_may_not_touch_the_secret_of_an_operator(sandbox):
    pulumi = openbao.client(sandbox.world, sandbox.world.credentials["openbao/pulumi"])

    for method, kind in (("get", "data"), ("post", "data"), ("delete", "metadata")):
        with pytest.raises(Forbidden):
            pulumi.adapter.request(method, f"/v1/secret/{kind}/alerting/slack")


# Kafka


def test_without_alter_on_the_cluster_pulumi_writes_no_acl(sandbox, brokers, repair, urn):
    revoke(brokers, AclOperation.ALTER, "kafka-cluster")

    reported = refused(sandbox, "up", "--replace", urn(ACL))
    repair()

    assert "ACL" in reported
    assert "authoriz" in reported


def test_without_alter_configs_pulumi_corrects_no_topic(sandbox, brokers, restore, urn):
    revoke(brokers, AclOperation.ALTER_CONFIGS, TOPIC)

    reported = refused(sandbox, "up", "--refresh", "--target", urn(AUDIT_LOG))
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
    acls = {
        acl.operation.name: acl
        for acl in bindings(granted("kafka").replace(TOPIC, SCRATCH))
        if acl.name == SCRATCH
    }
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


def revoke(brokers: AdminClient, operation: AclOperation, name: str) -> None:
    """Revoke one operation on a topic, or on the cluster."""
    kind = ResourceType.BROKER if name == "kafka-cluster" else ResourceType.TOPIC
    literal, allow = ResourcePatternType.LITERAL, AclPermissionType.ALLOW
    acl = AclBindingFilter(kind, name, literal, "User:pulumi", "*", operation, allow)
    result(brokers.delete_acls([acl]))


def result_of(call: Callable[[AdminClient], dict[Any, Any]], client: AdminClient) -> None:
    result(call(client))


def retention_of_an_hour() -> ConfigResource:
    entry = ConfigEntry("retention.ms", "3600000", incremental_operation=AlterConfigOpType.SET)
    return ConfigResource(ConfigResource.Type.TOPIC, SCRATCH, incremental_configs=[entry])


# Kubernetes


def printed(*kinds: str) -> Sequence[dict[str, Any]]:
    return [d for d in yaml.safe_load_all(granted("kubernetes")) if d["kind"] in kinds]


ROLES = ("ClusterRole", "Role")


def take(cluster: Api, verb: str) -> None:
    """Take *verb* away from Pulumi on every kind of object."""
    for role in printed(*ROLES):
        shorter = copy.deepcopy(role)
        for rule in shorter["rules"]:
            rule["verbs"].remove(verb)
        cluster.apply(shorter)


def test_the_cluster_has_exactly_the_printed_roles(cluster):
    bindings_of_pulumi = {
        path_of({"apiVersion": f"{RBAC}/v1", "kind": kind, **binding})
        for kind in ("ClusterRoleBinding", "RoleBinding")
        for binding in cluster.list(f"/apis/{RBAC}/v1/{kind.lower()}s").objects
        if "pulumi" in [subject["name"] for subject in binding.get("subjects", [])]
    }
    roles = printed(*ROLES)

    assert bindings_of_pulumi == set(map(path_of, printed("ClusterRoleBinding", "RoleBinding")))
    assert [cluster.get(path_of(role))["rules"] for role in roles] == [r["rules"] for r in roles]


def test_without_get_pulumi_reads_no_object_of_any_kind(sandbox, cluster, restore):
    take(cluster, "get")

    reported = refused(sandbox, "refresh", "--parallel", "64")
    restore()

    kinds = set(re.findall(r'User "pulumi" cannot get resource "(\w+)" in API group', reported))
    assert {*kinds} == {
        plural for role in printed(*ROLES) for rule in role["rules"] for plural in rule["resources"]
    }


@pytest.mark.parametrize("verb", ["create", "delete", "patch"])
def test_without_a_verb_pulumi_does_not_change_an_object(sandbox, cluster, repair, urn, verb):
    rule = urn(RULE)
    name = next(r["id"] for r in sandbox.state()["resources"] if r["urn"] == rule).removeprefix(
        "monitoring/"
    )
    if verb == "create":
        cluster.delete(f"{RULES}/{name}")
    elif verb == "patch":
        found = cluster.get(f"{RULES}/{name}")
        by_hand = {**found["metadata"], "labels": {"release": "another"}}
        cluster.replace(f"{RULES}/{name}", {**found, "metadata": by_hand})
    take(cluster, verb)

    command = ("destroy",) if verb == "delete" else ("up", "--refresh")
    reported = refused(sandbox, *command, "--target", rule)
    repair()

    assert f'User "pulumi" cannot {verb} resource "prometheusrules" in API group' in reported


@pytest.mark.usefixtures("restore")
@pytest.mark.parametrize("verb", ["list", "watch"])
def test_without_a_verb_pulumi_does_not_see_that_an_object_is_gone(sandbox, cluster, verb):
    take(cluster, verb)
    pulumi = kubernetes.api(sandbox.world, "pulumi")
    query = f"{RULES}?watch=1&timeoutSeconds=1" if verb == "watch" else RULES

    def answer():
        try:
            pulumi.list(query)
        except ApiError as error:
            return error.status, str(error)
        return None

    eventually(
        lambda: (answer() or (200, ""))[1].partition(" resource")[0],
        f'prometheusrules.monitoring.coreos.com is forbidden: User "pulumi" cannot {verb}',
    )
