"""Keep the one issue about the drift of a stack."""

import argparse
from collections.abc import Sequence

from clients.github import own_repository
from waqiti.pipeline import reports
from waqiti.report import Report

HELP = "open, update or close the issue about a stack's drift"
_LABEL = "drift"
_MOST = 100  # lines of each kind: GitHub refuses a text of more than 65,536 characters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0."""
    stack = arguments.stack
    report = _read(stack)
    repository, marker = own_repository(), f"<!-- waqiti: drift of {stack} -->"
    body = f"{marker}\n{text(stack, report, _MOST)}"
    issue = repository.find_issue(_LABEL, marker)
    is_clean = _is_clean(report)
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


def text(stack: str, report: Report, most: int | None = None) -> str:
    """Return *report* as Markdown, with at most *most* lines of each kind."""
    if _is_clean(report):
        return f"{stack} has no drift. {reports.run_url()}\n"
    parts = []
    if report.lines:
        correct = (
            f"To correct it, run `pulumi up --refresh --stack {stack}`; to keep it, declare it."
        )
        parts += [
            f"{stack} differs from what Pulumi wrote. {correct}\n",
            _listed(report.lines, most),
        ]
    if report.unmanaged:
        choice = f"Declare each, delete it, or add it with a reason to `ignored/{stack}.yaml`."
        parts += [
            f"No resource of {stack} declares these objects. {choice}\n",
            _listed(report.unmanaged, most),
        ]
    if report.wrong:
        parts += ["These entries are wrong:\n", _listed(report.wrong, most)]
    if report.unknown:
        more = "more " if report.lines or report.unmanaged else ""
        parts += [f"Could not tell whether there is {more}drift:\n", _listed(report.unknown, most)]
    return "\n".join([*parts, f"{reports.run_url()}\n"])


def _read(stack: str) -> Report:
    found = reports.read_json(f"drift.{stack}.json")
    if found is None:
        return Report((), ["a step before the drift detection failed: read the log of the run"])
    return Report(**found)


def _is_clean(report: Report) -> bool:
    return not (report.lines or report.unmanaged or report.wrong or report.unknown)


def _listed(lines: Sequence[str], most: int | None) -> str:
    shown = "".join(f"- {reports.plain(line)}\n" for line in lines[:most])
    if most is None or len(lines) <= most:
        return shown
    return f"{shown}- and {len(lines) - most} more, in the report of the run\n"
