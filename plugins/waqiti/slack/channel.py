"""A Slack channel: created or adopted, described, and never emptied of its members."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any

from clients.failures import NoAnswerError
from clients.slack import RefusedCallError, Slack
from plugins.waqiti.failures import RefusedError
from plugins.waqiti.resource import Done, Problem, Resource
from plugins.waqiti.values import UNKNOWN, Values
from plugins.waqiti.vault import arguments
from systems import slack

_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>")
_TEXTS = ("topic", "purpose")
_METHODS = {"topic": "conversations.setTopic", "purpose": "conversations.setPurpose"}
_REMEDIES = {
    "not_authorized": "only who created it may rename it: rename it in Slack, or keep its name",
    "not_in_channel": "the app is no member: invite it in Slack with `/invite`",
    "is_archived": "it is archived, and no app can open it again: unarchive it in Slack",
    "restricted_action": "the workspace does not let apps do it: ask its administrator",
    "user_is_restricted": "the workspace does not let apps do it: ask its administrator",
    "name_taken": "another channel has the name: pass another one",
}


@contextmanager
def _explained(system: Slack, name: str) -> Iterator[None]:
    """Turn the refusals of Slack into sentences that name the channel."""
    try:
        yield
    except NoAnswerError as error:
        raise RefusedError(str(error)) from None
    except RefusedCallError as error:
        remedy = _REMEDIES.get(error.error, "read Slack's documentation of this error")
        raise RefusedError(f"{system.name} refuses #{name} ({error.error}): {remedy}") from None


def _remedy(check: Callable[[object], object]) -> Callable[[Any], str | None]:
    """Return the test of an argument by a rule of Slack's."""

    def tested(value: object) -> str | None:
        try:
            check(value)
        except ValueError as error:
            return str(error)
        return None

    return tested


_DESCRIPTION = _remedy(slack.check_description)
_REQUIRED = {"name": _remedy(slack.check_channel_name), "private": arguments.switch}
_OTHERS = {"topic": _DESCRIPTION, "purpose": _DESCRIPTION, "archive": arguments.switch}


class Channel(Resource[Slack]):
    """The resource `waqiti:slack:Channel`."""

    replaced_by = frozenset[str]()
    results = frozenset({"channel", "archived"})

    def problems(self, inputs: Values) -> Iterator[Problem]:
        yield from arguments.wrong(inputs, _REQUIRED, _OTHERS)

    def identity(self, inputs: Values) -> str:
        return str(inputs["channel"])

    def foreseen(self, inputs: Values) -> Values:
        return {"channel": UNKNOWN, "archived": False, **inputs}

    def create(self, system: Slack, inputs: Values) -> Done:
        name = inputs["name"]
        with _explained(system, name):
            try:
                made = system.call("conversations.create", name=name, is_private=inputs["private"])
            except RefusedCallError as error:
                if error.error != "name_taken":
                    raise
                found = _existing(system, inputs)
                system.report(f"#{name} exists already, and is managed from now on")
                return Done(_described(system, found, inputs))
            return Done(_described(system, made["channel"], inputs))

    def read(self, system: Slack, recorded: Values) -> Values | None:
        with _explained(system, recorded["name"]):
            try:
                found = system.call("conversations.info", channel=recorded["channel"])["channel"]
            except RefusedCallError as error:
                if error.error == "channel_not_found":
                    return None
                raise
        now = {"name": found["name"], "private": found["is_private"]}
        now |= {what: _text(found, what) for what in _TEXTS if what in recorded}
        return {**recorded, **now, "archived": found["is_archived"]}

    def update(self, system: Slack, recorded: Values, inputs: Values) -> Done:
        name = inputs["name"]
        with _explained(system, name):
            found = system.call("conversations.info", channel=recorded["channel"])["channel"]
            if found["is_archived"]:
                raise RefusedCallError("is_archived")
            if found["is_private"] != inputs["private"]:
                raise RefusedError(_kind_differs(name, private=found["is_private"]))
            if found["name"] != name:
                renamed = system.call("conversations.rename", channel=found["id"], name=name)
                found = renamed["channel"]
            return Done(_described(system, found, inputs))

    def delete(self, system: Slack, recorded: Values) -> None:
        if not recorded.get("archive"):
            return
        with _explained(system, recorded["name"]):
            try:
                system.call("conversations.archive", channel=recorded["channel"])
            except RefusedCallError as error:
                if error.error not in {"already_archived", "channel_not_found"}:
                    raise

    def drifted(self, recorded: Values, inputs: Values) -> Iterator[str]:
        del inputs
        if recorded.get("archived"):
            yield "archived"


def _existing(system: Slack, inputs: Values) -> Mapping[str, Any]:
    """Return the channel that has the name already, as far as it can be managed."""
    name, private = inputs["name"], inputs["private"]
    kind = "private_channel" if private else "public_channel"
    found = next((c for c in system.channels(kind) if c["name"] == name), None)
    if found is None:
        seen = "private" if private else "public"
        raise RefusedError(
            f"{system.name} has a channel #{name}, but the app sees no {seen} one: invite the app "
            f"to it with `/invite`, make it {seen} in Slack, or pass another name"
        )
    if found["is_archived"]:
        raise RefusedError(
            f"{system.name}: #{name} is archived and keeps its name, and no app can open it again: "
            "unarchive it in Slack and invite the app, or pass another name"
        )
    if not found["is_member"]:
        return dict(system.call("conversations.join", channel=found["id"])["channel"])
    return found


def _described(system: Slack, found: Mapping[str, Any], inputs: Values) -> Values:
    """Set the topic and the purpose that differ; return what the engine records."""
    for what in _TEXTS:
        if what in inputs and _text(found, what) != inputs[what]:
            system.call(_METHODS[what], channel=found["id"], **{what: inputs[what]})
    return {**inputs, "channel": found["id"], "archived": False}


def _text(found: Mapping[str, Any], what: str) -> str:
    # Slack may return a link as <URL> or <URL|text>, and three characters escaped.
    value = str((found.get(what) or {}).get("value") or "")
    return unescape(_LINK.sub(r"\1", value))


def _kind_differs(name: str, *, private: bool) -> str:
    if private:
        return f"#{name} is private, and Slack makes no private channel public: pass private: true"
    return (
        f"#{name} is public, and no app can make it private: change it in Slack under the settings "
        "of the channel, and run it again"
    )
