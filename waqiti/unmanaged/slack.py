"""Channels with the stack's prefix that the stack does not declare."""

from collections.abc import Iterator

from clients.failures import NoAnswerError
from clients.slack import RefusedCallError, Slack
from grants.declared import channel_prefixes
from waqiti.unmanaged.thing import Stack, Thing

_KIND = "waqiti:slack:Channel"


def unmanaged(stack: Stack) -> Iterator[Thing]:
    """
    Yield each open channel that has the stack's prefix and is not declared.

    A private channel is seen only by its members: without the app, nobody can know of it.

    Raises:
        NoAnswerError: Slack does not answer, or refuses.
    """
    prefix = stack.section("monitoring")["slack_channel_prefix"]
    # `waqiti-` begins the names of `waqiti-staging-`, too, whose channels are another stack's.
    others = tuple(p for p in channel_prefixes() if p != prefix and p.startswith(prefix))
    declared = {resource["outputs"]["channel"] for resource in stack.state.of_type(_KIND)}
    workspace = Slack(stack.section("slack").get("api_url"))
    for kind in ("public_channel", "private_channel"):
        try:
            for channel in workspace.channels(kind):
                name = channel["name"]
                is_ours = name.startswith(prefix) and not name.startswith(others)
                if is_ours and channel["id"] not in declared and not channel["is_archived"]:
                    yield Thing("Slack channel", name)
        except RefusedCallError as error:
            raise NoAnswerError(f"{workspace.name} refuses its channels: {error}") from None
