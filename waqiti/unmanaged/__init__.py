"""
Find the objects that nobody declared, by asking every system at once.

What is declared is what the state has. `ignored/<stack>.yaml` names what may be there all the same.
docs/adr/0042
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from clients.failures import NoAnswerError
from waqiti.report import Report
from waqiti.unmanaged import grafana, kafka, kubernetes, pagerduty, slack, vault
from waqiti.unmanaged.ignored import IGNORED, read_ignored, stale
from waqiti.unmanaged.thing import KINDS, Question, Stack, Thing

_QUESTIONS: Mapping[str, Question] = {
    "grafana": grafana.unmanaged,
    "kafka": kafka.unmanaged,
    "kubernetes": kubernetes.unmanaged,
    "pagerduty": pagerduty.unmanaged,
    "slack": slack.unmanaged,
    "vault": vault.unmanaged,
}
# The beginning of the types of its resources, where it is not the name of the system.
_BEGINNINGS = {"slack": "waqiti:slack:"}


def unmanaged(
    stack: Stack, folder: Path = IGNORED, questions: Mapping[str, Question] = _QUESTIONS
) -> Report:
    """
    Return the unmanaged objects of the systems of *stack* without the ignored ones.

    A system in which the stack has nothing is not asked. A system that does not answer, or
    refuses, is in `unknown`, and what it answered before counts.

    Raises:
        InvalidFilesError: The list of ignored objects is not valid.
    """
    ignored = read_ignored(stack.name, folder)
    found: set[Thing] = set()
    unknown: list[str] = []
    silent: set[str] = set()
    asked = {
        system: question
        for system, question in questions.items()
        if stack.has_any(_BEGINNINGS.get(system, f"{system}:"))
    }
    with ThreadPoolExecutor(max(len(asked), 1)) as pool:
        answers = pool.map(lambda question: _answer(question, stack), asked.values())
        for system, (things, reason) in zip(asked, answers, strict=True):
            found.update(things)
            if reason is not None:
                unknown.append(reason)
                silent.update(KINDS[system])
    left = sorted(thing for thing in found if not any(one.matches(thing) for one in ignored))
    # An entry for a system that did not answer may match there.
    wrong = stale(stack.name, ignored, found, silent)
    return Report((), unknown, [str(thing) for thing in left], list(wrong))


def _answer(question: Question, stack: Stack) -> tuple[list[Thing], str | None]:
    """Return what one system has, and why it may have more."""
    things: list[Thing] = []
    try:
        things.extend(question(stack))
    except NoAnswerError as error:
        return things, str(error)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        system = question.__module__.rpartition(".")[2]
        return things, (
            f"{system}: an answer has an unexpected form ({type(error).__name__} {error}), so its "
            "unmanaged objects are not known: compare its version with "
            "sandbox/engine/toolchain/programs.yaml"
        )
    return things, None
