"""In the cluster, Pulumi has the rights that `waqiti grants` prints, and needs every one."""

import re

import pytest
import yaml

from sandbox.estate.grants import granted
from sandbox.servers import kubernetes
from sandbox.servers.kubernetes.api import Api, ApiError, path_of
from tests.engine.grants.refusals import ROLES, UP, YES, described, refused, take
from tests.engine.polling import eventually

pytestmark = pytest.mark.minutes(1)

RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
RULES = "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules"
RBAC = "rbac.authorization.k8s.io"


@pytest.fixture(scope="module")
def cluster(sandbox) -> Api:
    return kubernetes.api(sandbox.world, "admin")


def test_the_cluster_has_exactly_the_printed_roles(cluster):
    bindings_of_pulumi = {
        path_of({"apiVersion": f"{RBAC}/v1", "kind": kind, **binding})
        for kind in ("ClusterRoleBinding", "RoleBinding")
        for binding in cluster.list(f"/apis/{RBAC}/v1/{kind.lower()}s").objects
        if "pulumi" in [subject["name"] for subject in binding.get("subjects", [])]
    }
    roles = described(*ROLES)

    printed = [*described("ClusterRoleBinding", "RoleBinding"), *of_drift("RoleBinding")]
    assert bindings_of_pulumi == set(map(path_of, printed))
    roles = [*roles, *of_drift("Role")]
    assert [cluster.get(path_of(role))["rules"] for role in roles] == [r["rules"] for r in roles]


def of_drift(kind):
    return [d for d in yaml.safe_load_all(granted("drift-kubernetes")) if d["kind"] == kind]


def test_without_get_pulumi_reads_no_object_of_any_kind(sandbox, cluster, restore):
    take(cluster, "get")

    reported = refused(sandbox, "refresh", *YES, "--parallel", "64")
    restore()

    kinds = set(re.findall(r'User "pulumi" cannot get resource "(\w+)" in API group', reported))
    assert {*kinds} == {
        plural
        for role in described(*ROLES)
        for rule in role["rules"]
        for plural in rule["resources"]
    }


@pytest.mark.parametrize("verb", ["create", "delete", "patch"])
def test_without_a_verb_pulumi_does_not_change_an_object(
    sandbox, cluster, repair, urn, verb, unchecked
):
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

    command = ("destroy", *YES) if verb == "delete" else (*UP, "--refresh")
    reported = refused(sandbox, *command, "--target", rule, program=unchecked)
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
