"""Keep the one issue about the drift of a stack."""

import argparse
from collections.abc import Sequence

from clients.github import own_repository
from waqiti.pipeline import reports
from waqiti.report import Report

HELP = "open, update or close the issue about a stack's drift"
_LABEL = "drift"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0."""
    stack = arguments.stack
    report = _read(stack)
    repository, marker = own_repository(), f"<!-- waqiti: drift of {stack} -->"
    body = f"{marker}\n{text(stack, report)}"
    issue = repository.find_issue(_LABEL, marker)
    is_clean = not (report.lines or report.unknown)
    if issue is None:
        if is_clean:
            print(f"{stack} has no drift, and no issue is open")
            return 0
        issue = repository.create_issue(f"Drift of {stack}", body, [_LABEL])
    elif is_clean and issue["state"] == "closed":
        print(f"{stack} has no drift; {issue['html_url']} stays closed")
        return 0
    else:
        state = {"state": "closed" if is_clean else "open"}
        issue = repository.change_issue(issue["number"], body=body, **state)
    print(f"{issue['html_url']} is {issue['state']}")
    return 0


def text(stack: str, report: Report) -> str:
    """Return the text of the issue."""
    if not (report.lines or report.unknown):
        return f"{stack} has no drift. {reports.run_url()}\n"
    parts = []
    if report.lines:
        correct = (
            f"To correct it, run `pulumi up --refresh --stack {stack}`; to keep it, declare it."
        )
        parts += [f"{stack} differs from what Pulumi wrote. {correct}\n", _listed(report.lines)]
    if report.unknown:
        more = "more " if report.lines else ""
        parts += [f"Could not tell whether there is {more}drift:\n", _listed(report.unknown)]
    return "\n".join([*parts, f"{reports.run_url()}\n"])


def _read(stack: str) -> Report:
    found = reports.read_json(f"drift.{stack}.json")
    if found is None:
        return Report((), ["a step before the drift detection failed: read the log of the run"])
    return Report(found["lines"], found["unknown"])


def _listed(lines: Sequence[str]) -> str:
    return "".join(f"- {reports.plain(line)}\n" for line in lines)
