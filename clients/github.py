"""GitHub's REST API, as a job of a workflow uses it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from clients import http
from clients.failures import NoAnswerError, cause

_VERSION = "2022-11-28"
_PAGE = 100
_BOT = "Bot"

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Repository:
    """
    One repository, with the token of the environment.

    Args:
        address: The address of the API.
        name: Its owner and name.
    """

    address: str
    name: str

    def put_comment(self, number: str, marker: str, text: str) -> str:
        """Write the comment of pull request *number* that begins with *marker*; return its URL."""
        body = f"{marker}\n{text}"
        ours = self._ours(self._pages(f"issues/{number}/comments"), marker)
        if ours is None:
            return str(self._send("POST", f"issues/{number}/comments", {"body": body})["html_url"])
        return str(self._send("PATCH", f"issues/comments/{ours['id']}", {"body": body})["html_url"])

    def find_issue(self, label: str, marker: str) -> Json | None:
        """Return our issue with *label* whose text begins with *marker*, open or closed."""
        found = self._pages("issues", state="all", labels=label)
        return self._ours((one for one in found if "pull_request" not in one), marker)

    def create_issue(self, title: str, body: str, labels: Sequence[str]) -> Json:
        """Create an issue."""
        return self._send("POST", "issues", {"title": title, "body": body, "labels": labels})

    def change_issue(self, number: int, **values: object) -> Json:
        """Change the *values* of an issue."""
        return self._send("PATCH", f"issues/{number}", values)

    def has_required_reviewers(self, environment: str) -> bool:
        """Return whether somebody must approve each job of *environment*."""
        found = self._request("GET", self._url(f"environments/{environment}")).json()
        rules = found.get("protection_rules") or ()
        return any(one["type"] == "required_reviewers" and one["reviewers"] for one in rules)

    def _ours(self, found: Iterator[Json], marker: str) -> Json | None:
        # Anybody may write our marker: what a person wrote must never be taken for ours.
        return next(
            (
                one
                for one in found
                if one["user"]["type"] == _BOT and (one["body"] or "").startswith(marker)
            ),
            None,
        )

    def _pages(self, path: str, **query: str) -> Iterator[Json]:
        url: str | None = self._url(path)
        parameters: Mapping[str, str] | None = {**query, "per_page": str(_PAGE)}
        while url:
            answer = self._request("GET", url, params=parameters)
            yield from answer.json()
            # The address of the next page has the query already.
            url, parameters = answer.links.get("next", {}).get("url"), None

    def _send(self, method: str, path: str, body: Json) -> Json:
        found: Json = self._request(method, self._url(path), json=body).json()
        return found

    def _url(self, path: str) -> str:
        return f"{self.address}/repos/{self.name}/{path}"

    def _request(self, method: str, url: str, **options: Any) -> requests.Response:  # noqa: ANN401 - the options of requests
        who = f"GitHub at {self.address}"
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ.get('GITHUB_TOKEN', '')}",
            "X-GitHub-Api-Version": _VERSION,
        }
        try:
            with http.session(url) as own:
                answer = own.request(
                    method, url, headers=headers, timeout=http.TIMEOUT_SECONDS, **options
                )
        except OSError as error:  # every error of requests is one
            raise NoAnswerError(f"{who} does not answer ({cause(error)})") from None
        if answer.status_code == requests.codes.unauthorized:
            raise NoAnswerError(f"{who} refuses the token: set GITHUB_TOKEN to the job's token")
        if answer.status_code in (requests.codes.forbidden, requests.codes.not_found):
            raise NoAnswerError(
                f"{who} does not let the token in GITHUB_TOKEN {method} {url}: read the job's "
                "`permissions`"
            )
        if not answer.ok:
            raise NoAnswerError(f"{who} answers {answer.status_code} {answer.reason} to {url}")
        return answer


def own_repository() -> Repository:
    """
    Return the repository of this run of a workflow.

    Raises:
        NoAnswerError: The environment is not that of a workflow.
    """
    name = os.environ.get("GITHUB_REPOSITORY")
    if not name:
        raise NoAnswerError(
            "GITHUB_REPOSITORY is not set: set it to owner/name, and GITHUB_TOKEN to a token"
        )
    return Repository(os.environ.get("GITHUB_API_URL") or "https://api.github.com", name)
