"""The cluster must serve the kinds of the plan, and let Pulumi's user declare them."""

from itertools import product

import pytest

from grants.kubernetes import Right
from program.preflight.kubernetes import problems
from tests.kubeconfigs import write_kubeconfig
from tests.web_answers import answering

GRANTS = "python -m waqiti grants prod kubernetes"
RULES = ("monitoring", "monitoring.coreos.com", "prometheusrules")
CLASSES = (None, "storage.k8s.io", "storageclasses")
ACCOUNTS = ("legal", "", "serviceaccounts")
RIGHTS = [
    Right(*place, verb) for place, verb in product((RULES, CLASSES, ACCOUNTS), ("create", "patch"))
]
KINDS = {("monitoring.coreos.com/v1", "PrometheusRule"), ("monitoring.coreos.com/v1", "Probe")}


def served(*kinds):
    resources = [
        {"name": kind, "kind": kind, "namespaced": True, "singularName": "", "verbs": []}
        for kind in kinds
    ]
    return 200, {"kind": "APIResourceList", "groupVersion": "v1", "resources": resources}


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """Provide a cluster that serves every kind, and the rights that it refuses."""
    refused: list[Right] = []
    with answering() as web:

        def review(asked):
            wanted = asked["spec"]["resourceAttributes"]
            right = Right(*(wanted.get(name) for name in Right._fields))
            answer = {**asked, "status": {"allowed": right not in refused}}
            return 201, answer

        web.answers = {
            "/apis/monitoring.coreos.com/v1": served("PrometheusRule", "Probe"),
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": review,
        }
        write_kubeconfig(tmp_path / "kubeconfig", "prod", web.url)
        monkeypatch.setattr(
            "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION",
            str(tmp_path / "kubeconfig"),
        )
        yield web, refused


def found():
    return list(problems("prod", KINDS, RIGHTS, GRANTS))


def test_nothing_is_missing_if_every_right_is_granted(cluster):
    web, _ = cluster

    assert found() == []
    asked = [path for path, _ in web.requests if path.endswith("selfsubjectaccessreviews")]
    assert len(asked) == len(RIGHTS)


def test_every_right_that_the_user_lacks_is_reported_by_kind_and_namespace(cluster):
    web, refused = cluster
    refused += [RIGHTS[0], RIGHTS[1], RIGHTS[2], RIGHTS[5]]

    assert found() == [
        (
            f"Kubernetes at {web.url}: the user of the context prod may not {what}: apply what "
            f"`{GRANTS}` prints"
        )
        for what in (
            "create, patch prometheusrules.monitoring.coreos.com in the namespace monitoring",
            "create storageclasses.storage.k8s.io",
            "patch serviceaccounts in the namespace legal",
        )
    ]


def test_every_kind_that_the_cluster_does_not_serve_is_reported(cluster):
    web, _ = cluster
    del web.answers["/apis/monitoring.coreos.com/v1"]

    assert found() == [
        (
            f"Kubernetes at {web.url} has no {kind} (monitoring.coreos.com/v1): install the "
            "operator that brings it"
        )
        for kind in ("Probe", "PrometheusRule")
    ]
