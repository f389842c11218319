"""The state of a simulator in one SQLite file: it has every answered change, also after SIGKILL."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class Store:
    """Objects by kind and id, listed in the order of creation; for one process at a time."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=0)
        self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
        with self.transaction():
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS objects"
                " (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))"
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Apply all changes of the block, or none, however it ends."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def find(self, kind: str, object_id: str) -> dict[str, Any] | None:
        row = self._db.execute(
            "SELECT body FROM objects WHERE kind = ? AND id = ?", (kind, object_id)
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def every(self, kind: str) -> list[dict[str, Any]]:
        rows = self._db.execute("SELECT body FROM objects WHERE kind = ? ORDER BY rowid", (kind,))
        return [json.loads(row[0]) for row in rows]

    def put(self, kind: str, body: dict[str, Any]) -> None:
        self._db.execute(
            "INSERT INTO objects VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (kind, body["id"], json.dumps(body)),
        )

    def delete(self, kind: str, object_id: str) -> None:
        self._db.execute("DELETE FROM objects WHERE kind = ? AND id = ?", (kind, object_id))

    def clear(self) -> None:
        self._db.execute("DELETE FROM objects")
