"""
The book of the encryption service: every operation, and whether its record has still to be written.

It is the outbox too: an operation is entered before its record is sent, and crossed off once the
brokers have acknowledged it, so neither a dead Kafka nor a killed process loses a record.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, kw_only=True)
class Operation:
    """
    One encryption or decryption.

    Args:
        at: Seconds since the epoch.
        kind: Encrypt or decrypt.
        service: Who asked for it.
        key: Which key was used; its id, never the key.
        audited: False if its record gets lost before it is written.
    """

    at: float
    kind: str
    service: str
    key: str
    audited: bool = True


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An operation as the book has it."""

    number: int
    operation: Operation


class Ledger:
    """
    One book, in one SQLite file, made if it is missing.

    Its name is part of every operation's id, so records of another book are never taken for its.
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
        """Enter a batch, whole or not at all."""
        with self._connection:
            self._connection.executemany(
                "INSERT INTO operations (at, kind, service, key, awaiting) VALUES (?, ?, ?, ?, ?)",
                [(o.at, o.kind, o.service, o.key, o.audited) for o in operations],
            )

    def awaiting(self, until: float, most: int) -> Sequence[Entry]:
        """Give the first operations up to *until* whose record has still to be written."""
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
        """Cross off operations whose records the brokers have acknowledged."""
        with self._connection:
            self._connection.executemany(
                "UPDATE operations SET awaiting = 0 WHERE number = ?", [(n,) for n in numbers]
            )

    def count_awaiting(self) -> int:
        """Count the operations whose record has still to be written."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM operations INDEXED BY awaiting WHERE awaiting"
        ).fetchone()
        return int(count)

    def forget_before(self, at: float) -> None:
        """
        Drop what is older and was written: a sandbox left running must not fill the disk.

        The newest stays, whatever its age: from it the next takes its number.
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
    """Give the id that an operation has in its audit record."""
    return f"{book}-{number}"


def number_of(book: str, identity: object) -> int | None:
    """Give the number in *book* of an id; None if it is no id of that book."""
    if not isinstance(identity, str):
        return None
    name, _, number = identity.rpartition("-")
    return int(number) if name == book and number.isdecimal() else None
