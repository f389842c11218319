"""
The frame of an operator: all objects of a kind are looked at, again after every change.

What is wrong with an object is told where its owner looks: in an Event on the object, and in the
operators' own answer and log.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from sandbox.kubernetes.api import Api, ApiError, Object

_RETRY_SECONDS = 1


@dataclass(frozen=True)
class Trouble:
    """What is wrong with an object, in one word and in a sentence that names no secret value."""

    described: Object
    reason: str
    message: str

    @property
    def key(self) -> str:
        """Give what makes it another trouble than any other."""
        return f"{self.described['metadata']['uid']} {self.reason} {self.message}"

    def __str__(self) -> str:
        """Say it in a line."""
        metadata = self.described["metadata"]
        name = f"{metadata['namespace']}/{metadata['name']}"
        return f"{self.described['kind']} {name}: {self.reason}: {self.message}"


@dataclass
class Operator:
    """
    One kind of object, and what is done with all objects of it.

    Args:
        name: What a person calls it.
        api: The cluster.
        path: Where the objects are.
        kind: What each is, which a list of them does not say; with its API version.
        reconcile: Makes the world as the objects say, as often as wanted; gives what is wrong.
        seconds: It also looks when nothing has changed, after so long.
    """

    name: str
    api: Api
    path: str
    kind: tuple[str, str]
    reconcile: Callable[[Sequence[Object]], Sequence[Trouble]]
    seconds: int
    failure: str | None = None
    _succeeded: bool = field(default=False, init=False)
    _known: Mapping[str, Trouble] = field(default_factory=dict, init=False)

    @property
    def is_well(self) -> bool:
        """Tell whether it does its work; before a cluster knows its kind, waiting is its work."""
        return self.failure is None or not self._succeeded

    @property
    def troubles(self) -> Sequence[str]:
        """Give what is wrong with objects, at the last look."""
        return [str(trouble) for trouble in self._known.values()]

    def start(self) -> None:
        """Work in a thread of its own until the process ends."""
        threading.Thread(target=self.work, name=self.name, daemon=True).start()

    def look(self) -> str:
        """Reconcile once, and give the version of the list that was looked at."""
        version, kind = self.kind
        listing = self.api.list(self.path)
        objects = [{"apiVersion": version, "kind": kind, **one} for one in listing.objects]
        found = {trouble.key: trouble for trouble in self.reconcile(objects)}
        for trouble in (found[key] for key in found if key not in self._known):
            print(f"{self.name}: {trouble}", flush=True)
            _report(self.api, self.name, trouble)
        for trouble in (self._known[key] for key in self._known if key not in found):
            print(f"{self.name}: no longer: {trouble}", flush=True)
        self._known = found
        return listing.version

    def work(self) -> None:
        """Work for ever."""
        while True:
            try:
                version = self.look()
                self._succeeded, self.failure = True, None
                self.api.wait_for_change(self.path, version, self.seconds)
            except Exception as error:  # noqa: BLE001 - a dead thread would look well
                failure = f"{type(error).__name__}: {error}"
                if failure != self.failure:
                    print(f"{self.name}: {failure}", flush=True)
                self.failure = failure
                time.sleep(_RETRY_SECONDS)


def _report(api: Api, operator: str, trouble: Trouble) -> None:
    """Put an Event beside the object; its name is its content, so the same is told once."""
    described, metadata = trouble.described, trouble.described["metadata"]
    digest = hashlib.sha256(trouble.key.encode()).hexdigest()[:16]
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{metadata['name']}.{digest}", "namespace": metadata["namespace"]},
        "type": "Warning",
        "reason": trouble.reason,
        "message": trouble.message[:1024],  # the API takes no more
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
        told_already = error.status == requests.codes.conflict
        namespace_ends = error.status in {requests.codes.forbidden, requests.codes.not_found}
        if not (told_already or namespace_ends):
            raise
