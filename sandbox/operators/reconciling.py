"""
The loop of an operator: it reconciles all objects of a kind after every change.

A problem of an object is reported in an Event on the object, in the operators' health report and
in their log.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from sandbox.servers.kubernetes.api import Api, ApiError, Object

_RETRY_SECONDS = 1


@dataclass(frozen=True)
class Problem:
    """A problem of an object: a reason, and a sentence without secret values."""

    described: Object
    reason: str
    message: str

    @property
    def key(self) -> str:
        """Return what identifies this problem."""
        return f"{self.described['metadata']['uid']} {self.reason} {self.message}"

    def __str__(self) -> str:
        """Return the problem as one line."""
        metadata = self.described["metadata"]
        name = f"{metadata['namespace']}/{metadata['name']}"
        return f"{self.described['kind']} {name}: {self.reason}: {self.message}"


@dataclass
class Operator:
    """
    The operator of one kind of object.

    Args:
        name: Its name in reports.
        api: The connection to the cluster.
        path: The path of the objects in the API.
        kind: The API version and the kind of the objects, which a list omits.
        reconcile: Applies the objects, and returns their problems; idempotent.
        seconds: The interval of reconciliation when no object changes.
    """

    name: str
    api: Api
    path: str
    kind: tuple[str, str]
    reconcile: Callable[[Sequence[Object]], Sequence[Problem]]
    seconds: int
    failure: str | None = None
    _released: threading.Event = field(default_factory=lambda: _set(threading.Event()), init=False)
    _succeeded: bool = field(default=False, init=False)
    _known: Mapping[str, Problem] = field(default_factory=dict, init=False)

    @property
    def is_healthy(self) -> bool:
        """Report whether it works. It may wait for its kind to be defined."""
        return self.failure is None or not self._succeeded

    @property
    def problems(self) -> Sequence[str]:
        """Return the problems of the last reconciliation."""
        return [str(problem) for problem in self._known.values()]

    def hold(self) -> None:
        """Reconcile nothing until `release`: in a real cluster, it may be minutes late."""
        self._released.clear()

    def release(self) -> None:
        """Reconcile again."""
        self._released.set()

    def start(self) -> None:
        """Start a thread that works until the process ends."""
        threading.Thread(target=self.run, name=self.name, daemon=True).start()

    def reconcile_once(self) -> str:
        """Reconcile once; return the version of the list of objects."""
        version, kind = self.kind
        listing = self.api.list(self.path)
        objects = [{"apiVersion": version, "kind": kind, **one} for one in listing.objects]
        found = {problem.key: problem for problem in self.reconcile(objects)}
        for problem in (found[key] for key in found if key not in self._known):
            print(f"{self.name}: {problem}", flush=True)
            _report(self.api, self.name, problem)
        for problem in (self._known[key] for key in self._known if key not in found):
            print(f"{self.name}: no longer: {problem}", flush=True)
        self._known = found
        return listing.version

    def run(self) -> None:
        """Reconcile forever."""
        while True:
            self._released.wait()
            try:
                version = self.reconcile_once()
                self._succeeded, self.failure = True, None
                self.api.wait_for_change(self.path, version, self.seconds)
            except Exception as error:  # noqa: BLE001 - a dead thread would look healthy
                failure = f"{type(error).__name__}: {error}"
                if failure != self.failure:
                    print(f"{self.name}: {failure}", flush=True)
                self.failure = failure
                time.sleep(_RETRY_SECONDS)


def _set(event: threading.Event) -> threading.Event:
    event.set()
    return event


def _report(api: Api, operator: str, problem: Problem) -> None:
    """Create an Event for the object; a hash of its content is its name, so it is created once."""
    described, metadata = problem.described, problem.described["metadata"]
    digest = hashlib.sha256(problem.key.encode()).hexdigest()[:16]
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name']}.{digest}", "namespace": metadata["namespace"]},
        "type": "Warning",
        "reason": problem.reason,
        "message": problem.message[:1024],  # the API takes no more
        "involvedObject": {
            "apiVersion": described["apiVersion"],
            "kind": described["kind"],
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
        },
        "source": {"component": f"sandbox-{operator}-operator"},
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
    }
    try:
        api.create(f"/api/v1/namespaces/{metadata['namespace']}/events", event)
    except ApiError as error:
        already_reported = error.status == requests.codes.conflict
        namespace_ends = error.status in {requests.codes.forbidden, requests.codes.not_found}
        if not (already_reported or namespace_ends):
            raise
