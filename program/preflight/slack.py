"""Slack must accept the token, and its app must have the scopes that the channels need."""

from collections.abc import Iterator, Sequence

from clients.slack import Slack


def problems(url: str | None, needed: Sequence[str], command: str) -> Iterator[str]:
    """
    Yield the scopes that the token in SLACK_BOT_TOKEN lacks.

    Args:
        url: The address of a simulator; None for Slack.
        needed: The scopes that the channels of the plan need.
        command: What prints the manifest of the app.

    Raises:
        NoAnswerError: Slack does not answer, or refuses.
    """
    system = Slack(url)
    if lacking := sorted(set(needed) - set(system.scopes())):
        yield (
            f"{system.name}: the token in SLACK_BOT_TOKEN lacks {', '.join(lacking)}: give the "
            f"app the manifest that `{command}` prints, and install it again"
        )
