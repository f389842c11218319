"""The metrics of the last run: those of the catalog, and none before the first run."""

import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from audit_reconciliation.exporter import Metrics
from audit_reconciliation.outcome import Outcome, read_outcome
from tests.conftest import ROOT

LAST = Outcome(at=50, since=10, until=40, operations=7, missing=3, duplicates=0, foreign=0)


def exposed(last):
    metrics, registry = Metrics(), CollectorRegistry(auto_describe=False)
    metrics.last = last
    registry.register(metrics)
    return generate_latest(registry).decode()


def test_before_the_first_run_there_is_no_series():
    assert exposed(None) == ""


def test_the_metrics_are_those_of_the_catalog_with_the_outcome_of_the_last_run():
    catalog = yaml.safe_load((ROOT / "catalog/metrics.yaml").read_text())["metrics"]
    own = {n: m["help"] for n, m in catalog.items() if m["service"] == "audit-reconciliation"}
    values = {
        "audit_reconciliation_missing_records": 3.0,
        "audit_reconciliation_last_success_timestamp_seconds": 50.0,
    }

    assert own.keys() == values.keys()
    assert exposed(LAST) == "".join(
        f"# HELP {name} {own[name]}\n# TYPE {name} gauge\n{name} {value}\n"
        for name, value in values.items()
    )


def test_an_offset_of_another_program_has_no_outcome():
    assert [read_outcome(text) for text in ("", "text", '{"at": 1}')] == [None] * 3
