"""One Grafana organisation: what exists in it, and what time it is there."""

import json
import secrets
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from sandbox.simulators.grafana.answers import Json, bad_request
from sandbox.simulators.simulation import Simulation
from sandbox.simulators.store import Store

ORGANISATION = 1
WRITER = "admin"
_COUNTER = "counter"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as the handlers see it; *ids* are the variable parts of the path."""

    ids: Mapping[str, str]
    query: QueryParams
    raw: bytes

    def body(self) -> Json:
        """Give the body, which is an object wherever there is one."""
        try:
            document: Any = json.loads(self.raw or b"null")
        except ValueError:
            raise bad_request() from None
        if not isinstance(document, dict):
            raise bad_request()
        return document

    def number(self, name: str, default: int) -> int:
        """Give a filter that is a number."""
        given = self.query.get(name, "")
        return int(given) if given.isdigit() else default


class Organisation(Simulation):
    """
    The state behind the API.

    Folders and dashboards are stored under their numbers: a uid may change.

    Args:
        store: Where the state is kept.
        data_sources: Those that a new organisation has, as if provisioned from a file.
    """

    def __init__(self, store: Store, data_sources: list[Json]) -> None:
        super().__init__(store)
        self._data_sources = data_sources
        with store.transaction():
            self._provision()

    def _provision(self) -> None:
        """Write what is provisioned again at each start, as Grafana does: its address may move."""
        for source in self._data_sources:
            known = self.by_uid("data_source", source["uid"])
            stored = known or {"id": str(self.next_number("data_source")), "version": 0}
            changed = stored | source
            if changed != known:
                self.store.put("data_source", changed | {"version": stored["version"] + 1})

    def reset(self) -> None:
        super().reset()
        with self.store.transaction():
            self._provision()

    @contextmanager
    def request(self) -> Iterator[None]:
        """All of what a request changes, or nothing."""
        with self.store.transaction():
            yield

    def stamp(self) -> str:
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def next_number(self, kind: str) -> int:
        """Count up; folders and dashboards share their numbers, as in Grafana."""
        counter = self.store.find(_COUNTER, kind) or {"id": kind, "last": 0}
        counter["last"] += 1
        self.store.put(_COUNTER, counter)
        return int(counter["last"])

    def by_uid(self, kind: str, uid: str) -> Json | None:
        return next((each for each in self.store.every(kind) if each["uid"] == uid), None)

    def folder(self, uid: str) -> Json | None:
        return self.by_uid("folder", uid)


def new_uid() -> str:
    """Shaped like Grafana's."""
    alphabet = string.ascii_lowercase + string.digits
    return secrets.choice(string.ascii_lowercase) + "".join(
        secrets.choice(alphabet) for _ in range(13)
    )


def slug(title: str) -> str:
    """Give the readable end of an address."""
    words = "".join(char if char.isalnum() else " " for char in title.lower()).split()
    return "-".join(words)
