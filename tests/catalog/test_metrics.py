"""The catalog of metrics refuses entries that Prometheus or a gate could not use."""

import pytest
import yaml
from pydantic import ValidationError

from catalog.metrics import METRICS, MetricsCatalog, read_metrics

COUNTER = {"type": "counter", "help": "Meals that were served.", "service": "kitchen", "labels": {}}
QUESTION = {"unit": "ratio", "expr": "vector(1)", "runbook": "KitchenOnFire"}


def refusal(metrics=None, slis=None):
    with pytest.raises(ValidationError) as caught:
        MetricsCatalog.model_validate({"metrics": metrics or {}, "slis": slis or {}})
    return [problem["msg"] for problem in caught.value.errors()]


def test_the_catalog_is_valid_and_loses_nothing_of_its_file():
    data = yaml.safe_load(METRICS.read_text(encoding="utf-8"))

    kept = read_metrics().model_dump(mode="json", by_alias=True, exclude_unset=True)

    assert kept == data


def test_a_histogram_is_three_counters():
    catalog = MetricsCatalog.model_validate(
        {
            "metrics": {"meal_seconds": COUNTER | {"type": "histogram", "buckets": [1, 5]}},
            "slis": {},
        }
    )

    assert catalog.types() == {
        "meal_seconds_bucket": "counter",
        "meal_seconds_count": "counter",
        "meal_seconds_sum": "counter",
    }


@pytest.mark.parametrize(
    ("metrics", "sentence"),
    [
        (
            {"meals": COUNTER},
            "meals: a counter's name ends in _total, and no other's does: rename it",
        ),
        (
            {"meals_total": COUNTER | {"type": "gauge"}},
            "meals_total: a counter's name ends in _total, and no other's does: rename it",
        ),
        (
            {"meals_total": COUNTER | {"buckets": [1]}},
            "a histogram has buckets, and nothing else has: add or remove them",
        ),
        (
            {"meals": COUNTER | {"type": "histogram"}},
            "a histogram has buckets, and nothing else has: add or remove them",
        ),
        (
            {"meals": COUNTER | {"type": "histogram", "buckets": [5, 1]}},
            "buckets rise: sort them and remove duplicates",
        ),
    ],
)
def test_an_invalid_metric_is_refused(metrics, sentence):
    assert refusal(metrics) == [f"Value error, {sentence}"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"gate": {"minimum_events": 1}}, "Value error, set either below or above"),
        (
            {"gate": {"minimum_events": 1, "below": 1, "above": 2}},
            "Value error, set either below or above",
        ),
        ({"gate": {"below": 1}}, "Field required"),
        ({"rollback": {"above": 1}}, "Field required"),
        (
            {"unit": "state"},
            "Value error, `states` belongs to the unit `state`: set both or neither",
        ),
        (
            {"states": ["cold", "hot"]},
            "Value error, `states` belongs to the unit `state`: set both or neither",
        ),
    ],
)
def test_an_inconsistent_sli_is_refused(change, sentence):
    assert refusal(slis={"fire": QUESTION | change}) == [sentence]
