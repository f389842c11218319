"""
Keep one message in Slack about the drift of a stack.

It is posted once and updated afterwards. Nothing happens while the drift stays the same, or while a
stack that never drifted has none.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clients.failures import NoAnswerError
from clients.slack import RefusedCallError, Slack
from waqiti.report import Report

_MOST = 20  # lines of each kind: Slack shows a longer message only after a click
_DAYS = 90  # a message that is older is buried in its channel, so a new one is posted
_REMEDIES = {
    "channel_not_found": ": invite the app to the channel",
    "not_in_channel": ": invite the app to the channel",
    "is_archived": ": name a channel that is not archived",
}


def publish(stack: str, report: Report, workspace: Slack, channel: str, now: float) -> None:
    """
    Show *report* in the channel called *channel*.

    Args:
        stack: The stack of the report.
        report: What `waqiti drift` found.
        workspace: The workspace, with a token that may read the channel and write to it.
        channel: The name of the channel; it may begin with `#`.
        now: The Unix time.

    Raises:
        NoAnswerError: Slack does not answer, refuses, or shows no such channel.
    """
    marker = f"Drift of {stack}"
    body = "\n".join(_lines(stack, report))
    # Slack changes the text of a message, such as its links, so texts cannot be compared.
    first = f"{marker} ({hashlib.sha256(body.encode()).hexdigest()[:12]})"
    text = f"{first}\n{body}"
    place = _channel(workspace, channel.removeprefix("#"))
    message = _message(workspace, place, f"{marker} (", now)
    is_clean = not (report.lines or report.unmanaged or report.unknown or report.wrong)
    if message is None:
        if not is_clean:
            _call(workspace, "chat.postMessage", channel=place, text=text, unfurl_links=False)
    elif not message["text"].startswith(first):
        _call(workspace, "chat.update", channel=place, ts=message["ts"], text=text)


def _lines(stack: str, report: Report) -> Iterator[str]:
    sections: Sequence[tuple[str, Sequence[str]]] = (
        ("It differs from what Pulumi wrote:", report.lines),
        ("No resource of the stack declares these objects:", report.unmanaged),
        ("These files are wrong:", report.wrong),
        ("Could not tell whether there is more:", report.unknown),
    )
    if not any(lines for _, lines in sections):
        yield f"{stack} has no drift."
    for title, lines in sections:
        if lines:
            yield title
            yield from (f"• {_escaped(line)}" for line in lines[:_MOST])
            if len(lines) > _MOST:
                yield f"• and {len(lines) - _MOST} more: run `waqiti drift {stack}`"


def _channel(workspace: Slack, name: str) -> str:
    """Return the id of the channel called *name*."""
    for kind in ("public_channel", "private_channel"):
        for found in workspace.channels(kind):
            if found["name"] == name:
                return str(found["id"])
    raise NoAnswerError(
        f"{workspace.name} shows the app no channel #{name}: correct the name, or invite the app"
    )


def _message(workspace: Slack, channel: str, marker: str, now: float) -> Mapping[str, Any] | None:
    """Return our newest message that begins with *marker*, or None."""
    ours = workspace.call("auth.test")["user_id"]
    for message in workspace.messages(channel, now - _DAYS * 24 * 60 * 60):
        if message.get("user") == ours and str(message.get("text")).startswith(marker):
            return message
    return None


def _call(workspace: Slack, method: str, **arguments: object) -> None:
    try:
        workspace.call(method, **arguments)
    except RefusedCallError as error:
        remedy = _REMEDIES.get(error.error, "")
        raise NoAnswerError(f"{workspace.name} refuses {method}: {error}{remedy}") from None


def _escaped(text: str) -> str:
    """Return *text* so that Slack shows it as it is, and notifies nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
