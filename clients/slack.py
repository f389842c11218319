"""Slack's Web API, by its official client."""

import os
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from clients import http
from clients.failures import NoAnswerError, cause

_ADDRESS = "https://slack.com/api/"
_PAGE = 1000
_LONGEST_WAIT_SECONDS = 600
_TOKEN = "set SLACK_BOT_TOKEN to the Bot User OAuth Token of the app"  # noqa: S105 - no token
_BAD_TOKENS = {
    "not_authed": f"gets no token: {_TOKEN}",
    "invalid_auth": f"refuses the token in SLACK_BOT_TOKEN: {_TOKEN}",
    "token_expired": f"refuses the token in SLACK_BOT_TOKEN, which has expired: {_TOKEN}",
    "token_revoked": f"refuses the token in SLACK_BOT_TOKEN, which was revoked: {_TOKEN}",
    "account_inactive": (
        "refuses the token in SLACK_BOT_TOKEN: the app was removed from the workspace, or its "
        f"token revoked: install it again, and {_TOKEN}"
    ),
}


class RefusedCallError(Exception):
    """Slack refuses a call; *error* is its documented word, such as `name_taken`."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class Slack:
    """
    One workspace, with the token of the environment.

    Args:
        url: The address of the simulator's API; by default Slack's own.
        report: Shows a sentence about progress.
        wait: Waits some seconds.
    """

    url: str | None = None
    report: Callable[[str], None] = field(default=lambda _: None)
    wait: Callable[[float], None] = time.sleep

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"Slack at {self.url}" if self.url else "Slack"

    def scopes(self) -> Sequence[str]:
        """
        Return the scopes of the token.

        Raises:
            NoAnswerError: Slack does not answer, or refuses.
        """
        headers: Mapping[str, str] = self._answer("auth.test", {}).headers
        return headers.get("x-oauth-scopes", "").split(",")

    def call(self, method: str, **arguments: object) -> Mapping[str, Any]:
        """
        Return the answer to a call; a rate limit is waited out.

        Raises:
            NoAnswerError: Slack does not answer, or refuses the token.
            RefusedCallError: Slack refuses the call for a reason of its method.
        """
        data: Mapping[str, Any] = self._answer(method, arguments).data
        return data

    def channels(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield every channel of *kind* (public_channel or private_channel) that the app sees."""
        for page in self._pages("conversations.list", types=kind):
            yield from page["channels"]

    def messages(self, channel: str, since: float) -> Iterator[Mapping[str, Any]]:
        """
        Yield the messages of the channel with the id *channel* since a Unix time, newest first.

        Raises:
            NoAnswerError: Slack does not answer, or refuses.
        """
        try:
            for page in self._pages("conversations.history", channel=channel, oldest=str(since)):
                yield from page["messages"]
        except RefusedCallError as error:
            remedy = ": invite the app to the channel" if error.error == "not_in_channel" else ""
            raise NoAnswerError(f"{self.name} refuses its messages: {error}{remedy}") from None

    def _pages(self, method: str, **arguments: object) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            page = self.call(method, limit=_PAGE, cursor=cursor, **arguments)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _answer(self, method: str, arguments: Mapping[str, object]) -> Any:  # noqa: ANN401 - its own
        waited = 0
        while True:
            try:
                return self._client.api_call(method, params=dict(arguments))
            except SlackApiError as error:
                response: Any = error.response
                seconds = _retry_after(response)
                if seconds is None or waited + seconds > _LONGEST_WAIT_SECONDS:
                    raise self._explained(method, response) from None
                self.report(f"{self.name} limits {method}: waiting {seconds} s")
                self.wait(seconds)
                waited += seconds
            except (OSError, SlackClientError) as error:
                raise NoAnswerError(f"{self.name} does not answer ({cause(error)})") from None

    @cached_property
    def _client(self) -> WebClient:
        address = f"{self.url}/api/" if self.url else _ADDRESS
        context = None
        if address.startswith("https:"):
            own = http.authorities()
            context = ssl.create_default_context(cafile=own if isinstance(own, str) else None)
        client = WebClient(
            os.environ.get("SLACK_BOT_TOKEN"), base_url=address, ssl=context, retry_handlers=[]
        )
        if http.is_loopback(address):
            client.proxy = None  # the client ignores NO_PROXY
        return client

    def _explained(self, method: str, response: Any) -> Exception:  # noqa: ANN401 - its own
        data = response.data if isinstance(response.data, dict) else {}
        error = str(data.get("error", ""))
        if error in _BAD_TOKENS:
            return NoAnswerError(f"{self.name} {_BAD_TOKENS[error]}")
        if error == "missing_scope":
            return NoAnswerError(
                f"{self.name}: the token in SLACK_BOT_TOKEN lacks the scope {data['needed']} for "
                f"{method}: add it to the app and install the app again"
            )
        if response.status_code == 429:  # noqa: PLR2004 - its own name
            return NoAnswerError(
                f"{self.name} still limits {method} after {_LONGEST_WAIT_SECONDS} s: run it again "
                "later"
            )
        if response.status_code != 200 or not error:  # noqa: PLR2004 - its own name
            return NoAnswerError(f"{self.name} answers {response.status_code} to {method}")
        return RefusedCallError(error)


def _retry_after(response: Any) -> int | None:  # noqa: ANN401 - the client's own
    if response.status_code != 429:  # noqa: PLR2004 - its own name
        return None
    headers = {name.lower(): value for name, value in response.headers.items()}
    return int(headers.get("retry-after", "1"))
