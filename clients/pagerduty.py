"""PagerDuty's REST API."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from clients import http
from clients.failures import NoAnswerError

_PAGE = 100  # the most that PagerDuty returns at once
_REGIONS = {"us": "https://api.pagerduty.com", "eu": "https://api.eu.pagerduty.com"}


@dataclass(frozen=True)
class PagerDuty:
    """
    One account, with the token of the environment.

    Args:
        api_url: The address of the API, if it is not PagerDuty's own.
        region: The region of the account; by default `us`.
    """

    api_url: str | None
    region: str | None = None

    @property
    def address(self) -> str:
        """The address of the API."""
        return self.api_url or _REGIONS[self.region or "us"]

    @property
    def name(self) -> str:
        """What messages call the account."""
        return f"PagerDuty at {self.address}"

    def get(self, path: str, **query: str) -> Mapping[str, Any] | None:
        """
        Return the document at *path*, or None if there is no such object.

        Raises:
            NoAnswerError: PagerDuty does not answer, or refuses.
        """
        headers = {
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Authorization": f"Token token={os.environ.get('PAGERDUTY_TOKEN', '')}",
        }
        answer = http.get(self.name, f"{self.address}/{path}", headers, query)
        if answer.status_code == requests.codes.not_found:
            return None
        if answer.status_code == requests.codes.unauthorized:
            raise NoAnswerError(
                f"{self.name} refuses the token: set PAGERDUTY_TOKEN to a valid REST API token"
            )
        if answer.status_code == requests.codes.forbidden:
            raise NoAnswerError(
                f"{self.name} does not let the token in PAGERDUTY_TOKEN read {path}: use a token "
                "of the whole account"
            )
        found: Mapping[str, Any] = http.json_of(self.name, answer)
        return found

    def named(self, kind: str, name: str) -> Iterator[Mapping[str, Any]]:
        """
        Yield each object of *kind*, such as `services`, whose name begins with *name*.

        Raises:
            NoAnswerError: PagerDuty does not answer, or refuses, or has more than it lists.
        """
        offset, more = 0, True
        while more:
            # It refuses pages after the 10,000th object; the query keeps other names out of them.
            page = self.get(kind, query=name, limit=str(_PAGE), offset=str(offset))
            if page is None:
                raise NoAnswerError(f"{self.name} answers 404 to {kind}: correct pagerduty.api_url")
            for found in page[kind]:
                if found["name"].casefold().startswith(name.casefold()):
                    yield found
            offset, more = offset + _PAGE, page["more"]
