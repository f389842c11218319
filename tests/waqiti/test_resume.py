"""What a killed `up` left pending is taken up under the id that its inputs give."""

from typing import Any

from waqiti.resume import settle
from waqiti.state import existing

TOPIC = "urn:pulumi:prod::waqiti::waqiti:kafka:Topics$kafka:index/topic:Topic::topics-orders"
ACL_INPUTS = {
    "aclPrincipal": "User:shop",
    "aclHost": "*",
    "aclOperation": "Write",
    "aclPermissionType": "Allow",
    "aclResourceType": "Topic",
    "aclResourceName": "orders",
    "resourcePatternTypeFilter": "Literal",
}


def pending(kind, token, inputs):
    urn = f"urn:pulumi:prod::waqiti::waqiti:kafka:Topics${token}::topics-orders"
    return {"type": kind, "resource": {"urn": urn, "type": token, "inputs": inputs}}


def test_a_topic_and_an_acl_are_taken_up_under_their_ids():
    deployment: dict[str, Any] = {"resources": []}
    operations = [
        pending("creating", "kafka:index/topic:Topic", {"name": "orders"}),
        pending("creating", "kafka:index/acl:Acl", ACL_INPUTS),
    ]

    told = [settle(operation, deployment) for operation in operations]

    assert [resource["id"] for resource in deployment["resources"]] == [
        "orders",
        "User:shop|*|Write|Allow|Topic|orders|Literal",
    ]
    assert told[0] == (
        "kafka:index/topic:Topic topics-orders: creating was cut off; "
        "the refresh reads whether it exists"
    )


def test_what_is_in_the_state_already_is_not_taken_up_twice():
    deployment = {"resources": [{"urn": TOPIC, "id": "orders"}]}

    told = settle(pending("creating", "kafka:index/topic:Topic", {"name": "orders"}), deployment)

    assert deployment == {"resources": [{"urn": TOPIC, "id": "orders"}]}
    assert told.endswith("the refresh reads what it came to")


def test_an_update_that_was_cut_off_is_left_to_the_refresh():
    deployment: dict[str, Any] = {"resources": []}

    told = settle(pending("updating", "kafka:index/topic:Topic", {"name": "orders"}), deployment)

    assert deployment == {"resources": []}
    assert told.endswith("updating was cut off; the refresh reads what it came to")


def test_a_secret_is_taken_up_under_its_path():
    deployment: dict[str, Any] = {"resources": []}
    inputs = {"mount": "secret", "name": "alerting/pagerduty"}

    settle(pending("creating", "vault:kv/secretV2:SecretV2", inputs), deployment)

    assert [r["id"] for r in deployment["resources"]] == ["secret/data/alerting/pagerduty"]


def test_a_folder_and_a_dashboard_are_taken_up_under_their_uids():
    deployment: dict[str, Any] = {"resources": []}
    inputs = {
        "grafana:oss/folder:Folder": {"uid": "waqiti", "title": "Waqiti"},
        "grafana:oss/dashboard:Dashboard": {"configJson": '{"title":"Orders","uid":"orders"}'},
    }

    for token, given in inputs.items():
        settle(pending("creating", token, given), deployment)

    assert [r["id"] for r in deployment["resources"]] == ["0:waqiti", "0:orders"]


def test_a_thing_without_a_derivable_id_is_a_person_s_to_look_for():
    deployment: dict[str, Any] = {"resources": []}

    told = settle(pending("creating", "other:index/thing:Thing", {}), deployment)

    assert deployment == {"resources": []}
    assert told == (
        "other:index/thing:Thing topics-orders: creating was cut off and it may exist unknown to "
        "Pulumi: look for it, and delete it or `pulumi import` it"
    )


def test_what_exists_is_told_without_components_and_providers():
    resources = [
        {"type": "pulumi:pulumi:Stack", "urn": "s"},
        {"type": "pulumi:providers:kafka", "custom": True, "id": "p"},
        {"type": "kafka:index/topic:Topic", "custom": True, "id": "orders"},
        {"type": "kafka:index/acl:Acl", "custom": True, "id": "a"},
    ]

    assert existing({"deployment": {"resources": resources}}) == [
        ("kafka:index/acl:Acl", "a"),
        ("kafka:index/topic:Topic", "orders"),
    ]
    assert existing({"deployment": {}}) == []
