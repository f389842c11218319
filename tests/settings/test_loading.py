"""Loading: the real stack files are valid, and all problems of a wrong one are reported at once."""

import json
import re
import shutil

import pytest
import yaml

from catalog.topics import CATALOG
from settings import InvalidSettingsError, load_settings
from tests.conftest import ROOT, STACKS, stack_config


def config_of(stack, section="kafka", **changes):
    config = stack_config(stack)
    config[f"waqiti:{section}"] |= changes
    return {key: json.dumps(value) for key, value in config.items()}


def refusal(stack, config, **arguments):
    with pytest.raises(InvalidSettingsError) as caught:
        load_settings(stack, config, **arguments)
    return str(caught.value).splitlines()


def _reported(stack, config):
    try:
        load_settings(stack, config)
    except InvalidSettingsError as problems:
        return str(problems).splitlines()
    return []


@pytest.fixture
def changed_catalog(tmp_path):
    """Provide a function that changes the only topic in a copy of the catalog."""

    def change(**changes):
        folder = tmp_path / "catalog"
        shutil.copytree(CATALOG, folder)
        topics = yaml.safe_load((folder / "topics.yaml").read_text())
        for path, value in changes.items():
            place = topics["encryption-audit-log"]
            *parents, last = path.split("__")
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last.replace("_", ".") if parents == ["config"] else last] = value
        (folder / "topics.yaml").write_text(yaml.safe_dump(topics))
        return folder

    return change


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_file_is_valid(stack):
    settings = load_settings(stack, config_of(stack))

    assert (settings.stack, settings.environment) == (stack, stack)


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_file_has_a_secret(stack):
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()

    assert re.findall(r"\bsecure:", text) == []


def test_only_prod_protects_resources():
    protected = {stack: load_settings(stack, config_of(stack)).protect for stack in STACKS}

    assert protected == {"local": False, "staging": False, "prod": True}


def test_staging_keeps_records_for_a_week_and_prod_for_seven_years():
    kept = {
        stack: load_settings(stack, config_of(stack))
        .topics["encryption-audit-log"]
        .config.retention_ms
        for stack in STACKS
    }

    assert kept == {"local": 220752000000, "staging": 604800000, "prod": 220752000000}


def test_everything_wrong_is_reported_at_once(changed_catalog):
    catalog = changed_catalog(
        config__min_insync_replicas=1, config__retention_ms=1000, partitions=0, colour="red"
    )
    config = config_of("prod", replication_factor=2, replicas=3, bootstrap_servers=["kafka"])
    config |= {"waqiti:kafak": "{}", "kafka:timeout": "3"}
    sections = json.loads(config["waqiti:kafka"])
    del sections["sasl_mechanism"]
    config["waqiti:kafka"] = json.dumps(sections)

    assert refusal("prod", config, catalog=catalog) == [
        "Pulumi.prod.yaml is not valid:",
        "  kafka:timeout: unknown key: remove it",
        "  kafka.bootstrap_servers.0: has no port: write host:port (got 'kafka')",
        "  kafka.sasl_mechanism: missing: add it",
        (
            "  kafka.replication_factor: prod needs at least 3 copies of every partition: raise it "
            "(got 2)"
        ),
        "  kafka.replicas: unknown key: remove it or correct its name (got 3)",
        "  kafak: unknown key: remove it or correct its name (got {})",
        "catalog/topics.yaml is not valid:",
        "  encryption-audit-log.partitions: too small: use at least 1 (got 0)",
        (
            "  encryption-audit-log.config.min.insync.replicas: an acknowledged record must be on "
            "2 brokers: set it to 2 (got 1)"
        ),
        (
            "  encryption-audit-log.config.retention.ms: an audit topic keeps its records for at "
            "least 220752000000 ms (2,555 days): remove the key (got 1000)"
        ),
        "  encryption-audit-log.colour: unknown key: remove it or correct its name (got 'red')",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"replication_factor": 2},
            "prod needs at least 3 copies of every partition: raise it (got 2)",
        ),
        ({"tls_enabled": False}, "prod must use TLS for Kafka: set it to true (got False)"),
        (
            {"audit_retention_minimum_days": 2554},
            "prod must keep audit records for at least 2,555 days: raise it (got 2554)",
        ),
        (
            {"retention_days_at_most": 7},
            "prod must not shorten the retention of catalog/topics.yaml: remove this key (got 7)",
        ),
    ],
)
def test_a_value_that_is_unsafe_in_prod_is_refused_only_there(change, sentence):
    (key,) = change

    assert f"  kafka.{key}: {sentence}" in refusal("prod", config_of("prod", **change))
    assert sentence not in "\n".join(_reported("staging", config_of("staging", **change)))


def test_a_shorter_retention_of_the_audit_log_is_refused_in_prod(changed_catalog):
    catalog = changed_catalog(config__retention_ms=220751999999)

    assert refusal("prod", config_of("prod"), catalog=catalog)[1].startswith(
        "  encryption-audit-log.config.retention.ms: an audit topic keeps its records"
    )


def test_a_topic_that_one_lost_broker_stops_is_refused(changed_catalog):
    catalog = changed_catalog(config__min_insync_replicas=3)

    assert refusal("staging", config_of("staging"), catalog=catalog) == [
        "catalog/topics.yaml is not valid:",
        (
            "  encryption-audit-log.config.min.insync.replicas: must be less than "
            "kafka.replication_factor (3), otherwise the loss of one broker stops all writes: "
            "lower it (got 3)"
        ),
    ]


def test_a_secret_in_config_is_refused_without_its_value():
    config = config_of("staging") | {"waqiti:kafka_password": "hunter2"}

    report = refusal("staging", config, secret_keys=["waqiti:kafka_password"])

    assert report == [
        "Pulumi.staging.yaml is not valid:",
        "  kafka_password: a secret in config: remove it, set the credential in the environment",
    ]


def test_a_catalog_that_is_no_yaml_is_refused_in_one_sentence(tmp_path):
    shutil.copy(CATALOG / "topic_classes.yaml", tmp_path)
    (tmp_path / "topics.yaml").write_text("a: [")

    report = refusal("staging", config_of("staging"), catalog=tmp_path)

    assert report[0] == f"{tmp_path.name}/topics.yaml is not valid:"
    assert report[1].startswith("  not valid YAML: while parsing a flow node")


SCHEDULE, USER = {"schedule": "PSONCAL"}, {"user": "PUMANGR"}


def levels(*starts, first=SCHEDULE):
    later = [{"start_minutes": start, **SCHEDULE} for start in starts[1:]]
    return [{"start_minutes": starts[0], **first}, *later]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"escalation": levels(0, 15)}, "prod needs at least 3 levels"),
        (
            {"escalation": levels(0, 15, 30, first=USER)},
            "one person is not always available: set schedule in the first level of prod",
        ),
        ({"auto_resolve_minutes": 240}, "incidents of prod must not close automatically"),
    ],
)
def test_unsafe_paging_is_refused_in_prod(change, sentence):
    (key,) = change

    (line,) = refusal("prod", config_of("prod", "pagerduty", **change))[1:]

    assert line.startswith(f"  pagerduty.{key}: {sentence}")
    assert _reported("staging", config_of("staging", "pagerduty", **change)) == []


@pytest.mark.parametrize("starts", [(5, 10, 15), (0, 15, 15), (0, 30, 15)])
def test_an_escalation_starts_at_minute_0_and_its_levels_rise(starts):
    change = {"escalation": levels(*starts)}

    (line,) = refusal("staging", config_of("staging", "pagerduty", **change))[1:]

    assert line.startswith(
        "  pagerduty.escalation: start the first level at minute 0 and each level later "
        "than the one before (got "
    )


@pytest.mark.parametrize("responders", [{}, SCHEDULE | USER])
def test_a_level_pages_either_a_schedule_or_a_user(responders):
    change = {"escalation": [{"start_minutes": 0, **responders}]}

    (line,) = refusal("staging", config_of("staging", "pagerduty", **change))[1:]

    assert line.startswith("  pagerduty.escalation.0: set either schedule or user (got ")


def test_only_prod_is_called_production():
    change = {"service_name": "Waqiti Production"}

    assert refusal("staging", config_of("staging", "pagerduty", **change))[1] == (
        "  pagerduty.service_name: only prod has this service: use another name "
        "(got 'Waqiti Production')"
    )


def test_prod_sends_its_grafana_token_over_tls_only():
    config = config_of("prod", "grafana", url="http://grafana.prod.waqiti.internal")

    assert refusal("prod", config) == [
        "Pulumi.prod.yaml is not valid:",
        (
            "  grafana.url: prod must use TLS for Grafana: write https:// "
            "(got 'http://grafana.prod.waqiti.internal')"
        ),
    ]


def test_a_folder_uid_that_grafana_refuses_is_refused():
    (_, report) = refusal("local", config_of("local", "grafana", folder_uid="wa qiti"))

    assert report.startswith("  grafana.folder_uid: use 1 to 40 letters, digits")


def test_dashboards_are_read_by_file_name(tmp_path):
    text = '{"uid": "orders", "title": "Orders"}'
    (tmp_path / "orders.json").write_text(text)

    settings = load_settings("local", config_of("local"), dashboards=tmp_path)

    assert settings.dashboards == {"orders": text}
