"""Rule objects, CronJobs and Secrets that nobody declared; no value is asked for."""

import pytest

from clients.failures import NoAnswerError
from tests.kubeconfigs import write_kubeconfig
from tests.waqiti.states import provider, resource
from tests.waqiti.unmanaged.stacks import found, stack
from tests.web_answers import answering
from waqiti.unmanaged.kubernetes import unmanaged
from waqiti.unmanaged.thing import Thing

RULES = "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules"
JOBS = "/apis/batch/v1/namespaces/monitoring/cronjobs"
SECRETS = "/api/v1/namespaces/monitoring/secrets"
CLUSTER = provider("kubernetes", context="prod")
RULE = resource(CLUSTER, "kubernetes:monitoring.coreos.com/v1:PrometheusRule", "monitoring/ours")
EXTERNAL = resource(CLUSTER, "kubernetes:external-secrets.io/v1:ExternalSecret", "monitoring/pager")


def listed(*objects, following=None):
    more = {"continue": following} if following else {}
    return 200, {"metadata": more, "items": [{"metadata": metadata} for metadata in objects]}


def owned(name, kind, owner):
    return {"name": name, "ownerReferences": [{"kind": kind, "name": owner}]}


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    with answering() as web:
        write_kubeconfig(tmp_path / "kubeconfig", "prod", web.url)
        monkeypatch.setattr(
            "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION",
            str(tmp_path / "kubeconfig"),
        )
        web.answers = {RULES: listed(), JOBS: listed(), SECRETS: listed()}
        yield web


def test_what_nobody_declared_is_named(cluster):
    cluster.answers |= {
        RULES: listed({"name": "ours"}, {"name": "theirs"}),
        JOBS: listed({"name": "nightly"}),
        SECRETS: listed(
            owned("pager", "ExternalSecret", "pager"),
            owned("other", "ExternalSecret", "undeclared"),
            {"name": "by-hand"},
        ),
    }

    assert found(unmanaged, stack(CLUSTER, RULE, EXTERNAL)) == [
        "Kubernetes CronJob monitoring/nightly",
        "Kubernetes PrometheusRule monitoring/theirs",
        "Kubernetes Secret monitoring/by-hand",
        "Kubernetes Secret monitoring/other",
    ]


def test_only_metadata_is_asked_for_in_pages(cluster):
    cluster.answers[f"{SECRETS}?limit=500"] = listed({"name": "a"}, following="next")
    cluster.answers[f"{SECRETS}?limit=500&continue=next"] = listed({"name": "b"})

    assert found(unmanaged, stack(CLUSTER, RULE)) == [
        "Kubernetes Secret monitoring/a",
        "Kubernetes Secret monitoring/b",
    ]
    assert {headers["Accept"] for _, headers in cluster.requests} == {
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    }


def test_every_list_that_is_not_permitted_is_one_sentence(cluster):
    cluster.answers |= {RULES: listed({"name": "theirs"}), JOBS: (403, {}), SECRETS: (403, {})}
    seen: list[Thing] = []

    with pytest.raises(NoAnswerError) as refused:
        seen.extend(unmanaged(stack(CLUSTER, RULE)))
    assert str(refused.value) == (
        f"Kubernetes (context prod) at {cluster.url} does not let the user list cronjobs in "
        "monitoring, secrets in monitoring: apply what `waqiti grants prod drift-kubernetes` prints"
    )
    assert seen == [Thing("Kubernetes PrometheusRule", "monitoring/theirs")]


def test_a_kind_that_the_cluster_does_not_serve_has_no_objects(cluster):
    cluster.answers[RULES] = (404, {})

    assert found(unmanaged, stack(CLUSTER, RULE)) == []
