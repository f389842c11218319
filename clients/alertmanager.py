"""Alertmanager's API, version 2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from clients import http
from clients.failures import NoAnswerError, cause


@dataclass(frozen=True)
class Alertmanager:
    """
    One Alertmanager.

    Args:
        url: Its address.
    """

    url: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"Alertmanager at {self.url}"

    def send(self, alerts: Sequence[Mapping[str, Any]]) -> None:
        """
        Send alerts, as Prometheus does.

        Raises:
            NoAnswerError: Alertmanager does not answer, or refuses an alert.
        """
        address = f"{self.url}/api/v2/alerts"
        try:
            with http.session(address) as own:
                answer = own.post(address, json=list(alerts), timeout=http.TIMEOUT_SECONDS)
        except OSError as error:  # every error of requests is one
            raise NoAnswerError(f"{self.name} does not answer ({cause(error)})") from None
        if answer.status_code != requests.codes.ok:
            raise NoAnswerError(f"{self.name} answers {answer.status_code}: {answer.text.strip()}")

    def alerts(self, label: str, pattern: str) -> Sequence[Mapping[str, Any]]:
        """
        Return the alerts whose *label* matches the regular expression *pattern*.

        Raises:
            NoAnswerError: Alertmanager does not answer.
        """
        query = {"filter": f'{label}=~"{pattern}"'}
        answer = http.get(self.name, f"{self.url}/api/v2/alerts", params=query)
        found: Sequence[Mapping[str, Any]] = http.json_of(self.name, answer)
        return found
