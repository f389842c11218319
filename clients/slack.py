"""Slack's Web API, through the official client."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from clients.failures import NoAnswerError, cause

_PAGE = 200
_SECONDS = 10


class Slack:
    """
    One workspace, with the token of the environment.

    Args:
        api_url: The address of the API, if it is not Slack's own.
    """

    def __init__(self, api_url: str | None = None) -> None:
        """Make a client; nothing is asked yet."""
        url = f"{api_url.rstrip('/')}/api/" if api_url else WebClient.BASE_URL
        token = os.environ.get("SLACK_BOT_TOKEN", "")
        self._client = WebClient(token, url, timeout=_SECONDS)
        self.name = f"Slack at {api_url}" if api_url else "Slack"

    def channels(self) -> Mapping[str, str]:
        """
        Return the id of each channel that the token sees, by name.

        Raises:
            NoAnswerError: Slack does not answer, or refuses.
        """
        found = self._pages("conversations.list", types="public_channel,private_channel")
        return {channel["name"]: channel["id"] for page in found for channel in page["channels"]}

    def messages(self, channel: str, since: float) -> Sequence[Mapping[str, Any]]:
        """
        Return the messages of the channel with the id *channel* since a Unix time, newest first.

        Raises:
            NoAnswerError: Slack does not answer, or refuses.
        """
        found = self._pages("conversations.history", channel=channel, oldest=f"{since:.6f}")
        return [message for page in found for message in page["messages"]]

    def _pages(self, method: str, **arguments: str) -> Sequence[Mapping[str, Any]]:
        pages: list[Mapping[str, Any]] = []
        cursor = ""
        while True:
            words = {**arguments, "limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
            page = self._ask(method, words)
            pages.append(page)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return pages

    def _ask(self, method: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            answer = self._client.api_call(method, params=dict(arguments))
        except SlackApiError as error:
            raise NoAnswerError(f"{self.name} refuses {method}: {_reason(error)}") from None
        except (OSError, SlackClientError) as error:
            raise NoAnswerError(f"{self.name} does not answer ({cause(error)})") from None
        found: Mapping[str, Any] = answer.validate().data if isinstance(answer.data, dict) else {}
        return found


def _reason(error: SlackApiError) -> str:
    answer = error.response
    if answer.status_code == 429:  # noqa: PLR2004 - Too Many Requests
        return f"too many requests: try again in {answer.headers.get('Retry-After', 'some')} s"
    scope = answer.get("needed")
    reasons = {
        "invalid_auth": "set SLACK_BOT_TOKEN to the bot token of the app",
        "not_authed": "set SLACK_BOT_TOKEN to the bot token of the app",
        "token_revoked": "the token in SLACK_BOT_TOKEN is revoked: install the app again",
        "missing_scope": f"the app lacks the scope {scope}: add it, and install it again",
        "not_in_channel": "invite the app to the channel",
    }
    code = answer.get("error", "an unknown error")
    return f"{code}: {reasons[code]}" if code in reasons else str(code)
