"""The Secrets in the cluster must be those of the current ExternalSecrets."""

import pytest

from clients.failures import NoAnswerError
from tests.kubeconfigs import write_kubeconfig
from tests.waqiti.states import provider, resource, state
from tests.web_answers import answering
from waqiti.verify.external_secrets import differences

PATH = "/apis/external-secrets.io/v1/namespaces/monitoring/externalsecrets/main"
READY = {"type": "Ready", "status": "True"}
FAILED = {"type": "Ready", "status": "False", "message": "could not get secret data"}


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    with answering() as web:
        write_kubeconfig(tmp_path / "kubeconfig", "prod", web.url)
        monkeypatch.setattr(
            "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION",
            str(tmp_path / "kubeconfig"),
        )
        yield web


def found(context="prod"):
    kubernetes = provider("kubernetes", context=context)
    kind = "kubernetes:external-secrets.io/v1:ExternalSecret"
    return list(differences(state(kubernetes, resource(kubernetes, kind, "monitoring/main"))))


def described(generation, synced, *conditions):
    status = {"syncedResourceVersion": synced, "conditions": conditions}
    return 200, {"metadata": {"generation": generation}, "status": status}


def test_a_synced_object_does_not_differ(cluster):
    cluster.answers[PATH] = described(12, "12-89ab", READY)

    assert found() == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (described(2, "1-89ab", READY), "is at generation 2, and generation 1 is synced"),
        (described(12, "1-89ab", READY), "is at generation 12, and generation 1 is synced"),
        (
            (200, {"metadata": {"generation": 1}}),
            "is at generation 1, and generation none is synced",
        ),
        (described(2, "1-89ab", FAILED), "is not synced: could not get secret data"),
        (described(1, "1-89ab"), "has no condition Ready"),
        ((404, {}), "does not exist"),
    ],
)
def test_an_object_that_is_not_synced_is_reported(cluster, answer, reason):
    cluster.answers[PATH] = answer

    assert found() == [
        f"ExternalSecret monitoring/main {reason}: read its Events, and the log of External Secrets"
    ]


def test_a_cluster_that_refuses_is_no_result(cluster):
    cluster.answers[PATH] = (403, {})

    with pytest.raises(NoAnswerError) as unknown:
        found()

    assert str(unknown.value) == (
        f"Kubernetes (context prod) at {cluster.url} refuses: 403 Forbidden"
    )


@pytest.mark.usefixtures("cluster")
def test_an_unknown_context_is_no_result():
    with pytest.raises(NoAnswerError, match=r"^the kubeconfig gives no way to the context 'other'"):
        found("other")
