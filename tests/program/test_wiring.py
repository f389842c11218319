"""The arguments that this company's stacks pass to the components."""

import json
from dataclasses import replace

import pytest

from program import wiring
from settings import InvalidSettingsError, Settings, load_settings
from tests.conftest import ROOT, STACKS, stack_config, stack_settings

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
    everywhere = ["alerting/slack", "audit-reconciliation/kafka"]
    vendors = [f"external/{v}" for v in ("jumio", "ofac", "plaid", "sendgrid", "stripe", "twilio")]
    legal = ["legal-documents/backup", "legal-documents/officer"]
    assert sorted(wanted) == [*heartbeat, *everywhere, *vendors, *legal]
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


def switched(stack: str, **off: object) -> Settings:
    config = {key: json.dumps(value) for key, value in stack_config(stack).items()}
    for section in off:
        values = json.loads(config[f"waqiti:{section}"])
        config[f"waqiti:{section}"] = json.dumps(values | {"enabled": False})
    return load_settings(stack, config)


def test_without_slack_nothing_is_posted_and_nothing_is_required():
    settings = switched("staging", slack=False)
    routing = wiring.alert_routing(settings)
    secrets = wiring.alerting_secrets(settings, None)

    assert wiring.slack_channels(settings) == {"channels": {}}
    assert (routing["channels"], "pager" in routing) == ({}, True)
    assert "alerting/slack" not in settings.operator_provided
    assert list(secrets["variables"]) == ["PAGERDUTY_INTEGRATION_KEY"]
    assert secrets["switches"] == {"PAGERDUTY_ENABLED": True, "SLACK_ENABLED": False}


def test_without_the_pager_nobody_is_paged_and_no_key_is_written():
    settings = switched("staging", pagerduty=False)
    routing = wiring.alert_routing(settings)
    secrets = wiring.alerting_secrets(settings, wiring.integration_key(None))

    assert wiring.paging(settings) is None
    assert ("pager" in routing, len(routing["channels"])) == (False, 4)
    assert (secrets["secrets"], "PAGERDUTY_INTEGRATION_KEY" in secrets["variables"]) == ({}, False)
    assert secrets["switches"] == {"PAGERDUTY_ENABLED": False, "SLACK_ENABLED": True}


def test_prod_pages_and_no_stack_is_without_both():
    with pytest.raises(InvalidSettingsError, match="prod pages: write true"):
        switched("prod", pagerduty=False)
    with pytest.raises(InvalidSettingsError, match="nobody would learn of an alert"):
        switched("staging", pagerduty=False, slack=False)


def test_the_channels_have_the_stack_s_names_and_the_link_of_incidents(settings):
    prefix = settings.monitoring.slack_channel_prefix
    channels = wiring.slack_channels(settings)["channels"]

    assert {c["name"]: c["private"] for c in channels.values()} == {
        f"{prefix}critical": False,
        f"{prefix}fraud": True,
        f"{prefix}compliance": True,
        f"{prefix}engineering": False,
    }
    assert {c["topic"] for c in channels.values()} == {
        f"Incidents: {settings.monitoring.runbook_base_url}/incident.md"
    }


def test_a_war_room_is_one_more_channel_without_alerts(settings):
    account = settings.slack.model_copy(update={"war_room": True})
    with_room = replace(settings, slack=account)
    room = wiring.slack_channels(with_room)["channels"]["war-room"]

    assert room["name"] == f"{settings.monitoring.slack_channel_prefix}war-room"
    assert "war-room" not in wiring.alert_routing(with_room)["channels"]
