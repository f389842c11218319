"""Post a report as a comment of the pull request, in the place of the one before."""

import argparse

from clients.github import own_repository
from waqiti.pipeline import reports

HELP = "post a report as the pull request's comment about a stack, in place"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("about", help="the report: a stack, or `checks`")
    parser.add_argument("--pull-request", required=True, metavar="NUMBER")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0."""
    about = arguments.about
    text = reports.read(f"{about}.md") or _missing(about)
    marker = f"<!-- waqiti: {about} -->"
    print(own_repository().put_comment(arguments.pull_request, marker, text))
    return 0


def _missing(about: str) -> str:
    """Return a text that replaces the comment of an earlier commit, which is out of date."""
    return f"### {about}: no report\n\nA step before it failed: {reports.run_url()}\n"
