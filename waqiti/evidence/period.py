"""The period of an evidence, and the gaps in a series of runs."""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise


class WrongUseError(Exception):
    """The command line or a file on it is wrong; the message has the remedy."""


@dataclass(frozen=True)
class Period:
    """
    A time, the end excluded.

    Args:
        since: Its begin.
        until: Its end.
        now: The time of the evidence.

    Raises:
        WrongUseError: It is empty, or has not begun.
    """

    since: datetime
    until: datetime
    now: datetime

    def __post_init__(self) -> None:
        """Check it."""
        if self.since >= self.until:
            raise WrongUseError(f"--from {self.since:%Y-%m-%d} is not before --to: correct it")
        if self.since >= self.now:
            raise WrongUseError(f"--from {self.since:%Y-%m-%d} is in the future: correct it")

    @property
    def seen(self) -> datetime:
        """The end of what can have happened."""
        return min(self.until, self.now)

    def has(self, moment: datetime) -> bool:
        """Return whether *moment* is in it."""
        return self.since <= moment < self.until

    def shown(self) -> dict[str, str]:
        """Return its bounds as the evidence has them."""
        return {"from": text(self.since), "to": text(self.until), "at": text(self.now)}

    def gaps(self, what: str, at: Iterable[datetime], longest: timedelta) -> Iterator[str]:
        """Yield a sentence for each time longer than *longest* without *what*."""
        moments = [self.since, *sorted(at), self.seen]
        for before, after in pairwise(moments):
            if after - before > longest:
                hours = longest.total_seconds() / 3600
                between = f"from {text(before)} to {text(after)}"
                yield f"no {what} {between}: at most {hours:.0f} hours may lie between two"


def day(written: str) -> datetime:
    """Return the begin of a day in UTC."""
    try:
        return datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{written!r} is no day: write it as 2026-10-01") from None


def text(moment: datetime) -> str:
    """Return *moment* as an evidence has it."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
