"""Report the checks of a pull request, and what it changes in committed plans and dashboards."""

import argparse
import re
import subprocess
from collections.abc import Sequence
from pathlib import PurePath

from clients.failures import NoAnswerError
from waqiti.pipeline import reports

HELP = "write the results of checks, and the changed plans and dashboards, to reports/"
_GOLDEN = "tests/golden"
_MOST = 50_000  # characters; a comment may have 65,536


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--base", required=True, help="the commit to compare with")
    parser.add_argument(
        "--result", action="append", default=[], metavar="CHECK=OUTCOME", help="of one check"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0."""
    base = arguments.base
    dashboards = _git("diff", "--name-only", "--diff-filter=d", base, "--", "dashboards/*.json")
    is_stale = bool(_git("diff", "--name-only", "HEAD", "--", _GOLDEN))
    text = markdown(
        dict(result.partition("=")[::2] for result in arguments.result),
        _git("diff", base, "--", _GOLDEN),
        [PurePath(path).stem for path in dashboards.split()],
        is_stale=is_stale,
    )
    reports.write("checks.md", text)
    reports.publish(text)
    return 0


def markdown(
    results: dict[str, str], golden: str, dashboards: Sequence[str], *, is_stale: bool
) -> str:
    """
    Return the report.

    Args:
        results: The outcome of each check, by name.
        golden: The difference of the expected plans.
        dashboards: The names of the changed dashboards.
        is_stale: Whether the expected plans are not those of the program.
    """
    rows = "".join(f"| `make {check}` | {outcome} |\n" for check, outcome in results.items())
    parts = [f"### Checks\n\n| check | result |\n| --- | --- |\n{rows}"]
    if is_stale:
        parts.append(f"`{_GOLDEN}` is out of date: run `make golden`, and commit it.\n")
    parts.append(_golden(golden))
    if dashboards:
        names = ", ".join(f"`{name}`" for name in dashboards)
        where = f"the artifact `pictures` of {reports.run_url()}"
        parts.append(f"Changed dashboards: {names}. Their pictures are in {where}\n")
    return "\n".join(parts)


def _golden(difference: str) -> str:
    if not difference:
        return "The expected plans do not change.\n"
    cut = ""
    if len(difference) > _MOST:
        difference = difference[:_MOST].rpartition("\n")[0] + "\n"
        cut = "\nThe difference is longer: read it in the changed files.\n"
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", difference)), default=0))
    return f"The expected plans change:\n{fence}diff\n{difference}{fence}\n{cut}"


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 - the user's own, from PATH
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoAnswerError(f"`git {' '.join(arguments)}` failed: {' '.join(done.stderr.split())}")
    return done.stdout
