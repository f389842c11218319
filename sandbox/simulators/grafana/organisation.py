"""One Grafana organisation: its objects and its clock."""

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

ORGANISATION = 1
WRITER = "admin"
_COUNTER = "counter"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request for the handlers; *ids* are the variable parts of the path."""

    ids: Mapping[str, str]
    query: QueryParams
    raw: bytes

    def body(self) -> Json:
        """Return the body, which must be an object."""
        try:
            document: Any = json.loads(self.raw or b"null")
        except ValueError:
            raise bad_request() from None
        if not isinstance(document, dict):
            raise bad_request()
        return document

    def number(self, name: str, default: int) -> int:
        """Return the numeric filter *name*."""
        given = self.query.get(name, "")
        return int(given) if given.isdigit() else default


class Organisation(Simulation):
    """
    The state of the API.

    Folders and dashboards are stored by number, because a uid may change.
    """

    @contextmanager
    def request(self) -> Iterator[None]:
        """Apply all changes of a request, or none."""
        with self.store.transaction():
            yield

    def stamp(self) -> str:
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def next_number(self, kind: str) -> int:
        """Return the next number; folders and dashboards share the sequence, as in Grafana."""
        counter = self.store.find(_COUNTER, kind) or {"id": kind, "last": 0}
        counter["last"] += 1
        self.store.put(_COUNTER, counter)
        return int(counter["last"])

    def by_uid(self, kind: str, uid: str) -> Json | None:
        return next((each for each in self.store.every(kind) if each["uid"] == uid), None)

    def folder(self, uid: str) -> Json | None:
        return self.by_uid("folder", uid)


def new_uid() -> str:
    """Return a new uid in Grafana's format."""
    alphabet = string.ascii_lowercase + string.digits
    return secrets.choice(string.ascii_lowercase) + "".join(
        secrets.choice(alphabet) for _ in range(13)
    )


def slug(title: str) -> str:
    """Return the slug of a title, for addresses."""
    words = "".join(char if char.isalnum() else " " for char in title.lower()).split()
    return "-".join(words)
