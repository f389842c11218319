"""The output: what exists, what differs, what is missing, and the next commands."""

from pathlib import Path

from tests.waqiti.adopt.plans import creation, provider, urn
from waqiti.adopt.differences import Comparison
from waqiti.adopt.existing import Found
from waqiti.adopt.plan import creations
from waqiti.adopt.table import next_steps, rows

TOPIC, ACL = "kafka:index/topic:Topic", "kafka:index/acl:Acl"
SERVICE = "pagerduty:index/service:Service"
CHANNEL = "waqiti:slack:Channel"


def test_each_resource_has_a_row_and_each_difference_its_own():
    steps = [
        provider("kafka"),
        provider("pagerduty"),
        provider("waqiti"),
        creation(SERVICE, "pager", {}),
        creation(CHANNEL, "critical", {}),
        *(creation(TOPIC, name, {}) for name in ("sagas", "orders", "refunds")),
        creation(ACL, "write", {}),
    ]
    found = Found(
        ids={urn(TOPIC, "orders"): "orders", urn(TOPIC, "refunds"): "r", urn(ACL, "write"): "a|b"},
        ambiguous={urn(SERVICE, "pager"): "two"},
    )
    compared = {
        urn(SERVICE, "pager"): Comparison(["two"]),
        urn(TOPIC, "orders"): Comparison(
            ["partitions: 3 → 10"], ["option: true, in the state only"]
        ),
        urn(TOPIC, "refunds"): Comparison(["partitions: 20 → 10"], replaced=True),
    }

    assert list(rows(list(creations(steps)), found, compared)) == [
        "Kafka:",
        "  equal      Acl write (a|b)",
        "  differs    Topic orders (orders)",
        "             partitions: 3 → 10",
        "             option: true, in the state only",
        "  refused    Topic refunds (r)",
        "             partitions: 20 → 10",
        (
            "             it is not in the file, because an `up` would delete it and create it "
            "again: declare what exists, or delete it yourself"
        ),
        "  missing    Topic sagas",
        "PagerDuty:",
        "  ambiguous  Service pager",
        "             two",
        "1 resources of the package waqiti need no import: an `up` keeps what exists.",
    ]


def test_the_next_commands_name_the_file_and_keep_the_protection():
    assert list(next_steps("prod", Path(".waqiti/import-prod.json"), protect=True)) == [
        ".waqiti/import-prod.json has what exists. Nothing was changed. Next:",
        (
            "  pulumi import --stack prod --file .waqiti/import-prod.json --protect=true "
            "--generate-code=false"
        ),
        "  pulumi preview --stack prod --diff",
        "  pulumi up --stack prod",
    ]
