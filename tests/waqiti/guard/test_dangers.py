"""What destroys data, or weakens what protects it, is dangerous; nothing else is."""

import pytest

from tests.waqiti.pipeline.plan.previews import KV, TOPIC, preview, step, urn
from waqiti.guard.dangers import Danger, dangers
from waqiti.notation import UNKNOWN
from waqiti.pipeline.plan.reading import read_plan

ACL = "kafka:index/acl:Acl"
GRANT = "vault:index/policy:Policy"


def found(*steps):
    return list(dangers(read_plan("prod", preview(*steps))))


def topic(config=None, **inputs):
    return {"partitions": 10, "replicationFactor": 3, "config": config or {}, **inputs}


def of_a_topic(before, now):
    return found(step("update", TOPIC, "t", before, now))


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        (TOPIC, "its records are deleted"),
        (KV, "who reads the secret loses it"),
        ("waqiti:vault:GeneratedSecret", "who reads the secret loses it"),
        (
            "waqiti:slack:Channel",
            "its messages are not found any more, and its name stays taken",
        ),
        ("pagerduty:index/escalationPolicy:EscalationPolicy", "nobody is paged"),
        ("pagerduty:index/service:Service", "its incidents are deleted"),
        ("kubernetes:core/v1:PersistentVolumeClaim", "its volume is released"),
    ],
)
def test_what_has_data_is_neither_deleted_nor_replaced(kind, lost):
    deleted = found(step("delete", kind, "a", {"x": "1"}))
    replaced = found(step("replace", kind, "a", {"x": "1"}, {"x": "2"}))

    assert deleted == [Danger(urn(kind, "a"), "delete", f"it would be deleted, and {lost}")]
    assert replaced == [Danger(urn(kind, "a"), "replace", f"it would be replaced, and {lost}")]


def test_a_denial_is_kept_and_a_grant_may_go():
    lost = "whom it denies can delete records"
    deny, allow = ({"aclPermissionType": word, "aclHost": "*"} for word in ("Deny", "Allow"))

    assert found(step("delete", ACL, "a", allow)) == []
    assert found(step("delete", ACL, "a", deny)) == [
        Danger(urn(ACL, "a"), "delete", f"it would be deleted, and {lost}")
    ]
    # Which of the two is replaced is not among the inputs that differ.
    assert found(step("replace", ACL, "a", deny, deny | {"aclHost": "h"})) == [
        Danger(urn(ACL, "a"), "replace", f"it would be replaced, and {lost}")
    ]


@pytest.mark.parametrize(
    ("key", "before", "now", "follows"),
    [
        ("retention.ms", "1000", "999", "older records are deleted"),
        ("retention.ms", "-1", "1000", "older records are deleted"),
        ("retention.bytes", "-1", "1000", "older records are deleted"),
        ("min.insync.replicas", "2", "1", "a confirmed record can be lost with one broker"),
        ("cleanup.policy", "delete", "compact", "records are deleted by another rule"),
        (
            "message.timestamp.type",
            "LogAppendTime",
            "CreateTime",
            "the retention counts from another time",
        ),
        ("unclean.leader.election.enable", "false", "true", "confirmed records can be lost"),
    ],
)
def test_a_weaker_value_of_a_topic_is_dangerous_and_a_stronger_one_is_not(
    key, before, now, follows
):
    weak, strong = topic({key: now}), topic({key: before})

    assert of_a_topic(strong, weak) == [
        Danger(urn(TOPIC, "t"), f"config.{key}", f"{before} → {now}: {follows}")
    ]
    back = of_a_topic(weak, strong)
    assert back == [] or key in ("cleanup.policy", "message.timestamp.type")


@pytest.mark.parametrize(
    ("path", "before", "now"), [("partitions", 10, 9), ("replicationFactor", 3, 2)]
)
def test_fewer_partitions_or_replicas_are_dangerous_and_more_are_not(path, before, now):
    (danger,) = of_a_topic(topic(**{path: before}), topic(**{path: now}))

    assert (danger.property, danger.reason.partition(":")[0]) == (path, f"{before} → {now}")
    assert of_a_topic(topic(**{path: now}), topic(**{path: before})) == []


@pytest.mark.parametrize("now", [{}, {"retention.ms": UNKNOWN}, {"retention.ms": "soon"}])
def test_a_value_that_is_not_known_is_never_safe(now):
    (danger,) = of_a_topic(topic({"retention.ms": "1000"}), topic(now))

    assert danger.reason.endswith(
        ": the new value is not known, and with a lower one older records are deleted"
    )


def test_a_limit_where_there_was_none_is_dangerous():
    # The topic had what the brokers have, which may be more.
    (danger,) = of_a_topic(topic(), topic({"retention.ms": "1000"}))

    assert danger.reason == "nothing → 1000: older records are deleted"


@pytest.mark.parametrize("operation", ["same", "update"])
def test_the_loss_of_protection_is_dangerous_also_when_nothing_else_changes(operation):
    lost = step(operation, GRANT, "p", {"a": "1"}, {"a": "1"})
    lost["oldState"]["protect"] = True
    gained = step(operation, GRANT, "p", {"a": "1"}, {"a": "1"})
    gained["newState"]["protect"] = True

    assert found(lost) == [
        Danger(urn(GRANT, "p"), "protect", "true → false: a later change can delete the resource")
    ]
    assert found(gained) == []


def test_a_harmless_plan_has_no_danger():
    assert (
        found(
            step("create", TOPIC, "new", now=topic()),
            step("delete", GRANT, "p", {"policy": "x"}),
            step("update", TOPIC, "t", topic(), topic({"segment.ms": "1"})),
        )
        == []
    )
