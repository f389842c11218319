"""A problem is reported once, on its object, and an operator that fails reports it."""

import itertools
import queue
import threading

import pytest

from sandbox.operators.reconciling import Operator, Problem
from sandbox.servers.kubernetes.api import ApiError, Listing, path_of

UNSELECTED = {"metadata": {"namespace": "shop", "name": "first", "uid": "1"}}


class Cluster:
    """An API server in memory."""

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


def reject_all(objects):
    return [Problem(described, "NotSelected", "nobody takes it") for described in objects]


def test_a_problem_is_reported_once_on_its_object(cluster, capsys):
    watching = operator(cluster, reject_all)

    versions = [watching.reconcile_once(), watching.reconcile_once()]

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
    assert watching.problems == ["Rule shop/first: NotSelected: nobody takes it"]
    assert capsys.readouterr().out == "rules: Rule shop/first: NotSelected: nobody takes it\n"


def test_the_end_of_a_problem_is_reported_too(cluster, capsys):
    watching = operator(cluster, reject_all)
    watching.reconcile_once()
    cluster.objects = []

    watching.reconcile_once()

    assert watching.problems == []
    assert capsys.readouterr().out.splitlines()[1:] == [
        "rules: no longer: Rule shop/first: NotSelected: nobody takes it"
    ]


def test_a_held_operator_reconciles_nothing_until_its_release(cluster):
    changes: queue.Queue[str] = queue.Queue()
    reconciled: queue.Queue[int] = queue.Queue()
    waiting = threading.Semaphore(0)

    def wait_for_change(*_):
        waiting.release()
        changes.get()

    def reconcile(objects):
        reconciled.put(len(objects))
        return []

    cluster.wait_for_change = wait_for_change
    watching = operator(cluster, reconcile)
    watching.start()
    assert waiting.acquire(timeout=10)
    assert reconciled.get(timeout=10) == 1

    watching.hold()
    changes.put("a change")
    assert not waiting.acquire(timeout=0.05)
    assert reconciled.empty()

    watching.release()
    assert reconciled.get(timeout=10) == 1


@pytest.mark.parametrize("status", [409, 403, 404])
def test_an_existing_event_or_a_terminating_namespace_is_no_failure(cluster, status):
    cluster.refuses = status

    operator(cluster, reject_all).reconcile_once()

    assert cluster.events == []


def test_any_other_refusal_of_an_event_is_a_failure(cluster):
    cluster.refuses = 500

    with pytest.raises(ApiError, match="refused"):
        operator(cluster, reject_all).reconcile_once()


def test_an_operator_is_healthy_before_its_first_success_and_unhealthy_when_it_fails_later(
    cluster, monkeypatch
):
    looks = itertools.chain([False, True], itertools.cycle([False]))
    conditions = []

    def reconcile(_):
        if not next(looks):
            raise KeyError("missing")
        return []

    class Stop(BaseException):
        """Ends the endless loop."""

    def pause(_):
        conditions.append((watching.is_healthy, watching.failure))
        if len(conditions) == 2:
            raise Stop

    watching = operator(cluster, reconcile)
    monkeypatch.setattr(Cluster, "wait_for_change", lambda *_: None, raising=False)
    monkeypatch.setattr("time.sleep", pause)
    with pytest.raises(Stop):
        watching.run()

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
def test_the_path_of_an_object_follows_from_its_kind(described, path):
    assert path_of(described) == path
