"""What the tests of rules read: the files as they are, and each rule of them."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from catalog.metrics import read_metrics
from catalog.rules import AlertRule, RuleFile
from tests.conftest import ROOT

PATHS = sorted((ROOT / "alert_rules").glob("*.yaml"))
PAGES = frozenset(path.stem for path in (ROOT / "runbooks").glob("*.md"))
CATALOG = read_metrics()
FILES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in PATHS}
MODELS = {stem: RuleFile.model_validate(data, context=PAGES) for stem, data in FILES.items()}
RULES: Mapping[str, AlertRule] = {
    rule.alert: rule for model in MODELS.values() for rule in model.rules
}


def label_sets(rule: AlertRule) -> Iterator[dict[str, str]]:
    """Give every set of labels under which Alertmanager may meet the rule, for each stack."""
    labels = rule.labels.model_dump() | {"alertname": rule.alert}
    services = (
        CATALOG.metrics["probe_success"].labels["service"]
        if rule.labels.service.startswith("{{")
        else (rule.labels.service,)
    )
    for stack in ("local", "staging", "prod"):
        for service in services:
            yield labels | {"service": service, "stack": stack}


def promtool_tests(stem: str) -> list[dict[str, Any]]:
    path = ROOT / "tests/promtool" / f"{stem}_test.yaml"
    tests: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]
    return tests
