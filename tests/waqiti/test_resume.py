"""A pending operation of a killed `up` is resumed under the id that follows from its inputs."""

from typing import Any

from waqiti.resume import settle
from waqiti.state import existing

TOPIC = "urn:pulumi:prod::waqiti::waqiti:index:KafkaTopics$kafka:index/topic:Topic::topics-orders"
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
    urn = f"urn:pulumi:prod::waqiti::waqiti:index:KafkaTopics${token}::topics-orders"
    return {"type": kind, "resource": {"urn": urn, "type": token, "inputs": inputs}}


def test_a_topic_and_an_acl_are_resumed_under_their_ids():
    deployment: dict[str, Any] = {"resources": []}
    operations = [
        pending("creating", "kafka:index/topic:Topic", {"name": "orders"}),
        pending("creating", "kafka:index/acl:Acl", ACL_INPUTS),
    ]

    reported = [settle(operation, deployment) for operation in operations]

    assert [resource["id"] for resource in deployment["resources"]] == [
        "orders",
        "User:shop|*|Write|Allow|Topic|orders|Literal",
    ]
    assert reported[0] == (
        "kafka:index/topic:Topic topics-orders: creating was cut off; "
        "the refresh reads whether it exists"
    )


def test_a_resource_in_the_state_is_not_resumed_twice():
    deployment = {"resources": [{"urn": TOPIC, "id": "orders"}]}

    reported = settle(
        pending("creating", "kafka:index/topic:Topic", {"name": "orders"}), deployment
    )

    assert deployment == {"resources": [{"urn": TOPIC, "id": "orders"}]}
    assert reported.endswith("the refresh reads what it came to")


def test_an_interrupted_update_is_left_to_the_refresh():
    deployment: dict[str, Any] = {"resources": []}

    reported = settle(
        pending("updating", "kafka:index/topic:Topic", {"name": "orders"}), deployment
    )

    assert deployment == {"resources": []}
    assert reported.endswith("updating was cut off; the refresh reads what it came to")


def test_a_secret_is_resumed_under_its_path():
    deployment: dict[str, Any] = {"resources": []}
    inputs = {"mount": "secret", "name": "alerting/pagerduty"}

    settle(pending("creating", "vault:kv/secretV2:SecretV2", inputs), deployment)

    assert [r["id"] for r in deployment["resources"]] == ["secret/data/alerting/pagerduty"]


def test_a_folder_and_a_dashboard_are_resumed_under_their_uids():
    deployment: dict[str, Any] = {"resources": []}
    inputs = {
        "grafana:oss/folder:Folder": {"uid": "waqiti", "title": "Waqiti"},
        "grafana:oss/dashboard:Dashboard": {"configJson": '{"title":"Orders","uid":"orders"}'},
    }

    for token, given in inputs.items():
        settle(pending("creating", token, given), deployment)

    assert [r["id"] for r in deployment["resources"]] == ["0:waqiti", "0:orders"]


def test_a_resource_without_a_derivable_id_is_reported_to_the_operator():
    deployment: dict[str, Any] = {"resources": []}

    reported = settle(pending("creating", "other:index/thing:Thing", {}), deployment)

    assert deployment == {"resources": []}
    assert reported == (
        "other:index/thing:Thing topics-orders: creating was cut off and it may exist unknown to "
        "Pulumi: look for it, and delete it or `pulumi import` it"
    )


def test_existing_resources_are_listed_without_components_and_providers():
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
