"""AlertRouting declares a configuration without secret values, and an ExternalSecret."""

import json
import re

from components import AlertRouting
from components.alert_routing.configuration import as_yaml, configuration
from tests.components.routing_arguments import HEARTBEAT, KEYS, URL, arguments


def test_another_generation_of_the_pager_s_key_is_another_spec(deploy):
    pager = arguments()["pager"]
    specs = [
        deploy(
            lambda of=generation: AlertRouting(
                "routing", arguments(pager=pager | {"key_generation": of})
            )
        ).of_type("kubernetes:external-secrets.io/v1:ExternalSecret")["routing-configuration"][
            "spec"
        ]
        for generation in (1, 2)
    ]

    template = specs[1]["target"]["template"]
    assert template["metadata"] == {"annotations": {"key-generation": "2"}}
    template["metadata"] = {"annotations": {"key-generation": "1"}}
    assert specs[1] == specs[0]


def test_one_object_has_the_configuration_and_the_names_of_the_secrets(deploy):
    plan = deploy(lambda: AlertRouting("routing", arguments()))

    assert plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret") == {
        "routing-configuration": {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {
                "name": "routing",
                "namespace": "monitoring",
                "annotations": {
                    "pulumi.com/waitFor": "condition=Ready",
                    "pulumi.com/timeoutSeconds": "60",
                },
            },
            "spec": {
                "refreshInterval": "5m",
                "secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"},
                "target": {
                    "name": "routing",
                    "creationPolicy": "Owner",
                    "template": {
                        "engineVersion": "v2",
                        "metadata": {"annotations": {"key-generation": "1"}},
                        "data": {
                            "alertmanager.yaml": as_yaml(
                                configuration(arguments(), "routing", URL)
                            ),
                            "messages.tmpl": (
                                '{{ "{{" }} define "a" {{ "}}" }}{{ "{{" }} end {{ "}}" }}'
                            ),
                            **{key: f"{{{{ .{key} }}}}" for key in KEYS},
                        },
                    },
                },
                "data": [
                    {"secretKey": key, "remoteRef": {"key": path, "property": key}}
                    for key, path in KEYS.items()
                ],
            },
        }
    }


def test_the_configuration_reads_every_key_of_the_secret_and_no_other():
    text = json.dumps(configuration(arguments(), "routing", URL))

    read = re.findall('/etc/alertmanager/([^"]+)', text)
    assert {path.rpartition("/")[0] for path in read} == {"secrets/routing"}
    assert {path.rpartition("/")[2] for path in read} == {*KEYS, "messages.tmpl"}


def test_a_preview_shows_the_configuration_as_alertmanager_reads_it():
    """The text has no template braces, so a preview shows what Alertmanager reads."""
    assert "{{" not in as_yaml(configuration(arguments(), "routing", URL))


def test_the_pager_also_posts_to_the_critical_channel():
    _, pager, *_ = configuration(arguments(), "routing", URL)["receivers"]

    files = "/etc/alertmanager/secrets/routing"
    assert pager == {
        "name": "pager",
        "pagerduty_configs": [
            {
                "url": URL,
                "routing_key_file": f"{files}/integration_key",
                "severity": "critical",
                "send_resolved": True,
            }
        ],
        "slack_configs": [
            {
                "api_url_file": f"{files}/urgent_webhook",
                "channel": "#urgent",
                "send_resolved": True,
            }
        ],
    }


def test_the_whole_configuration_notifies_only_of_alerts_with_the_labels():
    config = configuration(arguments(), "routing", URL)

    (ours,) = config["route"].pop("routes")
    (nobody, *_) = config["receivers"]
    assert (config["route"]["receiver"], nobody) == ("nobody", {"name": "nobody"})
    assert ours["matchers"] == ['platform="shop"', 'stack="blue"']
    assert ours["receiver"] == "slack-other"
    assert [route["receiver"] for route in ours["routes"]] == [
        "pager",
        "slack-urgent",
        "slack-other",
    ]


def test_a_page_waits_only_if_an_inhibition_can_mute_it():
    (ours,) = configuration(arguments(), "routing", URL)["route"]["routes"]

    assert ours["routes"][0] == {
        "receiver": "pager",
        "matchers": ['severity="critical"'],
        "group_wait": "1s",
        "group_interval": "1m",
        "repeat_interval": "4h",
        "continue": True,
        "routes": [{"matchers": ['alertname=~"B|C"'], "group_wait": "10s"}],
    }


def test_alerts_that_a_label_sets_apart_are_neither_grouped_nor_muted_by_others():
    config = configuration(arguments(apart=["test_id"]), "routing", URL)

    (rule,) = config["inhibit_rules"]
    assert config["route"]["group_by"] == ["alertname", "service", "test_id"]
    assert rule["equal"] == ["service", "test_id"]
    assert rule["source_matchers"][-1] == 'service!=""'  # an alert without it mutes as before


def test_a_source_without_a_label_that_is_compared_mutes_nothing():
    (rule,) = configuration(arguments(), "routing", URL)["inhibit_rules"]

    ours = ['platform="shop"', 'stack="blue"']
    assert rule == {
        "source_matchers": [*ours, 'alertname="A"', 'service!=""'],
        "target_matchers": [*ours, 'alertname=~"B|C"'],
        "equal": ["service"],
    }


def test_added_routes_match_only_alerts_with_the_labels(deploy):
    plan = deploy(
        lambda: AlertRouting("routing", arguments(added=True, messages="", apart=["test_id"]))
    )

    (added,) = plan.of_type("kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig").values()
    ours = [
        {"name": "platform", "value": "shop", "matchType": "="},
        {"name": "stack", "value": "blue", "matchType": "="},
    ]

    def webhook(name):
        return {
            "apiURL": {"name": "routing", "key": f"{name}_webhook"},
            "channel": f"#{name}",
            "sendResolved": True,
        }

    def equal(name, value, kind="="):
        return {"name": name, "value": value, "matchType": kind}

    assert added["spec"] == {
        "route": {
            "receiver": "slack-other",
            "matchers": ours,
            "groupBy": ["alertname", "service", "test_id"],
            "groupWait": "30s",
            "groupInterval": "5m",
            "repeatInterval": "12h",
            "routes": [
                {
                    "receiver": "pager",
                    "matchers": [equal("severity", "critical")],
                    "groupWait": "1s",
                    "groupInterval": "1m",
                    "repeatInterval": "4h",
                    "continue": True,
                    "routes": [
                        {
                            "receiver": "pager",
                            "matchers": [equal("alertname", "B|C", "=~")],
                            "groupWait": "10s",
                        }
                    ],
                },
                {
                    "receiver": "slack-urgent",
                    "matchers": [
                        equal("slack_channel", "urgent"),
                        equal("severity", "critical", "!="),
                    ],
                },
                {"receiver": "slack-other", "matchers": [equal("slack_channel", "other")]},
            ],
        },
        "inhibitRules": [
            {
                "sourceMatch": [*ours, equal("alertname", "A"), equal("service", "", "!=")],
                "targetMatch": [*ours, equal("alertname", "B|C", "=~")],
                "equal": ["service", "test_id"],
            }
        ],
        "receivers": [
            {
                "name": "pager",
                "pagerdutyConfigs": [
                    {
                        "url": URL,
                        "routingKey": {"name": "routing", "key": "integration_key"},
                        "severity": "critical",
                        "sendResolved": True,
                    }
                ],
                "slackConfigs": [webhook("urgent")],
            },
            {"name": "slack-urgent", "slackConfigs": [webhook("urgent")]},
            {"name": "slack-other", "slackConfigs": [webhook("other")]},
        ],
    }


def test_the_heartbeat_goes_to_its_address_and_nowhere_else():
    config = configuration(arguments(heartbeat=HEARTBEAT), "routing", URL)

    assert config["route"]["routes"][0]["routes"][0] == {
        "receiver": "heartbeat",
        "matchers": ['alertname="AlwaysFires"'],
        "group_wait": "0s",
        "group_interval": "1m",
        "repeat_interval": "1m",
    }
    url = "/etc/alertmanager/secrets/routing/heartbeat_url"
    webhook = {"url_file": url, "send_resolved": False}
    assert config["receivers"][1] == {"name": "heartbeat", "webhook_configs": [webhook]}


def test_an_added_heartbeat_reads_its_address_from_the_secret(deploy):
    plan = deploy(lambda: AlertRouting("routing", arguments(heartbeat=HEARTBEAT, added=True)))

    (keys,) = plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret").values()
    (added,) = plan.of_type("kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig").values()
    assert added["spec"]["route"]["routes"][0] == {
        "receiver": "heartbeat",
        "matchers": [{"name": "alertname", "value": "AlwaysFires", "matchType": "="}],
        "groupWait": "0s",
        "groupInterval": "1m",
        "repeatInterval": "1m",
    }
    webhook = {"urlSecret": {"name": "routing", "key": "heartbeat_url"}, "sendResolved": False}
    assert added["spec"]["receivers"][0] == {"name": "heartbeat", "webhookConfigs": [webhook]}
    assert keys["spec"]["data"][-1] == {
        "secretKey": "heartbeat_url",
        "remoteRef": {"key": "outside", "property": "heartbeat_url"},
    }


def test_with_added_routes_the_secret_has_the_keys_only(deploy):
    plan = deploy(lambda: AlertRouting("routing", arguments(added=True)))

    (keys,) = plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret").values()
    assert set(keys["spec"]["target"]["template"]["data"]) == set(KEYS)


def test_two_routings_in_one_namespace_do_not_collide(deploy):
    def program():
        AlertRouting("blue", arguments(added=True))
        AlertRouting("green", arguments(added=True))

    plan = deploy(program)

    objects = [
        (resource.type, resource.inputs["metadata"]["name"])
        for resource in plan.resources
        if resource.type.startswith("kubernetes:")
    ]
    assert len(objects) == len(set(objects)) == 4
