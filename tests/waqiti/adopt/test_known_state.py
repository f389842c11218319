"""An object of Kubernetes is adopted with what is declared, and an integration with its secret."""

import pytest

from clients.failures import NoAnswerError
from tests.kubeconfigs import write_kubeconfig
from tests.waqiti.adopt.plans import creation, provider
from tests.web_answers import answering
from waqiti.adopt.known_state import known_state, pruned
from waqiti.adopt.plan import creations

CLAIM = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "documents"}}
PATH = "/api/v1/namespaces/default/persistentvolumeclaims/documents"


@pytest.mark.parametrize(
    ("found", "declared", "kept"),
    [
        ({"size": "5Gi", "volumeName": "v"}, {"size": "10Gi"}, {"size": "5Gi"}),
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 1}),
        ([{"for": "1m", "x": 1}], [{"for": "2m"}], [{"for": "1m"}]),
        ([1, 2], [1], [1, 2]),
        ("text", {"a": 1}, "text"),
    ],
    ids=["set by the cluster", "missing", "list", "longer list", "other form"],
)
def test_what_is_declared_is_kept_in_the_values_that_exist(found, declared, kept):
    assert pruned(found, declared) == kept


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    place = "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION"
    monkeypatch.setattr(place, str(tmp_path / "kubeconfig"))
    kind = {"kind": "PersistentVolumeClaim", "name": "persistentvolumeclaims", "namespaced": True}
    with answering() as web:
        write_kubeconfig(tmp_path / "kubeconfig", "prod", web.url)
        web.answers = {"/api/v1": (200, {"resources": [kind]})}
        yield web


def state_of_claim():
    steps = [
        provider("kubernetes", context="prod"),
        creation("kubernetes:core/v1:PersistentVolumeClaim", "claim", CLAIM),
    ]
    (planned,) = creations(steps)
    return known_state(planned, planned.inputs, "documents", lambda _: {})


def test_a_claim_keeps_the_volume_that_the_cluster_bound(cluster):
    found = CLAIM | {"spec": {"volumeName": "v"}}
    cluster.answers[PATH] = (200, found)

    assert state_of_claim() == {
        "inputs": CLAIM,
        "outputs": {
            **found,
            "__inputs": CLAIM,
            "__initialApiVersion": "v1",
            "__fieldManager": "",
        },
    }


def test_an_object_that_was_deleted_meanwhile_is_one_sentence(cluster):
    with pytest.raises(NoAnswerError) as failed:
        state_of_claim()

    assert str(failed.value) == (
        f"Kubernetes (context prod) at {cluster.url} has no PersistentVolumeClaim documents any "
        "more: run it again"
    )
