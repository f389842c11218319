"""Alertmanager must run the declared configuration."""

import copy
import re
from typing import Any

import pytest
import yaml

from tests.waqiti.states import provider, resource, state
from tests.web_answers import answering
from waqiti.verify.alertmanager import differences

KUBERNETES = provider("kubernetes", context="prod")
DECLARED = {
    "templates": ["/etc/alertmanager/secrets/main/messages.tmpl"],
    "route": {
        "receiver": "slack",
        "group_wait": "60s",
        "routes": [{"receiver": "pager", "matchers": ['severity="critical"', 'b="1"']}],
    },
    "receivers": [
        {"name": "pager", "pagerduty_configs": [{"url": "https://events", "a": "{{x}}"}]}
    ],
}
RUNNING = {
    "global": {"resolve_timeout": "5m"},
    "templates": ["/elsewhere/secrets/main/messages.tmpl"],
    "route": {
        "receiver": "slack",
        "group_wait": "1m",
        "continue": False,
        "routes": [{"receiver": "pager", "matchers": ['b="1"', 'severity="critical"']}],
    },
    "receivers": [
        {
            "name": "pager",
            "pagerduty_configs": [{"url": "https://events", "a": "{{x}}", "client": "default"}],
        }
    ],
}


def found(running):
    # As the component escapes it for External Secrets, which fills in templates.
    text = re.sub(r"\{\{|\}\}", lambda braces: f'{{{{ "{braces[0]}" }}}}', yaml.safe_dump(DECLARED))
    data = {"alertmanager.yaml": text}
    kind = "kubernetes:external-secrets.io/v1:ExternalSecret"
    with_it, without = (
        resource(KUBERNETES, kind, identity, inputs={"spec": {"target": target}})
        for identity, target in {
            "monitoring/main": {"template": {"data": data}},
            "legal/keys": {},
        }.items()
    )
    with answering() as web:
        config = {"original": yaml.safe_dump(running)}
        web.answers["/api/v2/status"] = (200, {"config": config})
        every = list(differences(state(KUBERNETES, with_it, without, alertmanager_url=web.url)))
    return [sentence.replace(web.url, "URL") for sentence in every]


def changed(*path, value):
    running = copy.deepcopy(RUNNING)
    place: Any = running
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return running


def test_defaults_units_order_and_mounts_are_no_difference():
    assert found(RUNNING) == []


@pytest.mark.parametrize(
    ("running", "path"),
    [
        (changed("route", "group_wait", value="2m"), "route.group_wait"),
        (changed("route", "routes", value=[]), "route.routes"),
        (
            changed("route", "routes", 0, "matchers", value=['severity="warning"', 'b="1"']),
            "route.routes[0].matchers",
        ),
        (changed("receivers", 0, "name", value="other"), "receivers[0].name"),
        (changed("templates", value=["/elsewhere/secrets/other/messages.tmpl"]), "templates"),
        (
            changed("receivers", 0, "pagerduty_configs", 0, "a", value="{{ y }}"),
            "receivers[0].pagerduty_configs[0].a",
        ),
    ],
)
def test_another_value_is_reported_by_its_path(running, path):
    assert found(running) == [
        (
            f"Alertmanager at URL runs another {path} than monitoring/main declares: wait for its "
            "operator, or read its log"
        )
    ]


def test_the_first_configuration_of_a_server_is_another_one():
    first = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}

    assert [sentence.split()[5] for sentence in found(first)] == [
        "receivers[0].name",
        "receivers[0].pagerduty_configs",
        "route.group_wait",
        "route.receiver",
        "route.routes",
        "templates",
    ]


def test_each_receiver_of_the_added_form_is_merged_under_the_name_of_its_object():
    kind = "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig"
    spec = {"receivers": [{"name": "pager"}, {"name": "slack-critical"}]}
    added = resource(KUBERNETES, kind, "monitoring/routes", inputs={"spec": spec})
    merged = [{"name": "ours"}, {"name": "monitoring/routes/pager"}, {"name": "slack-critical"}]
    with answering() as web:
        config = {"original": yaml.safe_dump({"receivers": merged})}
        web.answers["/api/v2/status"] = (200, {"config": config})
        found = list(differences(state(KUBERNETES, added, alertmanager_url=web.url)))

    assert found == [
        (
            f"Alertmanager at {web.url} does not run the receiver slack-critical of "
            "monitoring/routes: select the object with alertmanagerConfigSelector, or read the "
            "operator's log"
        )
    ]
