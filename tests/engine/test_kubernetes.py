"""The cluster behaves as a real one: authentication, workloads, rights, and persistence."""

import pytest
import requests
import yaml

from sandbox.servers import kubernetes
from sandbox.servers.kubernetes.api import ApiError, path_of
from tests.conftest import ROOT
from tests.engine.clusters import (
    PAGING,
    SELECTED,
    alertmanager_config,
    configure,
    external_secret,
    held,
    put_secret,
    rule,
    rule_groups,
    secret,
)
from tests.engine.polling import eventually
from tests.engine.sandboxes import Sandbox


def refusal(call, *arguments):
    with pytest.raises(ApiError) as refused:
        call(*arguments)
    return refused.value.status, str(refused.value)


def test_the_api_answers_only_over_tls_and_with_a_token(cluster):
    address = f"{kubernetes.url(cluster.world)}/api/v1/namespaces"
    authority = str(cluster.world.tls / "ca.pem")
    wrong = {"Authorization": "Bearer guessed"}

    answers = [requests.get(address, verify=authority, headers=h, timeout=5) for h in ({}, wrong)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert requests.get(address.replace("https", "http"), timeout=5).status_code == 400
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(address, timeout=5)


def test_etcd_refuses_a_client_without_a_certificate(cluster):
    address = f"https://{cluster.world.address('etcd')}/health"

    with pytest.raises(requests.ConnectionError, match="certificate required"):
        requests.get(address, verify=str(cluster.world.tls / "ca.pem"), timeout=5)


def test_a_deployment_becomes_ready_and_a_job_complete(cluster, namespace):
    labels = {"app": "web"}
    pod = {"containers": [{"name": "main", "image": "example.com/main:1"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    cluster.admin.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": namespace},
            "spec": {"replicas": 3, "selector": {"matchLabels": labels}, "template": template},
        }
    )
    cluster.admin.apply(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "once", "namespace": namespace},
            "spec": {"template": {"spec": {**pod, "restartPolicy": "Never"}}},
        }
    )

    def reported(path):
        return cluster.admin.get(path).get("status", {})

    eventually(
        lambda: reported(f"/apis/apps/v1/namespaces/{namespace}/deployments/web").get(
            "readyReplicas"
        ),
        3,
    )
    eventually(
        lambda: reported(f"/apis/batch/v1/namespaces/{namespace}/jobs/once").get("succeeded"), 1
    )


FORBIDDEN = '{} is forbidden: User "pulumi" cannot {} resource "{}" in API group "{}" {}'


def test_pulumi_may_read_no_secret_and_create_no_role(cluster):
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "everything"},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
    }

    assert refusal(cluster.pulumi.list, "/api/v1/namespaces/kube-system/secrets") == (
        403,
        FORBIDDEN.format("secrets", "list", "secrets", "", 'in the namespace "kube-system"'),
    )
    assert refusal(cluster.pulumi.apply, role) == (
        403,
        FORBIDDEN.format(
            'clusterroles.rbac.authorization.k8s.io "everything"',
            "patch",
            "clusterroles",
            "rbac.authorization.k8s.io",
            "at the cluster scope",
        ),
    )


PROGRAM = """\
import pulumi
import pulumi_kubernetes as kubernetes

alone = pulumi.ResourceOptions(provider=kubernetes.Provider("cluster"))
place = kubernetes.core.v1.Namespace("place", metadata={"name": "declared"}, opts=alone)
kubernetes.apiextensions.CustomResource(
    "rules",
    api_version="monitoring.coreos.com/v1",
    kind="PrometheusRule",
    metadata={
        "name": "declared",
        "namespace": place.metadata.name,
        "labels": {"release": "kube-prometheus-stack"},
    },
    spec={"groups": [{"name": "declared", "rules": [{"alert": "Always", "expr": "vector(1)"}]}]},
    opts=alone,
)
kubernetes.apps.v1.Deployment(
    "web",
    metadata={"name": "web", "namespace": place.metadata.name},
    spec={
        "selector": {"match_labels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "main", "image": "example.com/main:1"}]},
        },
    },
    opts=alone,
)
"""


@pytest.fixture
def _administrator(cluster):
    """Give Pulumi every right: the program of a test declares kinds that no stack declares."""
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "test-administrator"},
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": "ClusterRole",
            "name": "cluster-admin",
        },
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "pulumi"}],
    }
    cluster.admin.apply(binding)
    yield
    cluster.admin.delete(path_of(binding))


@pytest.mark.usefixtures("_administrator")
def test_pulumi_declares_waits_for_and_deletes_objects(cluster, toolchain, engine, tmp_path):
    (tmp_path / "__main__.py").write_text(PROGRAM)
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    del project["plugins"]  # the folder of our own is not there
    (tmp_path / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    sandbox = Sandbox(cluster.world, toolchain, engine)

    sandbox.up(program=tmp_path)

    eventually(lambda: rule_groups(cluster).get("declared"), [("Always", "vector(1)", "ok")])
    again = sandbox.pulumi("preview", "--refresh", "--expect-no-changes", program=tmp_path)
    assert again.returncode == 0, again.stdout
    gone = sandbox.pulumi("destroy", "--yes", program=tmp_path)
    assert gone.returncode == 0, gone.stdout
    assert cluster.admin.find("/api/v1/namespaces/declared") is None


def test_every_object_survives_a_restart(cluster, namespace):
    put_secret(cluster, "lasting", key="lasting")
    cluster.admin.apply(rule(namespace, "lasting", labels=SELECTED))
    cluster.admin.apply(external_secret(namespace, "lasting", "alerting/lasting"))
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "a-key"}))
    configure(cluster, PAGING.format(receiver="lasting"))
    eventually(lambda: rule_groups(cluster).get("lasting"), [("Always", "vector(1)", "ok")])
    eventually(lambda: held(cluster, namespace, "lasting"), {"key": "lasting"})
    eventually(lambda: "receiver: lasting" in alertmanager_config(cluster), wanted=True)

    cluster.stop()
    cluster.start()

    eventually(lambda: rule_groups(cluster).get("lasting"), [("Always", "vector(1)", "ok")])
    assert held(cluster, namespace, "lasting") == {"key": "lasting"}
    assert "receiver: lasting" in alertmanager_config(cluster)
