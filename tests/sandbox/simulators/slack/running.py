"""The simulator in its own process, and its clients."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.sandbox.simulators.processes import running

Json = dict[str, Any]

MONDAY = "2026-01-05T09:00:00+00:00"
CRITICAL = "/services/TSANDBOX/BCRITICAL/oneSecret0123456789abcde"
FRAUD = "/services/TSANDBOX/BFRAUD/otherSecret0123456789abc"
WEBHOOKS = f"waqiti-local-critical public {CRITICAL}\nwaqiti-local-fraud private {FRAUD}\n"

BOT, USER, CONFIGURATION = "xoxb-bot", "xoxp-administrator", "xoxe.xoxp-configuration"
LESS = "xoxb-less"  # of an app that may read public channels only
_BOT_SCOPES = (
    "channels:manage,channels:read,channels:join,channels:history,groups:write,groups:read,"
    "groups:history,chat:write"
)
_USER_SCOPES = "channels:write,channels:read,groups:write,groups:read,chat:write"
TOKENS = (
    f"bot UBOT {_BOT_SCOPES} {BOT}\n"
    f"bot ULESS channels:read {LESS}\n"
    f"user UADMIN {_USER_SCOPES} {USER}\n"
    f"configuration UADMIN app_configurations:write {CONFIGURATION}\n"
)


@dataclass(frozen=True, kw_only=True)
class Simulator:
    url: str
    log: Path
    process: subprocess.Popen[str]
    session: requests.Session

    def ask(self, method: str, path: str, **request: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}{path}", timeout=10, **request)

    def official(self, webhook: str) -> WebhookClient:
        client = WebhookClient(f"{self.url}{webhook}")
        client.proxy = None  # the client uses the environment's proxy and ignores its exceptions
        return client

    def api(self, token: str | None = BOT) -> WebClient:
        """Return the official client of the Web API."""
        client = WebClient(token, base_url=f"{self.url}/api/", retry_handlers=[])
        client.proxy = None
        return client

    def error(self, token: str | None, method: str, **arguments: Any) -> Json:
        """Return the answer to a call that Slack refuses, without `ok`."""
        with pytest.raises(SlackApiError) as refused:
            self.api(token).api_call(method, json=arguments)
        answer = dict(refused.value.response.data)
        assert answer.pop("ok") is False
        return answer

    def channel(self, name: str) -> str:
        """Return the id of a channel that the administrator sees."""
        types = "public_channel,private_channel"
        listed = self.api(USER).conversations_list(types=types, limit=1000)["channels"]
        return str(next(each["id"] for each in listed if each["name"] == name))

    def start_anew(self) -> None:
        """Reset the simulator, and set its clock to a Monday morning."""
        self.ask("POST", "/sandbox/reset").raise_for_status()
        self.ask("PUT", "/sandbox/clock", json={"now": MONDAY}).raise_for_status()

    def messages(self) -> list[tuple[str, Json]]:
        """Return (channel, payload) of each message so far."""
        listed = self.ask("GET", "/sandbox/messages").json()["messages"]
        return [(message["channel"], message["payload"]) for message in listed]


@contextmanager
def started(folder: Path) -> Iterator[Simulator]:
    """Run the simulator with its state in *folder*; stop it afterwards if it still runs."""
    (folder / "webhooks").write_text(WEBHOOKS)
    (folder / "tokens").write_text(TOKENS)
    options = [f"--webhook-file={folder / 'webhooks'}", f"--token-file={folder / 'tokens'}"]
    with running("slack", folder, *options) as (url, process), requests.Session() as session:
        session.trust_env = False  # no proxy for loopback
        yield Simulator(url=url, log=folder / "log", process=process, session=session)
