"""What Prometheus scrapes and probes."""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.arguments import Problem, checked, refusals, shown
from systems import addresses
from systems import kubernetes as names
from systems.prometheus import seconds

_VERSION = "monitoring.coreos.com/v1"
KINDS = ((_VERSION, "ServiceMonitor"), (_VERSION, "Probe"))

_NAME_LABEL = "app.kubernetes.io/name"


class ScrapingArgs(TypedDict):
    """Services of one namespace, and the Prometheus that observes them."""

    namespace: pulumi.Input[str]
    """The namespace of the objects."""
    labels: dict[str, pulumi.Input[str]]
    """Labels of the objects. Prometheus selects objects by label and ignores all others."""
    services_namespace: str
    """The namespace of the services."""
    services: list[str]
    """The names of the Services. Each has its name in the label `app.kubernetes.io/name`, too."""
    port: int
    """The port of the Services and of their pods."""
    metrics_path: str
    """The path of the metrics."""
    health_path: str
    """The path that answers 2xx while a service is healthy."""
    prober: str
    """The blackbox exporter (`host:port`), which has the module `http_2xx`."""
    interval: NotRequired[str]
    """The time between two scrapes or probes; by default `15s`."""
    object_name: NotRequired[str]
    """The name of the objects; by default the component's name."""


class Scraping(pulumi.ComponentResource):
    """
    A ServiceMonitor and a Probe for all services; nothing, as long as there is no service.

    prometheus-operator adds the labels `namespace` and `service` to every series of a
    ServiceMonitor. The Probe gives its series the same two.
    """

    targets: pulumi.Output[list[str]]
    """The addresses that are probed."""

    def __init__(
        self,
        name: str,
        args: ScrapingArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the scraping of *args* under *name*."""
        args = checked("Scraping", name, ScrapingArgs, args, lambda a: _problems(name, a))
        super().__init__("waqiti:index:Scraping", name, {}, opts)

        targets = _targets(args)
        specs = (_service_monitor(args), _probe(args, targets)) if targets else ()
        for (version, kind), spec in zip(KINDS, specs, strict=False):
            kubernetes.apiextensions.CustomResource(
                f"{name}-{kind.lower()}",
                api_version=version,
                kind=kind,
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=args.get("object_name", name),
                    namespace=args["namespace"],
                    labels=args["labels"],
                ),
                spec=spec,
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.targets = pulumi.Output.from_input(targets)
        self.register_outputs({"targets": self.targets})


def _problems(name: str, args: ScrapingArgs) -> Iterator[Problem]:
    yield from refusals("object_name", names.check_subdomain, args.get("object_name", name))
    if not args["labels"]:
        yield "labels", "none: pass the labels that Prometheus selects its objects by"
    yield from refusals("services_namespace", names.check_label, args["services_namespace"])
    for index, service in enumerate(args["services"]):
        yield from refusals(f"services[{index}]", names.check_label, service)
    if not 1 <= args["port"] <= addresses.LARGEST_PORT:
        yield "port", f"{args['port']}: use a number from 1 to {addresses.LARGEST_PORT}"
    yield from refusals("prober", addresses.check_address, args["prober"])
    yield from refusals("interval", seconds, _interval(args))
    paths = {"metrics_path": args["metrics_path"], "health_path": args["health_path"]}
    for argument, path in paths.items():
        if not path.startswith("/"):
            yield argument, f"{shown(path)}: start it with `/`"


def _service_monitor(args: ScrapingArgs) -> dict[str, Any]:
    wanted = {"key": _NAME_LABEL, "operator": "In", "values": args["services"]}
    return {
        "namespaceSelector": {"matchNames": [args["services_namespace"]]},
        "selector": {"matchExpressions": [wanted]},
        "endpoints": [
            {
                "targetPort": args["port"],
                "path": args["metrics_path"],
                "interval": _interval(args),
            }
        ],
    }


def _probe(args: ScrapingArgs, targets: list[str]) -> dict[str, Any]:
    return {
        "interval": _interval(args),
        "module": "http_2xx",
        "prober": {"url": args["prober"]},
        "targets": {
            "staticConfig": {
                "static": targets,
                "labels": {"namespace": args["services_namespace"]},
                "relabelingConfigs": [
                    {
                        "sourceLabels": ["instance"],
                        "regex": r"http://([^.]+)\..+",
                        "targetLabel": "service",
                    }
                ],
            }
        },
    }


def _targets(args: ScrapingArgs) -> list[str]:
    place, port, path = args["services_namespace"], args["port"], args["health_path"]
    return [f"http://{service}.{place}.svc:{port}{path}" for service in args["services"]]


def _interval(args: ScrapingArgs) -> str:
    return args.get("interval", "15s")
