"""How a command ends: what it did, what it found wrong, and what it could not tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class WrongUseError(Exception):
    """The configuration or the command's words are wrong; the message says how to mend them."""


class StoreError(Exception):
    """The store did not answer, or not as it should: nothing is known of what it holds."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What a command tells when it has come to its end.

    Args:
        facts: Counts and names, for the log.
        problems: What is wrong, one sentence each; none means success.
    """

    facts: Mapping[str, object] = field(default_factory=dict)
    problems: Sequence[str] = ()
