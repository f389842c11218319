"""
Report the manual changes since the last run of Pulumi, and the objects that nobody declared.

The engine shows a dashboard as one JSON text. This report names each panel by its title.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clients.failures import NoAnswerError
from waqiti.differences import Model, differences, shown
from waqiti.report import Report
from waqiti.state import State, config, digest, export
from waqiti.unmanaged import unmanaged
from waqiti.unmanaged.thing import Stack
from waqiti.verify import pagerduty

_DASHBOARD = "grafana:oss/dashboard:Dashboard"
_MODEL = "configJson"


def drift(stack: str) -> Report:
    """
    Return a sentence for each property of *stack* that differs from the state of Pulumi.

    A refresh does not see that a PagerDuty service is disabled, so PagerDuty is asked, too. The
    report also names the objects in the systems that the stack does not declare. Neither the
    resources nor the state are changed.

    Raises:
        NoAnswerError: PATH has no `pulumi`, or its output is not what this module reads.
        subprocess.CalledProcessError: The refresh failed; standard error has the reason.
        InvalidFilesError: The list of ignored objects is not valid.
    """
    # Without --run-program the refresh uses the Grafana token of the state, which may have expired.
    plan = digest("refresh", "--stack", stack, "--preview-only", "--run-program")
    try:
        lines = sorted(sentence for step in plan["steps"] for sentence in _report(step))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NoAnswerError(
            "`pulumi refresh` printed something else than a list of steps: use the version of "
            "pulumi that pyproject.toml names"
        ) from None
    state = State(export(stack), config(stack))
    unknown = []
    try:
        lines += pagerduty.differences(state)
    except NoAnswerError as error:
        unknown.append(str(error))
    others = unmanaged(Stack(stack, state))
    # A system that does not answer is asked twice, and reported once.
    reasons = tuple(dict.fromkeys([*unknown, *others.unknown]))
    return Report(lines, reasons, others.unmanaged, others.wrong)


def edits(left: Model, found: Model) -> Iterator[str]:
    """Yield a sentence for each difference between the dashboards *left* and *found*."""
    title = left.get("title", left.get("uid"))
    for one in differences(left, found):
        where = ", ".join([f"dashboard {title!r}", *one.place])
        yield f"{where}: {one.path} is {shown(one.now)}, and was {shown(one.before)}"


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
