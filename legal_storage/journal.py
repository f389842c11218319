"""
A series of signed entries in the store; each one names the entries before it.

A forged entry has no valid signature. A removed one is missing where a later one names it. Two
entries that were written at once name the same predecessor, and the next one names both.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from io import BytesIO
from typing import Any

from legal_storage.objects import Objects
from legal_storage.outcome import StoreError, UnreadableError
from legal_storage.sealing import Keys

# The largest difference between two clocks that is no problem; S3 itself refuses 15 minutes.
SKEW = timedelta(minutes=5)

_TIME = "%Y-%m-%dT%H-%M-%S.%fZ"
_TIME_LETTERS = len("2026-11-25T02-00-00.000000Z")
_READS_AT_ONCE = 16


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One entry.

    Args:
        name: The name of its object.
        body: What was signed.
        envelope: The JSON text of body, signature and signer, as it was written.
        sha256: The hash of the signed text, by which later entries name it.
    """

    name: str
    body: Mapping[str, Any]
    envelope: str
    sha256: str

    @property
    def at(self) -> datetime:
        """The time of the entry, by the clock of the store."""
        return datetime.fromisoformat(self.body["at"])

    @property
    def previous(self) -> Mapping[str, str]:
        """The hashes of the entries before it, by name."""
        return {entry["name"]: entry["sha256"] for entry in self.body["previous"]}

    @property
    def reference(self) -> dict[str, str]:
        """What a later entry writes of this one."""
        return {"name": self.name, "sha256": self.sha256}


@dataclass(frozen=True)
class Journal:
    """The entries in one folder of the store."""

    objects: Objects
    keys: Keys
    folder: str

    @property
    def versions(self) -> dict[str, list[str]]:
        """The ids of the versions of each entry, oldest first; also of deleted ones."""
        return self._listed[0]

    @property
    def ignored(self) -> list[str]:
        """A sentence for each name that does not count."""
        return self._listed[1]

    @cached_property
    def _listed(self) -> tuple[dict[str, list[str]], list[str]]:
        """
        Return the versions that count, and what does not.

        An entry that was from the future when the store received it never counts, also when its
        time has come: it does not know what was written meanwhile.
        """
        found: dict[str, list[str]] = {}
        ignored = {}
        for version in self.objects.list(f"{self.folder}/"):
            at = _time_of(version.name)
            if at is None:
                ignored[version.name] = "no command writes such a name: it is ignored"
            elif at > version.written + SKEW:
                ignored[version.name] = "it is from the future: it is ignored"
            elif not version.deleted:
                found.setdefault(version.name, []).append(version.version)
        return (
            {name: found[name][::-1] for name in sorted(found)},
            [f"{name}: {why}" for name, why in sorted(ignored.items())],
        )

    def read(self, name: str) -> Entry:
        """
        Read an entry: its oldest version that we signed.

        Raises:
            UnreadableError: No version of it is signed.
        """
        reasons = []
        for version in self.versions.get(name, ()):
            try:
                return self._opened(name, version)
            except UnreadableError as error:
                reasons.append(str(error))
        raise UnreadableError(f"{name}: {reasons[0] if reasons else 'it is gone from the store'}")

    def newest(self, until: date | None = None) -> tuple[Entry | None, list[str]]:
        """
        Return the newest entry, or that up to the day *until*, and what is wrong above it.

        Raises:
            StoreError: There are entries, and none can be read.
        """
        problems = list(self.ignored)
        unreadable: list[str] = []
        for name in reversed(self.versions):
            at = _time_of(name)
            if until is None or (at is not None and at.date() <= until):
                try:
                    return self.read(name), [*problems, *unreadable]
                except UnreadableError as error:
                    unreadable.append(f"{error}: it is ignored")
        if unreadable:
            raise StoreError(
                f"{self.folder}: not one of {len(self.versions)} entries can be read: is this the "
                f"key that wrote them? {unreadable[0]}"
            )
        return None, problems

    def append(
        self, label: str, body: Mapping[str, object], until: date, *, held: bool = False
    ) -> Entry:
        """
        Write an entry, lock it until *until*, and read it back.

        Raises:
            StoreError: What was read back differs.
        """
        tips = self._tips()
        at = max([self.objects.now(), *(tip.at + timedelta(microseconds=1) for tip in tips)])
        moment = at.astimezone(UTC)
        name = f"{self.folder}/{moment.strftime(_TIME)}-{label}-{secrets.token_hex(4)}"
        signed = json.dumps(
            {
                "name": name,
                "at": moment.isoformat(timespec="microseconds"),
                "previous": [tip.reference for tip in tips],
                **body,
            }
        )
        envelope = json.dumps(
            {"signed": signed, "signature": self.keys.sign(signed), "by": self.keys.signing_key}
        )
        sealed = self.keys.seal(envelope.encode())
        version = self.objects.put(name, BytesIO(sealed), until, held=held)
        self.__dict__.pop("_listed", None)
        try:
            return self._opened(name, version)
        except UnreadableError as error:
            raise StoreError(f"{name} did not come back as it was written: {error}") from None

    def entries(self) -> tuple[list[Entry], list[str]]:
        """Read every entry, oldest first; return what is wrong, too."""
        problems = list(self.ignored)
        read = []
        with ThreadPoolExecutor(_READS_AT_ONCE) as pool:
            for found in pool.map(partial(_either, self), list(self.versions)):
                if isinstance(found, Entry):
                    read.append(found)
                else:
                    problems.append(found)
        return read, [*problems, *_breaks(read)]

    def _tips(self) -> list[Entry]:
        """Return the entries that no other one names."""
        tips: list[Entry] = []
        named: set[str] = set()
        for name in reversed(self.versions):
            if name in named:
                break
            entry = _either(self, name)
            if isinstance(entry, Entry):
                tips.append(entry)
                named |= set(entry.previous)
        return tips

    def _opened(self, name: str, version: str) -> Entry:
        with self.objects.open(name, version) as opened:
            envelope = self.keys.unseal(opened.stream.read())
        try:
            parts = json.loads(envelope)
            signed, signature, signer = parts["signed"], parts["signature"], parts["by"]
            self.keys.check(signed, signature, signer)
            body = json.loads(signed)
            if body["name"] != name:
                raise UnreadableError(f"it was written as {body['name']}")
        except (ValueError, KeyError, TypeError):
            raise UnreadableError("it has not the form of an entry") from None
        return Entry(
            name=name,
            body=body,
            envelope=envelope.decode(),
            sha256=hashlib.sha256(signed.encode()).hexdigest(),
        )


def _either(journal: Journal, name: str) -> Entry | str:
    try:
        return journal.read(name)
    except UnreadableError as error:
        return f"{error}: it is ignored"


def _breaks(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield what the chain misses."""
    known = {entry.name: entry.sha256 for entry in entries}
    for entry in entries:
        for name, sha256 in entry.previous.items():
            if name not in known:
                yield f"{name}: {entry.name} names it, and it is gone or was forged"
            elif known[name] != sha256:
                yield f"{name}: it is not the one that {entry.name} names"


def _time_of(name: str) -> datetime | None:
    moment = name.rpartition("/")[2][:_TIME_LETTERS]
    try:
        return datetime.strptime(moment, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
