"""
Verify that the systems run what Pulumi wrote.

A refresh compares objects. It does not see whether a system uses them: whether Prometheus evaluates
the rules, Alertmanager runs the configuration, Secrets are synced, and somebody is paged.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from clients.failures import NoAnswerError
from waqiti.report import Report
from waqiti.state import State, config, export
from waqiti.verify import alertmanager, external_secrets, pagerduty, prometheus, vault

_POLL_SECONDS = 1

_CHECKS: Sequence[Callable[[State], Iterator[str]]] = (
    alertmanager.differences,
    external_secrets.differences,
    pagerduty.differences,
    prometheus.differences,
    vault.differences,
)


def verify(stack: str, seconds: float = 0) -> Report:
    """
    Compare every system with the state of *stack*, until nothing differs or *seconds* have passed.

    Operators need a moment after an `up`, before a server runs what they received.
    """
    state = State(export(stack, "--show-secrets"), config(stack))
    deadline = time.monotonic() + seconds
    while True:
        found = _report(state)
        if not (found.lines or found.unknown) or time.monotonic() >= deadline:
            return found
        time.sleep(_POLL_SECONDS)


def _report(state: State) -> Report:
    differences: list[str] = []
    unknown: list[str] = []
    for check in _CHECKS:
        try:
            differences.extend(check(state))
        except NoAnswerError as error:
            unknown.append(str(error))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            system = check.__module__.rpartition(".")[2]
            unknown.append(
                f"{system}: an answer has an unexpected form ({type(error).__name__} {error}), so "
                "nothing is known: compare its version with sandbox/engine/toolchain/programs.yaml"
            )
    return Report(differences, unknown)
