"""The door: real stack files are valid, and what is wrong is told at once and in full."""

import json
import re
import shutil

import pytest
import yaml

from settings import InvalidSettingsError, load_settings
from settings.loading import CATALOG
from tests.conftest import ROOT, STACKS, stack_config


def config_of(stack, section="kafka", **changes):
    config = stack_config(stack)
    config[f"waqiti:{section}"] |= changes
    return {key: json.dumps(value) for key, value in config.items()}


def refusal(stack, config, **arguments):
    with pytest.raises(InvalidSettingsError) as caught:
        load_settings(stack, config, **arguments)
    return str(caught.value).splitlines()


def _told(stack, config):
    try:
        load_settings(stack, config)
    except InvalidSettingsError as problems:
        return str(problems).splitlines()
    return []


@pytest.fixture
def changed_catalog(tmp_path):
    """Give the catalog's folder with its one topic changed."""

    def change(**changes):
        folder = tmp_path / "catalog"
        shutil.copytree(CATALOG, folder)
        topics = yaml.safe_load((folder / "topics.yaml").read_text())
        for path, value in changes.items():
            place = topics["encryption-audit-log"]
            *parents, last = path.split("__")
            for parent in parents:
                place = place[parent]
            place[last.replace("_", ".") if parents == ["config"] else last] = value
        (folder / "topics.yaml").write_text(yaml.safe_dump(topics))
        return folder

    return change


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_file_is_valid(stack):
    settings = load_settings(stack, config_of(stack))

    assert settings.environment == stack


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_file_holds_what_the_engine_writes_about_secrets(stack):
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()

    assert re.findall("secure:|secretsprovider|encryptedkey|encryptionsalt", text) == []


def test_only_prod_protects():
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


def test_everything_wrong_is_told_at_once(changed_catalog):
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
        "  kafka:timeout: nothing reads this key: remove it",
        (
            "  kafka.bootstrap_servers.0: String should match pattern "
            "'^[a-zA-Z0-9.-]+:[0-9]{1,5}$' (got 'kafka')"
        ),
        "  kafka.sasl_mechanism: missing: add it",
        "  kafka.replication_factor: prod keeps at least 3 copies of every partition (got 2)",
        "  kafka.replicas: unknown key: remove it or correct its name (got 3)",
        "  kafak: unknown key: remove it or correct its name (got {})",
        "catalog/topics.yaml is not valid:",
        "  encryption-audit-log.partitions: Input should be greater than or equal to 1 (got 0)",
        (
            "  encryption-audit-log.config.min.insync.replicas: an acknowledged record must be on "
            "2 brokers (got 1)"
        ),
        (
            "  encryption-audit-log.config.retention.ms: an audit topic keeps its records for at "
            "least 220752000000 ms (2,555 days) (got 1000)"
        ),
        "  encryption-audit-log.colour: unknown key: remove it or correct its name (got 'red')",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"replication_factor": 2}, "prod keeps at least 3 copies of every partition (got 2)"),
        ({"tls_enabled": False}, "prod speaks to Kafka over TLS only (got False)"),
        (
            {"audit_retention_minimum_days": 2554},
            "prod keeps audit records for at least 2,555 days (got 2554)",
        ),
        (
            {"retention_days_at_most": 7},
            "prod keeps the retention of catalog/topics.yaml: remove this key (got 7)",
        ),
    ],
)
def test_what_must_hold_in_prod_is_refused_there_and_nowhere_else(change, sentence):
    (key,) = change

    assert f"  kafka.{key}: {sentence}" in refusal("prod", config_of("prod", **change))
    assert sentence not in "\n".join(_told("staging", config_of("staging", **change)))


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
            "  encryption-audit-log.config.min.insync.replicas: must stay below "
            "kafka.replication_factor (3), else the loss of one broker stops all writes (got 3)"
        ),
    ]


def test_a_secret_in_config_is_refused_without_its_value():
    config = config_of("staging") | {"waqiti:kafka_password": "hunter2"}

    told = refusal("staging", config, secret_keys=["waqiti:kafka_password"])

    assert told == [
        "Pulumi.staging.yaml is not valid:",
        "  kafka_password: credentials come from the environment: remove this secret",
    ]


def test_a_stack_that_is_no_environment_is_refused():
    assert refusal("stagin", config_of("staging")) == [
        "Pulumi.stagin.yaml (its name) is not valid:",
        "  (whole file): Input should be 'local', 'staging' or 'prod' (got 'stagin')",
    ]


def test_a_catalog_that_is_no_yaml_is_one_sentence(tmp_path):
    (tmp_path / "topics.yaml").write_text("a: [")

    told = refusal("staging", config_of("staging"), catalog=tmp_path)

    assert told[0] == f"{tmp_path.name}/topics.yaml is not valid:"
    assert told[1].startswith("  this is not YAML: while parsing a flow node")


SCHEDULE, USER = {"schedule": "PSONCAL"}, {"user": "PUMANGR"}


def levels(*starts, first=SCHEDULE):
    later = [{"start_minutes": start, **SCHEDULE} for start in starts[1:]]
    return [{"start_minutes": starts[0], **first}, *later]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"escalation": levels(0, 15)}, "prod has at least 3 levels"),
        (
            {"escalation": levels(0, 15, 30, first=USER)},
            "prod's first level is a schedule: one person is not always there",
        ),
        ({"auto_resolve_minutes": 240}, "prod's incidents do not close themselves"),
        ({"service_name": "Waqiti"}, "'Waqiti Production' is prod's service, and prod's alone"),
    ],
)
def test_paging_that_must_not_be_in_prod_is_refused_there(change, sentence):
    (key,) = change

    (line,) = refusal("prod", config_of("prod", "pagerduty", **change))[1:]

    assert line.startswith(f"  pagerduty.{key}: {sentence}")
    assert _told("staging", config_of("staging", "pagerduty", **change)) == []


@pytest.mark.parametrize("starts", [(5, 10, 15), (0, 15, 15), (0, 30, 15)])
def test_an_escalation_starts_at_once_and_goes_on(starts):
    change = {"escalation": levels(*starts)}

    (line,) = refusal("staging", config_of("staging", "pagerduty", **change))[1:]

    assert line.startswith(
        "  pagerduty.escalation: the first level starts at minute 0, and each later one after the "
        "last (got "
    )


@pytest.mark.parametrize("responders", [{}, SCHEDULE | USER])
def test_a_level_pages_either_a_schedule_or_a_user(responders):
    change = {"escalation": [{"start_minutes": 0, **responders}]}

    (line,) = refusal("staging", config_of("staging", "pagerduty", **change))[1:]

    assert line.startswith("  pagerduty.escalation.0: name either a schedule or a user (got ")


def test_only_prod_is_called_production():
    change = {"service_name": "Waqiti Production"}

    assert refusal("staging", config_of("staging", "pagerduty", **change))[1] == (
        "  pagerduty.service_name: 'Waqiti Production' is prod's service, and prod's alone "
        "(got 'Waqiti Production')"
    )


def test_prod_sends_its_grafana_token_over_tls_only():
    config = config_of("prod", "grafana", url="http://grafana.prod.waqiti.internal")

    assert refusal("prod", config) == [
        "Pulumi.prod.yaml is not valid:",
        (
            "  grafana.url: prod sends its token over the network to Grafana by TLS only "
            "(got 'http://grafana.prod.waqiti.internal')"
        ),
    ]


def test_a_folder_s_uid_is_one_that_grafana_takes():
    (_, told) = refusal("local", config_of("local", "grafana", folder_uid="wa qiti"))

    assert told.startswith("  grafana.folder_uid: String should match pattern")


def test_dashboards_are_read_by_their_files_names(tmp_path):
    (tmp_path / "orders.json").write_text('{"uid": "orders"}')

    settings = load_settings("local", config_of("local"), dashboards=tmp_path)

    assert settings.dashboards == {"orders": '{"uid": "orders"}'}
