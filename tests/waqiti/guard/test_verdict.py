"""A waiver lets one dangerous change pass, for a time; a stack that is not prod only reports."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.problems import InvalidFilesError
from tests.waqiti.pipeline.plan.previews import TOPIC, preview, step, urn
from waqiti.guard.verdict import Verdict, judge
from waqiti.pipeline.plan.reading import read_plan

TODAY = datetime.now(UTC).date()
DECREASE = step("update", TOPIC, "t", {"partitions": 10}, {"partitions": 9})
LOSS = "the topic is deleted and created again without its records"
HERE = urn(TOPIC, "t")
LINE = f"{HERE}: partitions: 10 → 9: {LOSS}"


@pytest.fixture
def waivers(tmp_path, monkeypatch):
    """Provide a function that judges a decrease of partitions with the waivers *text*."""
    (tmp_path / "Pulumi.prod.yaml").touch()
    folder = tmp_path / "waivers"
    folder.mkdir()
    config = {"waqiti:environment": "prod"}
    monkeypatch.setattr("waqiti.state.config", lambda _: config)

    def verdict(text="", *steps, environment="prod", name="prod"):
        config["waqiti:environment"] = environment
        if text:
            (folder / f"{name}.yaml").write_text(text)
        return judge(read_plan("prod", preview(*(steps or [DECREASE]))), folder)

    return verdict


def waiver(**changes):
    values = {
        "urn": HERE,
        "property": "partitions",
        "reason": "the topic has no record yet",
        "approver": "Ada",
        "expires": str(TODAY),
    }
    lines = [f'{key}: "{value}"' for key, value in (values | changes).items() if value is not None]
    return "- " + "\n  ".join(lines) + "\n"


def test_prod_refuses_and_says_what_to_do(waivers):
    verdict = waivers()

    assert verdict.is_refused
    assert list(verdict.lines()) == [
        f"refused: {LINE}",
        (
            "take each change back, or allow it with its urn, property, reason, approver and "
            "expires in waivers/prod.yaml"
        ),
    ]


@pytest.mark.parametrize("environment", ["staging", "local"])
def test_another_environment_reports(waivers, environment):
    verdict = waivers(environment=environment)

    assert not verdict.is_refused
    assert next(verdict.lines()) == f"warning: {LINE}"


def test_a_waiver_lets_one_change_pass_until_its_last_day(waivers):
    both = step("update", TOPIC, "t", {"partitions": 10, "replicationFactor": 3}, {"partitions": 9})

    passed, other = waivers(waiver()), waivers(waiver(), both)

    assert not passed.is_refused
    assert list(passed.lines()) == [f"waived: {LINE}"]
    assert other.is_refused
    assert [danger.property for danger in other.dangers] == ["replicationFactor"]


def test_every_wrong_waiver_is_reported_at_once(waivers):
    yesterday = TODAY - timedelta(days=1)
    text = waiver(expires=yesterday) + waiver() + waiver(property="delete") + waiver(urn=f"{HERE}x")

    with pytest.raises(InvalidFilesError) as refused:
        waivers(text)
    assert str(refused.value).splitlines() == [
        "waivers/prod.yaml is not valid:",
        (f"  0.expires: it has expired: remove it, or have it approved again (got '{yesterday}')"),
        f"  1: partitions of {HERE} is there twice: remove one",
        f"  2: the plan has no such change: remove it (got delete of {HERE})",
        f"  3: the plan has no such change: remove it (got partitions of {HERE}x)",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (waiver(reason=None), "0.reason: missing: add it"),
        (waiver(reason="ok"), "0.reason: too short: use at least 10 characters (got 'ok')"),
        (waiver(approver=""), "0.approver: too short: use at least 1 characters (got '')"),
        (waiver(expires="soon"), "0.expires: not a date: write YYYY-MM-DD (got 'soon')"),
        (waiver(by="me"), "0.by: unknown key: remove it or correct its name (got 'me')"),
        (
            waiver(urn="t"),
            "0.urn: not of the form ^urn:pulumi:: correct it (got 't')",
        ),
    ],
)
def test_a_waiver_without_its_parts_is_refused(waivers, text, problem):
    with pytest.raises(InvalidFilesError) as refused:
        waivers(text)
    assert str(refused.value) == f"waivers/prod.yaml is not valid:\n  {problem}"


def test_a_file_of_no_stack_is_refused(waivers):
    with pytest.raises(InvalidFilesError) as refused:
        waivers(waiver(), name="prd")
    assert str(refused.value) == (
        "waivers/prd.yaml is not valid:\n  there is no Pulumi.prd.yaml: correct the name"
    )


def test_a_plan_without_danger_needs_no_waiver(waivers):
    harmless = step("update", TOPIC, "t", {"partitions": 10}, {"partitions": 12})

    assert waivers("", harmless) == Verdict("prod", [], [], is_refused=False)
    with pytest.raises(InvalidFilesError, match="the plan has no such change"):
        waivers(waiver(), harmless)
