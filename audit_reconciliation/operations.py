"""
The operations that must have a record: an interface, and the ledger of the services behind it.

The endpoint answers `GET URL?since=…&until=…` (seconds since the epoch) with one JSON object. Its
operations are numbered, so a day of a thousand a second is one range.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit_reconciliation.outcome import CouldNotTellError, Window, shown

_TIMEOUT_SECONDS = 120  # the ledger counts millions of operations


@dataclass(frozen=True, kw_only=True)
class Operations:
    """
    The operations of a window.

    Args:
        ledger: The name of their ledger, which the id of every operation starts with.
        ranges: The first and the last number of each unbroken range, ascending.
    """

    ledger: str
    ranges: Sequence[tuple[int, int]]

    @property
    def count(self) -> int:
        """Their number."""
        return sum(last - first + 1 for first, last in self.ranges)

    def identity(self, number: int) -> str:
        """Return the id of an operation in its audit record."""
        return f"{self.ledger}-{number}"

    def number(self, identity: object) -> int | None:
        """Return the number of an id of this ledger, or None for any other id."""
        if not isinstance(identity, str):
            return None
        ledger, _, number = identity.rpartition("-")
        is_ours = ledger == self.ledger and number.isascii() and number.isdecimal()
        return int(number) if is_ours else None


class Source(Protocol):
    """Where the operations come from."""

    def between(self, window: Window) -> Operations:
        """
        Return the operations of *window*, at least one.

        Raises:
            CouldNotTellError: They are not known.
        """


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)

    ledger: str = Field(min_length=1)
    kept_since: float
    ranges: tuple[tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]], ...]


class LedgerEndpoint:
    """
    The endpoint of the service that does the operations.

    Args:
        url: Its address.
    """

    def __init__(self, url: str) -> None:
        """Send no request yet."""
        self._url = url

    def between(self, window: Window) -> Operations:
        """Ask for the operations of *window*; raise CouldNotTellError if they are not known."""
        answer = self._answer(window)
        if window.since < answer.kept_since:
            raise CouldNotTellError(
                f"the ledger keeps nothing from before {shown(answer.kept_since)}"
            )
        if not answer.ranges:
            raise CouldNotTellError(
                "the ledger has no operation in the window: nothing was verified"
            )
        ends = [number for pair in answer.ranges for number in pair]
        if ends != sorted(ends):
            raise CouldNotTellError(f"{self._url} answers with ranges that do not ascend")
        return Operations(ledger=answer.ledger, ranges=answer.ranges)

    def _answer(self, window: Window) -> _Answer:
        query = urlencode({"since": window.since, "until": window.until})
        try:
            # The configuration allows http and https only.
            with urllib.request.urlopen(f"{self._url}?{query}", timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - see above
                return _Answer.model_validate_json(answer.read())
        except urllib.error.HTTPError as error:
            raise CouldNotTellError(
                f"the ledger at {self._url} answers {error.code}: {_reason(error)}"
            ) from None
        except OSError as error:
            reason = getattr(error, "reason", None) or error
            raise CouldNotTellError(
                f"the ledger at {self._url} does not answer ({reason})"
            ) from None
        except ValidationError:
            raise CouldNotTellError(
                f"{self._url} does not answer as a ledger: compare it with docs/adr/0037"
            ) from None


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["error"])
    except (KeyError, OSError, TypeError, ValueError):
        return error.reason
