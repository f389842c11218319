"""
Report the manual changes since the last run of Pulumi.

The engine shows a dashboard as one JSON text. This report names each panel by its title.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

from clients.failures import NoAnswerError
from waqiti.differences import Model, differences, shown
from waqiti.report import Report
from waqiti.state import State, export, pulumi, read
from waqiti.verify import pagerduty

_REPEATED = re.compile(r"(error: )?([Pp]review failed|refreshing urn:)")
_DASHBOARD = "grafana:oss/dashboard:Dashboard"
_MODEL = "configJson"


def drift(stack: str) -> Report:
    """
    Return a sentence for each property of *stack* that differs from the state of Pulumi.

    A refresh does not see that a PagerDuty service is disabled, so PagerDuty is asked, too. Neither
    the resources nor the state are changed.

    Raises:
        NoAnswerError: PATH has no `pulumi`, or its output is not what this module reads.
        subprocess.CalledProcessError: The refresh failed; standard error has the reason.
    """
    plan = _refresh(stack)
    try:
        lines = sorted(sentence for step in plan["steps"] for sentence in _report(step))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NoAnswerError(
            "`pulumi refresh` printed something else than a list of steps: use the version of "
            "pulumi that pyproject.toml names"
        ) from None
    try:
        return Report([*lines, *pagerduty.differences(State(export(stack), {}))])
    except NoAnswerError as error:
        return Report(lines, [str(error)])


def edits(left: Model, found: Model) -> Iterator[str]:
    """Yield a sentence for each difference between the dashboards *left* and *found*."""
    title = left.get("title", left.get("uid"))
    for one in differences(left, found):
        where = ", ".join([f"dashboard {title!r}", *one.place])
        yield f"{where}: {one.path} is {shown(one.now)}, and was {shown(one.before)}"


def _refresh(stack: str) -> dict[str, Any]:
    # Without --run-program the refresh uses the Grafana token of the state, which may have expired.
    flags = ("--preview-only", "--run-program", "--json")
    try:
        return read(pulumi("refresh", "--stack", stack, *flags), "refresh")
    except subprocess.CalledProcessError as failure:
        messages = _errors(failure.output or "")
        failure.output = "\n".join(" ".join(message.split()) for message in messages)
        raise


def _errors(output: str) -> list[str]:
    """Return the errors among the diagnostics, or an output without diagnostics as it is."""
    try:
        found = json.loads(output)["diagnostics"]
        errors = [one["message"] for one in found if one["severity"] == "error"]
        # The engine repeats a provider's error in other words, and not always as often.
        return [one for one in errors if not _REPEATED.match(one)] or errors[:1]
    except (KeyError, TypeError, ValueError):
        return [output] if output.strip() else []


def _report(step: Mapping[str, Any]) -> Iterator[str]:
    name = step["urn"].rpartition("::")[2]
    if step["op"] == "delete":
        yield f"{name}: it is gone"
    elif step["op"] == "update":
        left, found = step["oldState"], step["newState"]
        for key in step.get("diffReasons") or ():
            before, now = left["outputs"].get(key), found["outputs"].get(key)
            if (left["type"], key) == (_DASHBOARD, _MODEL):
                yield from edits(json.loads(before), json.loads(now))
            else:
                yield f"{name}: {key} is {shown(now)}, and was {shown(before)}"
