"""The alerts that a verification sends: one for each declared rule, marked as a test."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waqiti.state import State

_KIND = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
PAGES = "critical"  # the channel of everything that pages
_ALWAYS = "vector(1)"
_SERVICE = "verification"  # of a rule that takes the service from its series
LABEL = "verification_id"  # what the routing keeps apart


@dataclass(frozen=True)
class MarkedAlert:
    """
    One alert of a verification.

    Args:
        rule: The name of the rule whose labels it has.
        labels: Its labels; *LABEL* among them is different for each alert.
        annotations: Its texts, which say that it is a test.
    """

    rule: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def id(self) -> str:
        """What finds the alert again in incidents and messages."""
        return self.labels[LABEL]

    @property
    def mark(self) -> str:
        """The text that is in its incident and in its messages."""
        return _mark(self.id)

    @property
    def channels(self) -> set[str]:
        """The Slack channels that it is posted to: a page is also posted to that of pages."""
        return {self.channel, PAGES} if self.pages else {self.channel}

    @property
    def channel(self) -> str:
        """The Slack channel that it belongs to, without the stack's prefix."""
        return self.labels["slack_channel"]

    @property
    def pages(self) -> bool:
        """Whether it opens an incident."""
        return self.labels["severity"] == "critical"

    def sent(self, starts: datetime, ends: datetime) -> dict[str, Any]:
        """Return it as Alertmanager takes it."""
        return {
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
            "startsAt": starts.isoformat(),
            "endsAt": ends.isoformat(),
        }


def marked_alerts(state: State, channel: str, run: str) -> Sequence[MarkedAlert]:
    """
    Return a test alert for each declared rule of *channel*; `all` is every channel.

    Args:
        state: The state of the stack.
        channel: The value of the label `slack_channel`.
        run: What distinguishes this verification from every other.
    """
    rules = {rule["alert"]: rule for rule in _rules(state)}
    return [
        _alert(rule, f"{run}-{number}")
        for number, rule in enumerate(rules.values(), start=1)
        if channel in ("all", rule["labels"]["slack_channel"])
    ]


def _rules(state: State) -> Iterator[Mapping[str, Any]]:
    for resource in state.of_type(_KIND):
        for group in resource["inputs"]["spec"]["groups"]:
            for rule in group["rules"]:
                # The alert that always fires is the heartbeat, which goes elsewhere.
                if "alert" in rule and rule["expr"] != _ALWAYS:
                    yield rule


def _alert(rule: Mapping[str, Any], own: str) -> MarkedAlert:
    texts = rule.get("annotations") or {}
    labels = {name: _SERVICE if "{{" in value else value for name, value in rule["labels"].items()}
    kept = {name: texts[name] for name in ("sev", "runbook_url") if name in texts}
    return MarkedAlert(
        rule["alert"],
        {"alertname": rule["alert"], **labels, LABEL: own},
        {
            **kept,
            "summary": f"{_mark(own)}: nothing is wrong",
            "description": "`waqiti verify` sent this alert and will resolve it.",
        },
    )


def _mark(own: str) -> str:
    return f"Test {own} of the alert path"
