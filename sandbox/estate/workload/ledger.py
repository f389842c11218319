"""
The ledger of the encryption service: every operation, and whether its record is written.

It is a transactional outbox: an operation is stored before its record is sent, and marked as
written after the brokers acknowledged it. Neither a dead Kafka nor a killed process loses a record.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS operations (
    number INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    service TEXT NOT NULL,
    key TEXT NOT NULL,
    awaiting INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS awaiting ON operations (number) WHERE awaiting;
CREATE TABLE IF NOT EXISTS book (name TEXT NOT NULL, kept_since REAL NOT NULL);
INSERT INTO book SELECT lower(hex(randomblob(4))), 0 WHERE NOT EXISTS (SELECT 1 FROM book);
COMMIT;
"""


# Numbers without a gap differ by the same amount from their position.
_RANGES = """
SELECT min(number), max(number) FROM (
    SELECT number, number - row_number() OVER (ORDER BY number) AS shift
    FROM operations WHERE at >= ? AND at < ?
) GROUP BY shift ORDER BY 1
"""
# The path of its endpoint, as `program/records.py` has it, too.
OPERATIONS = "/internal/operations"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """
    One encryption or decryption.

    Args:
        at: Seconds since the epoch.
        kind: Encrypt or decrypt.
        service: The service that requested it.
        key: The id of the key, never the key itself.
        audited: Whether it has a record; False simulates a lost one.
    """

    at: float
    kind: str
    service: str
    key: str
    audited: bool = True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An operation and its number in the ledger."""

    number: int
    operation: Operation


class Ledger:
    """
    A ledger in one SQLite file, which is created if it is missing.

    Its name is part of every operation's id, so it never counts the records of another ledger.
    """

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # One thread opens it, another writes; never both at once.
        self._connection = sqlite3.connect(file, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)
        (self.name,) = self._connection.execute("SELECT name FROM book").fetchone()

    def enter(self, operations: Iterable[Operation]) -> None:
        """Store a batch in one transaction."""
        with self._connection:
            self._connection.executemany(
                "INSERT INTO operations (at, kind, service, key, awaiting) VALUES (?, ?, ?, ?, ?)",
                [(o.at, o.kind, o.service, o.key, o.audited) for o in operations],
            )

    def awaiting(self, until: float, most: int) -> Sequence[Entry]:
        """Return the first operations up to *until* whose record is still to be written."""
        rows = self._connection.execute(
            "SELECT number, at, kind, service, key FROM operations INDEXED BY awaiting"
            " WHERE awaiting AND at <= ? ORDER BY number LIMIT ?",
            (until, most),
        )
        return [
            Entry(number=number, operation=Operation(at=at, kind=kind, service=service, key=key))
            for number, at, kind, service, key in rows
        ]

    def written(self, numbers: Iterable[int]) -> None:
        """Mark operations whose records the brokers acknowledged."""
        with self._connection:
            self._connection.executemany(
                "UPDATE operations SET awaiting = 0 WHERE number = ?", [(n,) for n in numbers]
            )

    def count_awaiting(self) -> int:
        """Return the number of operations whose record is still to be written."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM operations INDEXED BY awaiting WHERE awaiting"
        ).fetchone()
        return int(count)

    def forget_before(self, at: float) -> None:
        """
        Delete older operations whose records are written: a running sandbox must not fill the disk.

        The newest operation always stays: the next number follows from it.
        """
        with self._connection:
            self._connection.execute(
                "DELETE FROM operations WHERE NOT awaiting AND number <"
                " (SELECT number FROM operations WHERE at >= ? ORDER BY number LIMIT 1)",
                (at,),
            )
            self._connection.execute("UPDATE book SET kept_since = max(kept_since, ?)", (at,))

    def close(self) -> None:
        self._connection.close()


def operation_id(book: str, number: int) -> str:
    """Return the id of an operation in its audit record."""
    return f"{book}-{number}"


def shown(file: Path, since: float, until: float) -> Mapping[str, Any]:
    """
    Return the operations of a time as the endpoint answers: ranges of their numbers.

    Args:
        file: The file of the ledger.
        since: The begin of the time, in seconds since the epoch.
        until: The end of the time, excluded.

    Raises:
        sqlite3.Error: The file cannot be read.
    """
    # The connection of the ledger belongs to the thread that writes.
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        name, kept_since = connection.execute("SELECT name, kept_since FROM book").fetchone()
        ranges = connection.execute(_RANGES, (since, until)).fetchall()
    finally:
        connection.close()
    return {"ledger": name, "kept_since": kept_since, "ranges": ranges}
