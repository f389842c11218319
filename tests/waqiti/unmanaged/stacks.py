"""Stacks whose systems a test provides."""

from typing import Any

from tests.waqiti.states import state
from waqiti.state import State
from waqiti.unmanaged.thing import Question, Stack


def stack(*resources: dict[str, Any], **sections: dict[str, Any]) -> Stack:
    """Return the stack `prod` with these resources in its state and sections in its file."""
    settings = {f"waqiti:{name}": section for name, section in sections.items()}
    return Stack("prod", State(state(*resources).exported, settings))


def found(question: Question, of: Stack) -> list[str]:
    """Return what *question* finds, as reports show it."""
    return sorted(map(str, question(of)))
