"""A stack lists the services that run; the alert rules read their series and no others."""

from dataclasses import replace

import pytest

from program import wiring
from settings import ServicesSettings
from tests.conftest import stack_settings
from tests.settings.copied_folders import report


@pytest.mark.parametrize(
    ("deployed", "problem"),
    [
        (["payment-svc"], "services.deployed.0: no service of catalog/metrics.yaml: use one of "),
        (["payment-service"] * 2, "services.deployed: 'payment-service' is there twice: remove"),
        ("payment-service", "services.deployed: not a list: write one"),
    ],
)
def test_a_service_that_no_metric_names_is_refused(deployed, problem):
    name, found = report("prod", services={"deployed": deployed})

    assert name == "Pulumi.prod.yaml is not valid:"
    assert found.startswith(problem)


def test_a_namespace_that_the_backup_s_rules_do_not_read_is_refused():
    assert report("prod", legal_storage={"namespace": "law"}) == [
        "Pulumi.prod.yaml is not valid:",
        (
            "legal_storage.namespace: the alert rules of catalog/metrics.yaml read another "
            "namespace: use legal (got 'law')"
        ),
    ]


def test_a_stack_records_the_services_that_it_lists():
    settings = stack_settings("prod")
    few = settings.services.model_copy(update={"deployed": ("payment-service",)})

    (group,) = wiring.alert_rules(replace(settings, services=few))["files"]["deployed"]

    assert group["rules"] == [
        {
            "record": "waqiti:service_deployed",
            "expr": "vector(1)",
            "labels": {"service": "payment-service"},
        }
    ]


def test_a_stack_without_services_records_none():
    settings = replace(stack_settings("prod"), services=ServicesSettings(deployed=(), port=8080))

    assert sorted(wiring.alert_rules(settings)["files"]) == sorted(settings.alert_rules)
