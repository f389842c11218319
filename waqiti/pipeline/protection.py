"""Refuse an `up` that nobody has to approve."""

import argparse
import sys

from clients.github import own_repository

HELP = "refuse if GitHub's environment of a stack has no required reviewers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 if nobody has to approve."""
    # GitHub creates an environment that a workflow names and nobody created, without protection.
    if own_repository().has_required_reviewers(arguments.stack):
        return 0
    print(
        f"error: the environment {arguments.stack} has no required reviewers, so nobody approved "
        "this plan: add them in the settings of the repository",
        file=sys.stderr,
    )
    return 2
