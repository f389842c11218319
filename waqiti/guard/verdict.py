"""What the guard says of a plan: what is dangerous, and which of it a waiver lets pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from waqiti import state
from waqiti.guard.dangers import Danger, dangers
from waqiti.guard.waivers import WAIVERS, read_waivers
from waqiti.pipeline.plan import Plan
from waqiti.pipeline.reports import plain


@dataclass(frozen=True)
class Verdict:
    """
    What the guard found in a plan.

    Args:
        stack: The stack of the plan.
        dangers: What no waiver lets pass.
        waived: What a waiver lets pass.
        is_refused: Whether the stack refuses *dangers*; other stacks only report them.
    """

    stack: str
    dangers: Sequence[Danger]
    waived: Sequence[Danger]
    is_refused: bool

    def lines(self) -> Iterator[str]:
        """Yield a line for each danger, and one that says what to do."""
        word = "refused" if self.is_refused else "warning"
        yield from (f"{word}: {danger}" for danger in self.dangers)
        yield from (f"waived: {danger}" for danger in self.waived)
        if self.dangers:
            yield (
                "take each change back, or allow it with its urn, property, reason, approver and "
                f"expires in {WAIVERS}/{self.stack}.yaml"
            )

    def markdown(self) -> str:
        """Return the lines as a section of a plan; without a danger, nothing."""
        items = "".join(f"- {plain(line)}\n" for line in self.lines())
        return f"\n### The guard of {self.stack}\n\n{items}" if items else ""


def judge(plan: Plan, folder: Path = WAIVERS) -> Verdict:
    """
    Return what is dangerous in *plan*, with the waivers of its stack in *folder*.

    A stack whose environment is `prod` refuses it. In other environments data can be made again,
    so they report it.

    Raises:
        InvalidFilesError: A waiver is wrong, has expired, or allows nothing that the plan has.
        NoAnswerError: The config of the stack cannot be read.
        subprocess.CalledProcessError: The engine failed.
    """
    found = list(dangers(plan))
    waivers = read_waivers(plan.stack, found, datetime.now(UTC).date(), folder)
    allowed = {(waiver.urn, waiver.property) for waiver in waivers}
    waived = [danger for danger in found if (danger.urn, danger.property) in allowed]
    left = [danger for danger in found if danger not in waived]
    return Verdict(plan.stack, left, waived, bool(left) and is_prod(plan.stack))


def is_prod(stack: str) -> bool:
    """Return whether *stack* has the environment `prod`, or does not say what it is for."""
    environment: str = state.config(stack).get("waqiti:environment", "prod")
    return environment == "prod"
