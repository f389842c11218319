"""The issues, pull requests and comments of one repository."""

from typing import Any

from sandbox.simulators.github.answers import Refusal, invalid
from sandbox.simulators.github.users import User
from sandbox.simulators.simulation import Simulation
from sandbox.simulators.store import Store

_LONGEST = 65_536  # characters of a body
_STATES = ("open", "closed")

Json = dict[str, Any]


class Repository(Simulation):
    """
    One repository.

    Args:
        store: The store of its state.
        url: The address of the API.
        name: Its owner and name.
    """

    def __init__(self, store: Store, url: str, name: str) -> None:
        super().__init__(store)
        self.url, self.name = url, name

    def issues(self, state: str, labels: set[str]) -> list[Json]:
        """Return the issues and pull requests that have *labels*, the newest first."""
        wanted = _STATES if state == "all" else (state,)
        return [
            issue
            for issue in reversed(self.store.every("issue"))
            if issue["state"] in wanted and labels <= {label["name"] for label in issue["labels"]}
        ]

    def comments(self, number: str) -> list[Json]:
        """Return the comments of an issue or pull request, the oldest first."""
        self.issue(number)
        return [one for one in self.store.every("comment") if one["issue"] == number]

    def issue(self, number: str) -> Json:
        """Return an issue or a pull request."""
        return self._found("issue", number)

    def create_issue(self, user: User, body: Json, *, is_pull_request: bool = False) -> Json:
        """Create an issue or a pull request."""
        if not isinstance(body.get("title"), str) or not body["title"]:
            raise invalid("Issue", "title", "missing_field")
        _require(user, is_pull_request=is_pull_request)
        number = len(self.store.every("issue")) + 1
        place = "pull" if is_pull_request else "issues"
        issue = {
            "id": str(number),
            "number": number,
            "title": body["title"],
            "body": _text("Issue", body),
            "state": "open",
            "state_reason": None,
            "user": user.shown(),
            "labels": [{"name": name} for name in body.get("labels", [])],
            "created_at": self.now().isoformat(),
            "html_url": f"{self.url}/{self.name}/{place}/{number}",
        }
        if is_pull_request:
            issue["pull_request"] = {"html_url": issue["html_url"]}
        self.store.put("issue", issue)
        return issue

    def change_issue(self, user: User, number: str, body: Json) -> Json:
        """Change the title, the body or the state of an issue."""
        issue = self.issue(number)
        _require(user, is_pull_request="pull_request" in issue)
        if body.get("state", "open") not in _STATES:
            raise invalid("Issue", "state")
        issue |= {key: body[key] for key in ("title", "state") if key in body}
        if "body" in body:
            issue["body"] = _text("Issue", body)
        issue["state_reason"] = "completed" if issue["state"] == "closed" else None
        self.store.put("issue", issue)
        return issue

    def create_comment(self, user: User, number: str, body: Json) -> Json:
        """Create a comment."""
        issue = self.issue(number)
        _require(user, is_pull_request="pull_request" in issue)
        identity = len(self.store.every("comment")) + 1
        comment = {
            "id": str(identity),
            "issue": number,
            "body": _text("IssueComment", body, required=True),
            "user": user.shown(),
            "html_url": f"{issue['html_url']}#issuecomment-{identity}",
        }
        self.store.put("comment", comment)
        return comment

    def change_comment(self, user: User, identity: str, body: Json) -> Json:
        """Change the body of a comment."""
        comment = self._found("comment", identity)
        _require(user, is_pull_request="pull_request" in self.issue(comment["issue"]))
        comment["body"] = _text("IssueComment", body, required=True)
        self.store.put("comment", comment)
        return comment

    def environment(self, user: User, name: str) -> Json:
        """Return an environment with its protection rules."""
        if "actions" not in user.permissions:
            raise Refusal(403)
        return self._found("environment", name)

    def protect(self, name: str, reviewers: list[str]) -> Json:
        """Create an environment, or replace its rules; without reviewers it has none."""
        people = [{"type": "User", "reviewer": {"login": login}} for login in reviewers]
        rule = {"id": 1, "type": "required_reviewers", "reviewers": people}
        environment = {"id": name, "name": name, "protection_rules": [rule] if people else []}
        self.store.put("environment", environment)
        return environment

    def _found(self, kind: str, identity: str) -> Json:
        found = self.store.find(kind, identity)
        if found is None:
            raise Refusal(404)
        return found


def _require(user: User, *, is_pull_request: bool) -> None:
    permission = "pull-requests" if is_pull_request else "issues"
    if permission not in user.permissions:
        raise Refusal(403)


def _text(resource: str, body: Json, *, required: bool = False) -> str | None:
    text = body.get("body")
    if text is None and not required:
        return None
    if not isinstance(text, str) or not text or len(text) > _LONGEST:
        raise invalid(resource, "body")
    return text
