"""A value of the catalog that a system would refuse, or be wrong with, is refused."""

import json

import pytest
import yaml

from settings import load_settings
from tests.conftest import STACKS, stack_config
from tests.settings.copied_folders import edit, report


@pytest.mark.parametrize("stack", STACKS)
def test_the_files_as_they_are_have_no_problem(stack, top):
    assert report(stack, top) == []


AUDIT = {
    "retention.bytes": (1073741824, "a limit of size deletes records before their time"),
    "cleanup.policy": ("compact", "compaction removes records"),
    "unclean.leader.election.enable": (True, "an unclean leader loses acknowledged records"),
    "message.timestamp.type": ("CreateTime", "the wrong clock of a producer would expire records"),
}


@pytest.mark.parametrize("key", AUDIT)
@pytest.mark.parametrize("stack", STACKS)
def test_no_setting_of_an_audit_topic_loses_or_falsifies_records(stack, key, top):
    value, reason = AUDIT[key]
    path = top / "catalog/topics.yaml"
    topics = yaml.safe_load(path.read_text())
    topics["encryption-audit-log"]["config"] = {key: value}
    path.write_text(yaml.safe_dump(topics))

    file, problem = report(stack, top)

    assert file == "catalog/topics.yaml is not valid:"
    assert problem.startswith(f"encryption-audit-log.config.{key}: an audit topic must have ")
    assert f"because {reason}: remove the key" in problem


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "class: audit",
            "class: event",
            (
                "encryption-audit-log.class: this stack requires the class audit: set it "
                "(got 'event')"
            ),
        ),
        (
            "encryption-audit-log:",
            "encryption-audit-logs:",
            "encryption-audit-log: missing: add the topic, this stack requires it",
        ),
    ],
)
def test_prod_has_its_audit_log(old, new, problem, top):
    edit(top / "catalog/topics.yaml", old, new)

    assert report("prod", top) == ["catalog/topics.yaml is not valid:", problem]


TYPES = {
    "catalog/topics.yaml": [
        ("class: audit", "class: audit\n  audit: false", "audit: unknown key: remove it"),
        ("partitions: 10", 'partitions: "10"', "partitions: not a whole number"),
        ("partitions: 10", "partitions: 10.0", "partitions: not a whole number"),
        ("record_bytes: 500", "record_bytes: true", "record_bytes: not a whole number"),
        (
            "[audit-query-service, audit-reconciliation]",
            "audit-query-service",
            "consumers: not a list",
        ),
        (
            "[audit-query-service, audit-reconciliation]",
            "[audit-query-service, audit-query-service]",
            "consumers: 'audit-query-service' is there twice: remove one",
        ),
        ("purpose: Every", "purpose: 2026-11-29 #", "has '2026-11-29', which YAML readers take"),
    ],
    "catalog/topic_classes.yaml": [
        ("election.enable: false", 'election.enable: "false"', "enable: not a boolean: write true"),
        ("election.enable: false", "election.enable: no", "has 'no', which YAML readers take"),
        ("max.message.bytes: 1048588", "max.message.bytes: 2147483648", "Kafka allows 0 to 214748"),
        ("segment.bytes: 1073741824", "segment.bytes: 014", "has '014', which YAML readers take"),
        ("retention.ms: 604800000", "retention.ms: 9223372036854775808", "Kafka allows -1 to 9223"),
        (
            "retention.ms: 604800000",
            "retention.ms: 604800000\n  local.retention.ms: 604800001",
            "event: local.retention.ms is longer than retention.ms (604800000): lower it",
        ),
        (
            "retention.ms: 604800000",
            "retention.ms: 604800000\n  local.retention.ms: -1",
            "event: local.retention.ms is longer than retention.ms (604800000): lower it",
        ),
    ],
    "catalog/secrets.yaml": [
        ("webhooks: true", 'webhooks: "true"', "alerting/slack.webhooks: not a boolean"),
        ("  webhooks: true\n", "  keys: [a]\n", "exactly one secret has webhooks: correct it"),
        ("alerting/pagerduty:", "alerting/pager:", "alerting/pagerduty: missing: add it"),
    ],
    "catalog/channels.yaml": [
        ("webhook_key: fraud_webhook", "webhook_key: critical_webhook", "of critical: rename one"),
    ],
    "catalog/metrics.yaml": [
        ("expr: histogram_quantile(0.95", "expr: histogram_quantil(0.95", "not valid PromQL"),
    ],
    "catalog/dashboards.yaml": [
        ("sli: alert_delivery_p95_5m", "sli: alert_delivery_p96", "not in catalog/metrics.yaml"),
        ("sli: alert_delivery_p95_5m", "sli: slack_messages_1h", "one axis has one unit"),
    ],
}


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [(file, *case) for file, cases in TYPES.items() for case in cases],
)
def test_a_value_is_of_its_own_type_and_within_its_system_s_range(file, old, new, problem, top):
    edit(top / file, old, new)

    (name, found) = report("staging", top)

    assert name == f"{file} is not valid:"
    assert problem in found


def test_a_longer_copy_on_the_brokers_is_cut_with_the_retention_of_staging(top):
    edit(
        top / "catalog/topics.yaml",
        "class: audit",
        "class: audit\n  config: {local.retention.ms: 1000000000}",
    )
    texts = {key: json.dumps(value) for key, value in stack_config("staging").items()}

    config = (
        load_settings("staging", texts, catalog=top / "catalog")
        .topics["encryption-audit-log"]
        .config
    )

    assert (config.retention_ms, config.local_retention_ms) == (604800000, 604800000)


def test_problems_of_all_files_are_reported_at_once(top):
    edit(top / "catalog/topics.yaml", "partitions: 10", "partitions: 0")
    edit(top / "catalog/channels.yaml", "team: fraud", "team: sales")
    edit(top / "alert_rules/messages.tmpl", "| toUpper", "| upper")
    edit(top / "alert_rules/payment-saga.yaml", "for: 5m", "for: 5 m")
    (top / "dashboards/mine.json").write_text("{")

    found = report("prod", top, kafka={"replication_factor": 2}, vault={"mount": "a/b"})

    assert [line for line in found if line.endswith(" is not valid:")] == [
        "Pulumi.prod.yaml is not valid:",
        "catalog/topics.yaml is not valid:",
        "catalog/channels.yaml is not valid:",
        "alert_rules/payment-saga.yaml is not valid:",
        "alert_rules/messages.tmpl is not valid:",
        "dashboards/mine.json is not valid:",
    ]
