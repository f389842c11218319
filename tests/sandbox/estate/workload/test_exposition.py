"""A scrape returns the services' metrics of the catalog, and no other."""

import re
from collections import defaultdict
from typing import Any

import pytest
import yaml

from sandbox.estate.workload.exposition import CATALOG, JOB, Definition, Instruments
from sandbox.estate.workload.model import MODELLED
from tests.sandbox.estate.workload.conftest import services_of

OPENMETRICS = "application/openmetrics-text;version=1.0.0"
SAMPLE = re.compile(r"([a-z0-9_]+?)(_bucket|_count|_sum)?(?:\{(.*)\})? \S+")


def read_back(text: str):
    """Return an exposition in the catalog's own format; the order of labels does not matter."""
    families: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"series": set(), "buckets": set(), "parts": set()}
    )
    for line in text.splitlines():
        if line.startswith("#"):
            _, word, name, rest = line.split(" ", 3)
            families[name][word.lower()] = rest
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        name, part, labels = sample.groups()
        pairs = dict(re.findall(r'(\w+)="([^"]*)"', labels or ""))
        if part == "_bucket":
            families[name]["buckets"].add(float(pairs.pop("le")))
        families[name]["parts"].add(part)
        families[name]["series"].add(frozenset(pairs.items()))
    return dict(families)


def test_it_exposes_exactly_the_services_metrics_of_the_catalog(services):
    catalog = {
        name: metric
        for name, metric in yaml.safe_load(CATALOG.read_text())["metrics"].items()
        if metric["service"] != JOB
    }
    text, media_type = services.instruments.exposed("", frozenset())

    assert media_type == "text/plain; version=0.0.4; charset=utf-8"
    assert read_back(text.decode()) == {
        name: {
            "type": metric["type"],
            "help": metric["help"],
            "series": {
                frozenset(labels.items()) for labels in Definition.model_validate(metric).series()
            },
            "buckets": {*metric["buckets"], float("inf")} if "buckets" in metric else set(),
            "parts": {"_bucket", "_count", "_sum"} if metric["type"] == "histogram" else {None},
        }
        for name, metric in catalog.items()
    }


def test_it_exposes_no_default_series_of_the_client(services):
    services.run(10)

    for accept in ("", OPENMETRICS):
        text, _ = services.instruments.exposed(accept, frozenset())
        assert not re.search(
            r"(?<!cronjob)_created|^(python|process)_", text.decode(), re.MULTILINE
        )


def test_openmetrics_is_used_on_request(services):
    text, media_type = services.instruments.exposed(OPENMETRICS, frozenset())

    assert media_type.startswith("application/openmetrics-text; version=1.0.0")
    assert text.endswith(b"# EOF\n")


def test_a_hidden_metric_has_no_series_and_the_others_stay(services):
    everything = services.instruments.exposed("", frozenset())[0].decode()
    hidden = frozenset({"audit_records_total", "alert_delivery_seconds"})

    shown = services.instruments.exposed("", hidden)[0].decode()

    assert not any(name in shown for name in hidden)
    assert read_back(shown).keys() == read_back(everything).keys() - hidden


def test_every_metric_that_the_model_changes_is_in_the_catalog(services):
    assert set() == MODELLED - services.instruments.catalog.keys()


def test_a_counter_that_the_client_would_rename_is_refused():
    metric = Definition(type="counter", help="Orders.", service="orders")

    with pytest.raises(ValueError, match="orders: a counter's name ends in _total"):
        Instruments({"orders": metric})


def test_a_metric_that_is_not_modelled_looks_healthy(services):
    unknown = {
        "new_events_total": Definition(
            type="counter", help="New.", service="new", labels={"outcome": ["good", "bad"]}
        ),
        "new_state": Definition(type="gauge", help="New.", service="new"),
        "new_seconds": Definition(type="histogram", help="New.", service="new", buckets=[1, 5]),
    }
    made = services_of({**services.instruments.catalog, **unknown})
    made.run(500)

    assert made.series("new_") == {
        'new_events_total{outcome="good"}': 10,
        'new_events_total{outcome="bad"}': 0,
        "new_state": 1,
        'new_seconds_bucket{le="1.0"}': 10,
        'new_seconds_bucket{le="5.0"}': 10,
        'new_seconds_bucket{le="+Inf"}': 10,
        "new_seconds_count": 10,
        "new_seconds_sum": 10,
    }
