"""The result of a verification: a table, JSON, and JUnit's XML."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from xml.etree import ElementTree as ET

_HEADINGS = ("alert", "channel", "incident", "message", "end", "result")


@dataclass(frozen=True)
class Result:
    """
    What came of one test alert.

    Args:
        rule: The name of its rule.
        channel: Its Slack channel.
        incident: Seconds from sending it to the incident; None without one.
        message: Seconds from sending it to the last message of its beginning; None without one.
        end: Seconds from sending its end to the last message or incident that has it.
        problems: What is wrong, a sentence each.
    """

    rule: str
    channel: str
    incident: float | None
    message: float | None
    end: float | None
    problems: Sequence[str]


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yield a line for each alert, with the seconds of each hop, and one for each problem."""
    rows = [_HEADINGS, *(_row(one) for one in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    for one in results:
        yield from (f"{one.rule}: {problem}" for problem in one.problems)


def as_json(results: Sequence[Result]) -> str:
    """Return the results as JSON."""
    return json.dumps([asdict(one) for one in results], indent=1) + "\n"


def as_junit(results: Sequence[Result]) -> str:
    """Return the results as a test suite of JUnit, one case for each alert."""
    failed = sum(bool(one.problems) for one in results)
    suite = ET.Element(
        "testsuite", name="alert path", tests=str(len(results)), failures=str(failed)
    )
    for one in results:
        seconds = max(filter(None, (one.incident, one.message)), default=0.0)
        case = ET.SubElement(
            suite, "testcase", classname=one.channel, name=one.rule, time=f"{seconds:.3f}"
        )
        if one.problems:
            ET.SubElement(case, "failure", message="; ".join(one.problems))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode") + "\n"


def _row(one: Result) -> tuple[str, ...]:
    seconds = (one.incident, one.message, one.end)
    shown = ("-" if value is None else f"{value:.1f} s" for value in seconds)
    return one.rule, one.channel, *shown, "failed" if one.problems else "ok"
