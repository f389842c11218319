"""The rule files for tests: as data, as models, and as single rules."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from catalog.alert_rules import AlertRule, read_alert_rules
from catalog.channels import read_channels
from catalog.metrics import read_metrics
from catalog.problems import load
from tests.conftest import ROOT

PATHS = sorted((ROOT / "alert_rules").glob("*.yaml"))
PAGES = frozenset(path.stem for path in (ROOT / "runbooks").glob("*.md"))
CATALOG = read_metrics()
FILES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in PATHS}
MODELS = load(lambda found: read_alert_rules(found, read_channels(found)))
RULES: Mapping[str, AlertRule] = {
    rule.alert: rule for model in MODELS.values() for rule in model.rules
}


def label_sets(rule: AlertRule) -> Iterator[dict[str, str]]:
    """Return, for each stack, every set of labels that an alert of the rule can have."""
    labels = rule.labels.model_dump() | {"alertname": rule.alert}
    services = (
        CATALOG.metrics["probe_success"].labels["service"]
        if rule.labels.service.startswith("{{")
        else (rule.labels.service,)
    )
    for stack in ("local", "staging", "prod"):
        for service in services:
            yield labels | {"service": service, "platform": "waqiti", "stack": stack}


def promtool_tests(stem: str) -> list[dict[str, Any]]:
    path = ROOT / "tests/alert_rules/promtool" / f"{stem}_test.yaml"
    tests: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
    return tests
