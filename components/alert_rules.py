"""Alert rules that the cluster's Prometheus evaluates."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.arguments import Problem, checked, refusals, shown
from systems import kubernetes as rules
from systems import prometheus

KIND = ("monitoring.coreos.com/v1", "PrometheusRule")


class AlertRulesArgs(TypedDict):
    """Rule files and the Prometheus that evaluates them."""

    namespace: pulumi.Input[str]
    """The namespace of the objects."""
    labels: dict[str, pulumi.Input[str]]
    """Labels of the objects. Prometheus selects objects by label and ignores all others."""
    files: dict[str, list[dict[str, Any]]]
    """Rule groups by file name, as Prometheus' rule files have them under `groups`."""
    alert_labels: NotRequired[dict[str, str]]
    """Labels added to every alert. `AlertRouting` recognises the platform's alerts by them."""
    object_prefix: NotRequired[str]
    """What the objects' names start with; by default the component's name and a dash."""


class AlertRules(pulumi.ComponentResource):
    """
    One PrometheusRule for each file.

    Prometheus selects these objects by label; an object without it is never evaluated, and no
    error is reported.
    """

    alert_names: pulumi.Output[list[str]]
    """The names of all alerts, sorted."""

    def __init__(
        self,
        name: str,
        args: AlertRulesArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the rules of *args* under *name*."""
        args = checked("AlertRules", name, AlertRulesArgs, args, lambda a: _problems(name, a))
        super().__init__("waqiti:index:AlertRules", name, {}, opts)

        for file, groups in sorted(args["files"].items()):
            kubernetes.apiextensions.CustomResource(
                f"{name}-{file}",
                api_version=KIND[0],
                kind=KIND[1],
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=_object_name(name, file, args),
                    namespace=args["namespace"],
                    labels=args["labels"],
                ),
                spec={"groups": [_labelled(group, args) for group in groups]},
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.alert_names = pulumi.Output.from_input(sorted(_alerts(args)))
        self.register_outputs({"alert_names": self.alert_names})


def _problems(name: str, args: AlertRulesArgs) -> Iterator[Problem]:
    if not args["labels"]:
        yield "labels", "none: pass the labels that Prometheus selects rules by"
    for file, groups in args["files"].items():
        object_name = _object_name(name, file, args)
        yield from refusals(f"files.{file}", rules.check_subdomain, object_name)
        for index, group in enumerate(groups):
            path = f"files.{file}[{index}]"
            if isinstance(group.get("name"), str) and isinstance(group.get("rules"), (list, tuple)):
                yield from _text_problems(path, group["rules"])
            else:
                yield path, "a group has a `name` and `rules`: add them"


def _text_problems(path: str, group: Iterable[Any]) -> Iterator[Problem]:
    """Yield the labels and annotations that would make Prometheus drop the whole file."""
    for index, rule in enumerate(group):
        if not isinstance(rule, Mapping):
            yield f"{path}.rules[{index}]", f"{shown(rule)} is not a map: pass a rule"
            continue
        for part in ("labels", "annotations"):
            for key, text in (rule.get(part) or {}).items():
                if "alert" in rule and isinstance(text, str):
                    for fault in prometheus.template_faults(text):
                        yield f"{path}.rules[{index}].{part}.{key}", f"{shown(text)}: {fault}"


def _labelled(group: Mapping[str, Any], args: AlertRulesArgs) -> dict[str, Any]:
    labels = args.get("alert_labels", {})
    if not labels:
        return dict(group)
    return {
        **group,
        "rules": [
            {**rule, "labels": {**rule.get("labels", {}), **labels}} if "alert" in rule else rule
            for rule in group["rules"]
        ],
    }


def _object_name(name: str, file: str, args: AlertRulesArgs) -> str:
    return f"{args.get('object_prefix', f'{name}-')}{file}"


def _alerts(args: AlertRulesArgs) -> Iterator[str]:
    for groups in args["files"].values():
        for group in groups:
            for rule in group["rules"]:
                if "alert" in rule:
                    yield rule["alert"]
