"""The alert rules that the cluster's Prometheus evaluates."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from catalog.rules import RuleFiles
from settings import MonitoringSettings

KIND = ("monitoring.coreos.com/v1", "PrometheusRule")


@dataclass(frozen=True, kw_only=True)
class AlertRulesArgs:
    """
    What `AlertRules` needs.

    Args:
        files: Rule files by name.
        monitoring: The Prometheus that is to take them.
    """

    files: RuleFiles
    monitoring: MonitoringSettings


class AlertRules(pulumi.ComponentResource):
    """
    One PrometheusRule for each file.

    Prometheus takes an object by its label `release`; one without it is never evaluated, and
    nothing says so.
    """

    alert_names: tuple[str, ...]

    def __init__(
        self,
        name: str,
        args: AlertRulesArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the rules of *args* under *name*."""
        super().__init__("waqiti:kubernetes:AlertRules", name, {}, opts)

        for file, rules in sorted(args.files.items()):
            kubernetes.apiextensions.CustomResource(
                f"{name}-{file}",
                api_version=KIND[0],
                kind=KIND[1],
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=f"waqiti-{file}",
                    namespace=args.monitoring.namespace,
                    labels={"release": args.monitoring.release},
                ),
                spec=rules.applied(args.monitoring.runbook_base_url),
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.alert_names = tuple(
            sorted(rule.alert for rules in args.files.values() for rule in rules.rules)
        )
        self.register_outputs({"alert_names": list(self.alert_names)})
