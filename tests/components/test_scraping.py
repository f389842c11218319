"""Scraping declares a ServiceMonitor and a Probe, whose series have namespace and service."""

import pytest

from components import InvalidArgumentsError, Scraping


def arguments(**changes):
    return {
        "namespace": "monitoring",
        "labels": {"release": "kps"},
        "services_namespace": "shop",
        "services": ["cart", "orders"],
        "port": 8080,
        "metrics_path": "/metrics",
        "health_path": "/health",
        "prober": "blackbox.monitoring:9115",
    } | changes


def objects(deploy, **changes):
    plan = deploy(lambda: Scraping("scraping", arguments(**changes)))
    return {
        kind: plan.of_type(f"kubernetes:monitoring.coreos.com/v1:{kind}")
        for kind in ("ServiceMonitor", "Probe")
    }


def test_one_object_scrapes_and_one_probes_all_services(deploy):
    metadata = {"name": "scraping", "namespace": "monitoring", "labels": {"release": "kps"}}
    common = {"apiVersion": "monitoring.coreos.com/v1", "metadata": metadata}
    wanted = {"key": "app.kubernetes.io/name", "operator": "In", "values": ["cart", "orders"]}
    service = {"sourceLabels": ["instance"], "regex": r"http://([^.]+)\..+"}

    assert objects(deploy) == {
        "ServiceMonitor": {
            "scraping-servicemonitor": common
            | {
                "kind": "ServiceMonitor",
                "spec": {
                    "namespaceSelector": {"matchNames": ["shop"]},
                    "selector": {"matchExpressions": [wanted]},
                    "endpoints": [{"targetPort": 8080, "path": "/metrics", "interval": "15s"}],
                },
            }
        },
        "Probe": {
            "scraping-probe": common
            | {
                "kind": "Probe",
                "spec": {
                    "interval": "15s",
                    "module": "http_2xx",
                    "prober": {"url": "blackbox.monitoring:9115"},
                    "targets": {
                        "staticConfig": {
                            "static": [
                                "http://cart.shop.svc:8080/health",
                                "http://orders.shop.svc:8080/health",
                            ],
                            "labels": {"namespace": "shop"},
                            "relabelingConfigs": [service | {"targetLabel": "service"}],
                        }
                    },
                },
            }
        },
    }


def test_without_a_service_nothing_is_declared(deploy):
    assert objects(deploy, services=[]) == {"ServiceMonitor": {}, "Probe": {}}


def test_two_in_one_namespace_do_not_collide(deploy):
    def program():
        Scraping("blue", arguments())
        Scraping("green", arguments(object_name="greenery"))

    names = [
        (resource.type, resource.inputs["metadata"]["name"])
        for resource in deploy(program).resources
        if resource.type.startswith("kubernetes:")
    ]
    assert len(names) == len(set(names)) == 4


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"labels": {}},
            "labels: none: pass the labels that Prometheus selects its objects by",
        ),
        (
            {"services": ["cart", "No_Service"]},
            (
                "services[1]: 'No_Service': use 1 to 63 small letters, digits and dashes, no dash "
                "at an end"
            ),
        ),
        ({"port": 0}, "port: 0: use a number from 1 to 65535"),
        ({"prober": "blackbox"}, "prober: 'blackbox': has no port: write host:port"),
        (
            {"interval": "fast"},
            "interval: 'fast': is no duration: write a whole number and one of s, m, h, d",
        ),
        ({"health_path": "health"}, "health_path: 'health': start it with `/`"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_remedy(changes, reason):
    with pytest.raises(InvalidArgumentsError) as refused:
        Scraping("scraping", arguments(**changes))

    assert str(refused.value) == f"Scraping 'scraping' is not declared: {reason}"
