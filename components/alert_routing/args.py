"""The arguments of `AlertRouting`."""

import re
from collections.abc import Iterator, Sequence
from typing import NotRequired, TypedDict

import pulumi

from components.alerting_secrets import SecretKeyArgs
from components.arguments import Problem
from systems import alertmanager

# A label's name, an operator, and the value in quotes.
_MATCHER = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"([^"\\]*)"')


class PagerArgs(TypedDict):
    """PagerDuty, which is paged for critical alerts."""

    events_url: pulumi.Input[str]
    """The URL of the Events API v2."""
    integration_key: SecretKeyArgs
    """Where Vault has the integration key."""
    details: NotRequired[dict[str, str]]
    """Further details of every page, such as a link."""
    key_generation: NotRequired[int]
    """The number of the integration key; the cluster reads the key of a new number at once."""


class ChannelArgs(TypedDict):
    """A Slack channel; alerts select it by their label `slack_channel`."""

    channel: str
    """The channel's name in Slack, with `#`."""
    webhook: SecretKeyArgs
    """Where Vault has the channel's incoming webhook."""


class HeartbeatArgs(TypedDict):
    """A service outside of the cluster, which notifies people when an alert stops to arrive."""

    alert: str
    """The name of an alert that always fires."""
    url: SecretKeyArgs
    """Where Vault has the address that Alertmanager sends it to."""


class InhibitionArgs(TypedDict):
    """While the source fires, the target is not notified if it has the same values of `same`."""

    source: list[str]
    """Matchers of the alert that mutes, in Alertmanager's form."""
    target: list[str]
    """Matchers of the alerts that are muted; at least one is positive (`=`, `=~`)."""


class AlertRoutingArgs(TypedDict):
    """Receivers, routes, and the Alertmanager that takes them."""

    namespace: pulumi.Input[str]
    """The namespace of Alertmanager."""
    secret_store: pulumi.Input[str]
    """The ClusterSecretStore that reads Vault."""
    alert_labels: dict[str, str]
    """Labels that every alert of the platform has, and no other alert; only these are routed."""
    pager: NotRequired[PagerArgs]
    """The receiver of alerts with `severity="critical"`; by default nobody is paged."""
    channels: dict[str, ChannelArgs]
    """Slack channels by the value of the alerts' label `slack_channel`; none: nothing is posted."""
    critical_channel: str
    """The channel, by its key in `channels`, that also receives what pages."""
    default_channel: str
    """The channel, by its key in `channels`, of alerts without `slack_channel`."""
    heartbeat: NotRequired[HeartbeatArgs]
    """The receiver of the alert that always fires; by default none."""
    inhibitions: NotRequired[list[InhibitionArgs]]
    """Pairs of alerts that are one outage."""
    same: NotRequired[list[str]]
    """Labels that identify one thing: grouping and inhibition compare them. An alert without one of
    them mutes nothing."""
    apart: NotRequired[list[str]]
    """Labels that few alerts have, such as test alerts. Alerts that differ in one of them are never
    one: grouping and inhibition compare them, too. An alert without them mutes as before."""
    messages: NotRequired[str]
    """Templates that replace Alertmanager's own texts."""
    object_name: NotRequired[str]
    """The name of the objects; by default the component's name."""
    added: NotRequired[bool]
    """
    Whether the routes are added to the company's own configuration, as an AlertmanagerConfig. By
    default the component declares the whole configuration.
    """


def problems(args: AlertRoutingArgs) -> Iterator[Problem]:
    """Yield what Alertmanager would refuse, or would silently send nowhere."""
    for argument, channel in {
        "critical_channel": args["critical_channel"],
        "default_channel": args["default_channel"],
    }.items():
        if args["channels"] and channel not in args["channels"]:
            yield argument, f"{channel!r} is not in channels: add it there or correct it"
    for key, channel_args in args["channels"].items():
        if not channel_args["channel"].startswith("#"):
            yield f"channels.{key}.channel", f"{channel_args['channel']!r}: start it with `#`"
    yield from _label_problems(args["alert_labels"])
    for index, inhibition in enumerate(args.get("inhibitions", [])):
        yield from _matcher_problems(f"inhibitions[{index}].source", inhibition["source"])
        yield from _matcher_problems(f"inhibitions[{index}].target", inhibition["target"])
    for fault in alertmanager.template_faults(args.get("messages", "")):
        yield "messages", fault
    if "pager" not in args and not args["channels"]:
        yield "channels", "none, and no pager: pass one, or nobody learns of an alert"
    receivers = len(args["channels"]) + len({"pager", "heartbeat"} & args.keys())
    if len(files := secret_keys(args)) < receivers:
        yield "channels", f"two receivers share one of the keys {sorted(files)}: rename one"


def parsed(matcher: str) -> tuple[str, str, str]:
    """Return name, operator and value of a matcher that `problems` accepted."""
    found = _MATCHER.fullmatch(matcher.strip())
    if found is None:
        raise ValueError(matcher)
    return found[1], found[2], found[3]


def _label_problems(labels: dict[str, str]) -> Iterator[Problem]:
    if not labels:
        yield "alert_labels", "none: pass a label that only your alerts have, else all are routed"
    for name, value in labels.items():
        if not value or not _MATCHER.fullmatch(f'{name}="{value}"'):
            yield (
                f"alert_labels.{name}",
                f"{value!r}: use a label's name, and a value without quotes",
            )


def _matcher_problems(path: str, matchers: Sequence[str]) -> Iterator[Problem]:
    wrong = [matcher for matcher in matchers if not _MATCHER.fullmatch(matcher.strip())]
    for matcher in wrong:
        yield path, f'{matcher!r} is no matcher: write it as label="value"'
    if not matchers:
        yield path, "no matcher: an empty list matches everything"
    elif not wrong and all(parsed(matcher)[1].startswith("!") for matcher in matchers):
        yield path, "matches every alert but some: name the alerts with = or =~"


def secret_keys(args: AlertRoutingArgs) -> dict[str, str]:
    """Return the path in Vault of every secret that a receiver reads, by its key."""
    secrets = [args["pager"]["integration_key"]] if "pager" in args else []
    secrets += [channel["webhook"] for channel in args["channels"].values()]
    if "heartbeat" in args:
        secrets.append(args["heartbeat"]["url"])
    return {secret["key"]: secret["path"] for secret in secrets}
