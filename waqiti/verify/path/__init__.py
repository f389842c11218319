"""
Verify the alert path: send marked test alerts, and look whether each arrives once and ends.

Each alert has the labels of a declared rule and a `verification_id`, which the routing keeps apart:
no real alert is grouped with it, or muted by it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from clients.alertmanager import Alertmanager
from clients.failures import NoAnswerError
from clients.pagerduty import PagerDuty
from clients.slack import Slack
from waqiti.state import State, config, export
from waqiti.verify.path import judging
from waqiti.verify.path.alerts import LABEL, MarkedAlert, marked_alerts
from waqiti.verify.path.arrivals import Arrivals, Places, Service
from waqiti.verify.path.result import Result

_SERVICE = "pagerduty:index/service:Service"
_KINDS = ("public_channel", "private_channel")
_POLL_SECONDS = 1
# A channel waits 30 s for the first message of a group, and 5 min for the next one.
BEGIN_SECONDS, END_SECONDS = 75, 345
# If nobody ends an alert, it ends by itself.
_LASTS = timedelta(minutes=15)
_SKEW = timedelta(minutes=1)  # of the systems' clocks

Show = Callable[[str], None]
Done = Callable[[MarkedAlert, Arrivals, set[str]], bool]


def alerts_of(state: State, channel: str) -> Sequence[MarkedAlert]:
    """Return the test alerts of a new verification of *channel*, or of `all` channels."""
    return marked_alerts(state, channel, uuid4().hex[:8])


def read_state(stack: str) -> State:
    """Return the state and the config of *stack*, with secrets encrypted."""
    return State(export(stack), config(stack))


def pages_people(state: State) -> bool:
    """Return whether critical alerts of the stack page people."""
    return _service(state) is not None


def verify_path(state: State, alerts: Sequence[MarkedAlert], show: Show) -> Sequence[Result]:
    """
    Send each alert twice, end it, and return what came of it.

    Args:
        state: The state of the stack.
        alerts: What to send.
        show: Takes a line about the progress.

    Raises:
        NoAnswerError: A system does not answer, so nothing is known.
    """
    url = state.monitoring_address("alertmanager_url", "the alert path")
    manager = Alertmanager(url)
    began = datetime.now(UTC)
    places = _places(state, alerts, began - _SKEW)
    channels = set(places.channels)
    places.look(alerts)  # nothing is sent before every system has answered
    try:
        _send(manager, alerts, began, began + _LASTS)
        show(f"sent {len(alerts)} test alerts; waiting until they have arrived")
        _wait(places, alerts, judging.has_begun, BEGIN_SECONDS)
        muted = _muted(manager, alerts)
        _send(manager, alerts, began, began + _LASTS)  # the same alert again is no other incident
    finally:
        ended = datetime.now(UTC)
        _send(manager, alerts, began, ended)
    show("sent their ends; waiting until they have arrived")
    found = _wait(places, alerts, judging.has_ended, END_SECONDS)
    return [
        _result(alert, found[alert.id], channels, (began, ended), muted.get(alert.id))
        for alert in alerts
    ]


def _places(state: State, alerts: Sequence[MarkedAlert], since: datetime) -> Places:
    slack = _slack(state)
    return Places(
        _service(state),
        slack,
        _channels(state, slack, alerts) if slack else {},
        since,
    )


def _service(state: State) -> Service | None:
    """Return the service in PagerDuty; none if nothing pages through it."""
    for service in state.of_type(_SERVICE):
        provider = state.provider(service)
        account = PagerDuty(provider.get("apiUrlOverride"), provider.get("serviceRegion"))
        return Service(account, service["id"])
    return None


def _slack(state: State) -> Slack | None:
    section = state.settings["waqiti:slack"]
    return Slack(section.get("api_url")) if section["enabled"] else None


def _channels(state: State, slack: Slack, alerts: Sequence[MarkedAlert]) -> Mapping[str, str]:
    ids = {one["name"]: one["id"] for kind in _KINDS for one in slack.channels(kind)}
    prefix = state.settings["waqiti:monitoring"]["slack_channel_prefix"]
    wanted = sorted({channel for alert in alerts for channel in alert.channels})
    if missing := [f"#{prefix}{one}" for one in wanted if f"{prefix}{one}" not in ids]:
        raise NoAnswerError(
            f"{slack.name} shows no channel {', '.join(missing)} to the token in SLACK_BOT_TOKEN: "
            "create it, or invite the app to it"
        )
    return {name: ids[f"{prefix}{name}"] for name in wanted}


def _send(
    manager: Alertmanager, alerts: Sequence[MarkedAlert], starts: datetime, ends: datetime
) -> None:
    manager.send([alert.sent(starts, ends) for alert in alerts])


def _wait(
    places: Places, alerts: Sequence[MarkedAlert], is_done: Done, seconds: float
) -> Mapping[str, Arrivals]:
    """Look until every alert is where it must be, or *seconds* have passed."""
    deadline = time.monotonic() + seconds
    while True:
        found = places.look(alerts)
        done = all(is_done(alert, found[alert.id], set(places.channels)) for alert in alerts)
        if done or time.monotonic() >= deadline:
            return found
        time.sleep(_POLL_SECONDS)


def _muted(manager: Alertmanager, alerts: Sequence[MarkedAlert]) -> Mapping[str, str]:
    """Return why Alertmanager notifies nobody of an alert, by the alert's id."""
    pattern = "|".join(alert.id for alert in alerts)
    return {
        found["labels"][LABEL]: (
            "Alertmanager silences it: remove the silence"
            if found["status"]["silencedBy"]
            else "another alert mutes it in Alertmanager"
        )
        for found in manager.alerts(LABEL, pattern)
        if found["status"]["state"] == "suppressed"
    }


def _result(
    alert: MarkedAlert,
    found: Arrivals,
    channels: set[str],
    sent: tuple[datetime, datetime],
    muted: str | None,
) -> Result:
    began, ended = (moment.timestamp() for moment in sent)
    opened = [one.at.timestamp() - began for one in found.incidents or ()]
    posted = [one.at - began for one in found.messages if not one.is_end]
    ends = [one.at - ended for one in found.messages if one.is_end]
    return Result(
        alert.rule,
        alert.channel,
        max(0.0, min(opened)) if opened else None,
        max(posted, default=None),
        max(ends, default=None),
        [*([muted] if muted else []), *judging.problems(alert, found, channels)],
    )
