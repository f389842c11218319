"""The arguments of `AlertRouting`."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict

import pulumi

from components.alerting_secrets import SecretKeyArgs
from components.arguments import Problem
from systems import alertmanager


class PagerArgs(TypedDict):
    """PagerDuty, which is paged for critical alerts."""

    events_url: pulumi.Input[str]
    """The URL of the Events API v2."""
    integration_key: SecretKeyArgs
    """Where Vault has the integration key."""
    key_generation: NotRequired[int]
    """The number of the integration key; the cluster reads the key of a new number at once."""


class ChannelArgs(TypedDict):
    """A Slack channel; alerts select it by their label `slack_channel`."""

    channel: str
    """The channel's name in Slack, with `#`."""
    webhook: SecretKeyArgs
    """Where Vault has the channel's incoming webhook."""


class InhibitionArgs(TypedDict):
    """While the source fires, the target is not notified."""

    source: list[str]
    """Matchers of the alert that mutes, in Alertmanager's form."""
    target: list[str]
    """Matchers of the alerts that are muted."""


class AlertRoutingArgs(TypedDict):
    """Receivers, routes, and the Alertmanager that takes them."""

    namespace: pulumi.Input[str]
    """The namespace of Alertmanager."""
    secret_store: pulumi.Input[str]
    """The ClusterSecretStore that reads Vault."""
    pager: PagerArgs
    """The receiver of alerts with `severity="critical"`."""
    channels: dict[str, ChannelArgs]
    """Slack channels by the value of the alerts' label `slack_channel`."""
    critical_channel: str
    """The channel, by its key in `channels`, that also receives what pages."""
    default_channel: str
    """The channel, by its key in `channels`, of alerts without `slack_channel`."""
    inhibitions: NotRequired[list[InhibitionArgs]]
    """Pairs of alerts that are one outage."""
    same: NotRequired[list[str]]
    """Labels that identify one thing: grouping and inhibition compare them."""
    messages: NotRequired[str]
    """Templates that replace Alertmanager's own texts."""
    object_name: NotRequired[str]
    """The name of the objects; by default the component's name."""
    only_stack: NotRequired[str | None]
    """
    Add routes for alerts with this value of the label `stack` to the company's own configuration,
    as an AlertmanagerConfig. By default the component declares the whole configuration.
    """


def problems(args: AlertRoutingArgs) -> Iterator[Problem]:
    """Yield what Alertmanager would refuse, or would silently send nowhere."""
    for argument, channel in {
        "critical_channel": args["critical_channel"],
        "default_channel": args["default_channel"],
    }.items():
        if channel not in args["channels"]:
            yield argument, f"{channel!r} is not in channels: add it there or correct it"
    for key, channel_args in args["channels"].items():
        if not channel_args["channel"].startswith("#"):
            yield f"channels.{key}.channel", f"{channel_args['channel']!r}: start it with `#`"
    for index, inhibition in enumerate(args.get("inhibitions", [])):
        for side in ("source", "target"):
            if not inhibition[side]:
                yield f"inhibitions[{index}].{side}", "no matcher: an empty list matches everything"
    for fault in alertmanager.template_faults(args.get("messages", "")):
        yield "messages", fault
    if len(files := secret_keys(args)) < len(args["channels"]) + 1:
        yield "channels", f"two receivers share one of the keys {sorted(files)}: rename one"


def secret_keys(args: AlertRoutingArgs) -> dict[str, str]:
    """Return the path in Vault of every secret that a receiver reads, by its key."""
    secrets = [args["pager"]["integration_key"]]
    secrets += [channel["webhook"] for channel in args["channels"].values()]
    return {secret["key"]: secret["path"] for secret in secrets}
