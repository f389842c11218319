"""Troubles are told once, on their object, and an operator that fails says so."""

import itertools

import pytest

from sandbox.kubernetes.api import ApiError, Listing, path_of
from sandbox.operators.reconciling import Operator, Trouble

UNSELECTED = {"metadata": {"namespace": "shop", "name": "first", "uid": "1"}}


class Cluster:
    """Answers as an API server would, from memory."""

    def __init__(self):
        self.objects = [UNSELECTED]
        self.events = []
        self.refuses = None

    def list(self, _):
        return Listing(self.objects, "7")

    def create(self, path, body):
        if self.refuses is not None:
            raise ApiError(self.refuses, "refused")
        self.events.append((path, body["reason"], body["message"], body["involvedObject"]))


@pytest.fixture
def cluster():
    return Cluster()


def operator(cluster, reconcile):
    return Operator("rules", cluster, "/path", ("example.com/v1", "Rule"), reconcile, 60)


def complaining(objects):
    return [Trouble(described, "NotSelected", "nobody takes it") for described in objects]


def test_a_trouble_is_told_once_on_its_object(cluster, capsys):
    watching = operator(cluster, complaining)

    versions = [watching.look(), watching.look()]

    described = {
        "apiVersion": "example.com/v1",
        "kind": "Rule",
        "name": "first",
        "namespace": "shop",
        "uid": "1",
    }
    events = [("/api/v1/namespaces/shop/events", "NotSelected", "nobody takes it", described)]
    assert versions == ["7", "7"]
    assert cluster.events == events
    assert watching.troubles == ["Rule shop/first: NotSelected: nobody takes it"]
    assert capsys.readouterr().out == "rules: Rule shop/first: NotSelected: nobody takes it\n"


def test_a_trouble_that_is_over_is_told_too(cluster, capsys):
    watching = operator(cluster, complaining)
    watching.look()
    cluster.objects = []

    watching.look()

    assert watching.troubles == []
    assert capsys.readouterr().out.splitlines()[1:] == [
        "rules: no longer: Rule shop/first: NotSelected: nobody takes it"
    ]


@pytest.mark.parametrize("status", [409, 403, 404])
def test_an_event_that_is_there_or_whose_namespace_ends_is_no_failure(cluster, status):
    cluster.refuses = status

    operator(cluster, complaining).look()

    assert cluster.events == []


def test_any_other_refusal_of_an_event_is_a_failure(cluster):
    cluster.refuses = 500

    with pytest.raises(ApiError, match="refused"):
        operator(cluster, complaining).look()


def test_waiting_for_a_cluster_is_well_and_failing_after_a_success_is_not(cluster, monkeypatch):
    looks = itertools.chain([False, True], itertools.cycle([False]))
    conditions = []

    def reconcile(_):
        if not next(looks):
            raise KeyError("missing")
        return []

    class Enough(BaseException):
        """Ends the loop, which nothing else does."""

    def pause(_):
        conditions.append((watching.is_well, watching.failure))
        if len(conditions) == 2:
            raise Enough

    watching = operator(cluster, reconcile)
    monkeypatch.setattr(Cluster, "wait_for_change", lambda *_: None, raising=False)
    monkeypatch.setattr("time.sleep", pause)
    with pytest.raises(Enough):
        watching.work()

    assert conditions == [(True, "KeyError: 'missing'"), (False, "KeyError: 'missing'")]


@pytest.mark.parametrize(
    ("described", "path"),
    [
        (
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
            "/api/v1/namespaces/shop",
        ),
        (
            {
                "apiVersion": "external-secrets.io/v1",
                "kind": "ExternalSecret",
                "metadata": {"name": "key", "namespace": "shop"},
            },
            "/apis/external-secrets.io/v1/namespaces/shop/externalsecrets/key",
        ),
    ],
)
def test_an_object_s_path_follows_from_what_it_is(described, path):
    assert path_of(described) == path
