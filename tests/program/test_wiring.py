"""The arguments that this company's stacks pass to the components."""

from dataclasses import replace

import pytest

from program import wiring
from tests.conftest import ROOT, STACKS, stack_settings

PAGE = (ROOT / "runbooks/vault-secrets.md").read_text()


@pytest.fixture(scope="module", params=STACKS)
def settings(request):
    return stack_settings(request.param)


def test_only_a_stack_with_a_heartbeat_declares_its_rule_and_its_receiver(settings):
    on = settings.monitoring.heartbeat

    assert ("heartbeat" in wiring.alert_rules(settings)["files"]) is on
    assert ("heartbeat" in wiring.alert_routing(settings)) is on
    assert on is (settings.environment == "prod")


def test_services_and_alertmanager_read_the_same_secrets(settings):
    routing = wiring.alert_routing(settings)
    read = [routing["pager"]["integration_key"]]
    read += [channel["webhook"] for channel in routing["channels"].values()]

    assert list(wiring.alerting_secrets(settings, "key")["variables"].values()) == read


def test_every_variable_of_the_checklist_exists(settings):
    args = wiring.alerting_secrets(settings, "key")

    assert {*args["variables"], *args["switches"]} == {
        "PAGERDUTY_INTEGRATION_KEY",
        "PAGERDUTY_ENABLED",
        "SLACK_ENABLED",
        "SLACK_WEBHOOK_CRITICAL",
        "SLACK_WEBHOOK_FRAUD",
        "SLACK_WEBHOOK_COMPLIANCE",
        "SLACK_WEBHOOK_ENGINEERING",
    }


@pytest.mark.parametrize(
    ("region", "api_url", "url"),
    [
        ("us", None, "https://events.pagerduty.com/v2/enqueue"),
        ("eu", None, "https://events.eu.pagerduty.com/v2/enqueue"),
        ("eu", "http://127.0.0.1:1", "http://127.0.0.1:1/v2/enqueue"),
    ],
)
def test_events_go_to_the_region_of_the_account(region, api_url, url):
    staging = stack_settings("staging")
    account = staging.pagerduty.model_copy(update={"service_region": region, "api_url": api_url})

    routing = wiring.alert_routing(replace(staging, pagerduty=account))
    assert routing["pager"]["events_url"] == url


def test_every_rule_has_its_severity_and_its_runbook(settings):
    base = settings.monitoring.runbook_base_url
    rules = [
        rule
        for groups in wiring.alert_rules(settings)["files"].values()
        for group in groups
        for rule in group["rules"]
        if "alert" in rule
    ]

    levels = {"critical": "SEV1", "warning": "SEV2", "info": "SEV3"}
    assert [(r["annotations"]["runbook_url"], r["annotations"]["sev"]) for r in rules] == [
        (f"{base}/{r['alert']}.md", levels[r["labels"]["severity"]]) for r in rules
    ]


def test_the_page_of_operator_provided_secrets_has_every_path_and_key(settings):
    wanted = settings.operator_provided

    heartbeat = ["alerting/heartbeat"] if settings.monitoring.heartbeat else []
    vendors = [f"external/{v}" for v in ("jumio", "ofac", "plaid", "sendgrid", "stripe", "twilio")]
    legal = ["legal-documents/backup", "legal-documents/officer"]
    assert sorted(wanted) == [*heartbeat, "alerting/slack", *vendors, *legal]
    assert [path for path in wanted if f"| `{path}` |" not in PAGE] == []
    assert [key for keys in wanted.values() for key in keys if f"`{key}`" not in PAGE] == []


def test_alerts_have_the_name_of_the_stack_and_not_of_its_environment():
    settings = replace(stack_settings("prod"), stack="prod-eu")
    labels = {"platform": "waqiti", "stack": "prod-eu"}

    assert wiring.alert_rules(settings)["alert_labels"] == labels
    assert wiring.alert_routing(settings)["alert_labels"] == labels


def test_routes_are_added_to_a_configuration_of_the_company_under_a_name_of_our_own():
    prod = stack_settings("prod")
    monitoring = prod.monitoring.model_copy(update={"added_routes": True})
    forms = [prod, replace(prod, monitoring=monitoring)]
    routings = [wiring.alert_routing(settings) for settings in forms]

    assert [(args["added"], args["object_name"]) for args in routings] == [
        (False, "alertmanager-main"),
        (True, "waqiti-routing"),
    ]
