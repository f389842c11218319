"""The text about a drift has every kind of finding, and fits an issue."""

import pytest

from waqiti.pipeline.drift_issue import text
from waqiti.report import Report


@pytest.fixture(autouse=True)
def _outside_of_a_run(monkeypatch):
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)


def test_every_kind_of_finding_has_its_section():
    report = Report(["a is 2, and was 1"], ["Vault is silent"], ["Kafka topic b"], ["0: stale"])

    assert text("prod", report) == (
        "prod differs from what Pulumi wrote. To correct it, run `pulumi up --refresh --stack "
        "prod`; to keep it, declare it.\n\n- a is 2, and was 1\n\n"
        "No resource of prod declares these objects. Declare each, delete it, or add it with a "
        "reason to `ignored/prod.yaml`.\n\n- Kafka topic b\n\n"
        "These entries are wrong:\n\n- 0: stale\n\n"
        "Could not tell whether there is more drift:\n\n- Vault is silent\n\n\n"
    )


@pytest.mark.parametrize("report", [Report([], unmanaged=["a"]), Report([], wrong=["a"])])
def test_one_finding_is_not_clean(report):
    assert "has no drift" not in text("prod", report)


def test_a_long_list_is_cut_on_request():
    report = Report([], unmanaged=["a", "b", "c"])

    assert "- a\n- b\n- c\n" in text("prod", report)
    assert "- a\n- and 2 more, in the report of the run\n" in text("prod", report, 1)
