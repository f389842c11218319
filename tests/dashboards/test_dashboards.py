"""Every dashboard is generated, explains itself, and follows the house rules."""

import itertools
import json
import re
from unittest.mock import Mock

import promql_parser as promql
import pytest
from pydantic import ValidationError

from authoring import dashboards, thresholds
from authoring import promql as tree
from catalog.dashboards import Dashboard, read_dashboards
from catalog.metrics import Gate, Sli
from catalog.problems import InvalidFilesError
from tests.alert_rules.house import faults
from tests.alert_rules.rule_files import CATALOG, RULES
from tests.conftest import ROOT, STACKS, stack_config

FILES = sorted((ROOT / "dashboards").glob("*.json"))
BOARDS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}
PANELS = {
    f"{uid}: {panel['title']}": panel for uid, board in BOARDS.items() for panel in board["panels"]
}
ENTRIES = {
    f"{uid}: {panel.title}": panel
    for uid, board in read_dashboards().items()
    for panel in board.panels
}
SEED = {
    "Alerting System": [
        "Alert delivery time",
        "PagerDuty incidents",
        "Slack messages",
        "Circuit breaker state",
    ],
    "Compliance": [
        "Notification success rate",
        "Encryption audit completeness",
        "PDF generation success rate",
    ],
    "Payment SAGA": [
        "SAGA success rate",
        "Compensation rate",
        "Average duration",
        "Error breakdown",
    ],
    "Security": [
        "Failed authentication attempts",
        "IDOR attempt count",
        "Rate limit violations",
        "Admin access log",
    ],
}
each_panel = pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
each_board = pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)


def test_generating_the_dashboards_again_changes_no_byte():
    assert {path.name: path.read_text(encoding="utf-8") for path in FILES} == dashboards.written()


def test_a_wrong_catalog_is_reported_in_sentences(monkeypatch, capsys):
    problem = "catalog/metrics.yaml is not valid:\n  slis.x.unit: unknown value: use 'ratio'"
    monkeypatch.setattr(dashboards, "written", Mock(side_effect=InvalidFilesError(problem)))

    assert dashboards.main() == 2
    assert capsys.readouterr().err == f"{problem}\n"


def test_the_checklist_s_four_dashboards_have_its_fifteen_panels_in_its_order():
    titles = {b["title"]: [p["title"] for p in b["panels"]] for b in BOARDS.values()}
    kept = {
        board: [title for title in titles[board] if title in panels]
        for board, panels in SEED.items()
    }

    assert kept == SEED
    assert sum(map(len, SEED.values())) == 15


@each_board
def test_no_file_has_an_id_a_version_or_a_time_range_of_its_author(board):
    assert board["uid"] in BOARDS
    assert not {"id", "version", "iteration", "gnetId", "revision"} & board.keys()
    assert board["time"] == {"from": "now-3h", "to": "now"}
    assert board["tags"] == ["waqiti"]


@each_board
def test_environments_differ_only_by_the_datasource_variable(board):
    (variable,) = board["templating"]["list"]
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(board["panels"])))

    assert (variable["name"], variable["type"], variable["query"]) == (
        "datasource",
        "datasource",
        "prometheus",
    )
    assert "current" not in variable
    assert used == {"datasource"}


@each_panel
def test_a_panel_has_a_description_and_a_link_to_its_runbook(panel):
    defaults = panel["fieldConfig"]["defaults"]

    assert len(panel["description"]) > 40
    assert defaults["unit"]
    assert defaults["noValue"] == "no data"
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert panel["links"]
    for link in panel["links"]:
        base, _, page = link["url"].rpartition("/")
        assert (ROOT / "runbooks" / page).is_file()
        for stack in STACKS:
            assert base == stack_config(stack)["waqiti:monitoring"]["runbook_base_url"]


@each_board
def test_panels_fill_their_rows_and_do_not_overlap(board):
    cells = [
        (x, y)
        for grid in (panel["gridPos"] for panel in board["panels"])
        for x, y in itertools.product(
            range(grid["x"], grid["x"] + grid["w"]), range(grid["y"], grid["y"] + grid["h"])
        )
    ]

    rows = 1 + max(y for _, y in cells)
    assert sorted(cells) == list(itertools.product(range(24), range(rows)))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


@each_panel
def test_a_query_is_in_the_catalog_and_follows_the_house_rules(panel):
    questions = {
        tree.spelled(text)
        for sli in CATALOG.slis.values()
        for text in (sli.expr, f"1 - ({sli.expr})")
    }
    for target in panel["targets"]:
        assert tree.spelled(target["expr"]) in questions
        assert faults(target["expr"]) == []


@each_panel
def test_a_legend_has_each_label_of_its_series(panel):
    for target in panel["targets"]:
        kept = {
            label
            for node in tree.nodes(promql.parse(target["expr"]))
            if isinstance(node, promql.AggregateExpr) and node.modifier is not None
            for label in node.modifier.labels
        } - {"le"}

        assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) == kept


@pytest.mark.parametrize("name", ENTRIES)
def test_the_unit_is_that_of_the_question(name):
    units = {"seconds": "s", "ratio": "percentunit", "state": "none"}
    (unit,) = {CATALOG.slis[line.sli].unit for line in ENTRIES[name].lines}

    assert PANELS[name]["fieldConfig"]["defaults"]["unit"] == units.get(unit, "short")


def test_panel_thresholds_are_exactly_those_of_gates_rollbacks_and_alerts():
    coloured = {
        panel["title"]: [(step["value"], step["color"]) for step in steps]
        for panel in PANELS.values()
        if len(steps := panel["fieldConfig"]["defaults"]["thresholds"]["steps"]) > 1
    }

    expected = {
        "Alert delivery time": [(None, "green"), (5, "red"), (10, "dark-red")],
        "Encryption audit completeness": [(None, "dark-red"), (0.9975, "green")],
        "PDF generation success rate": [(None, "orange"), (0.99, "green")],
        "SAGA success rate": [(None, "red"), (0.99, "green")],
        "Compensation rate": [(None, "green"), (0.01, "red")],
        "IDOR attempt count": [(None, "green"), (2.5, "orange")],
    }
    in_seed = {title for panels in SEED.values() for title in panels}
    assert {title: steps for title, steps in coloured.items() if title in in_seed} == expected


def test_a_changed_number_in_the_catalog_or_in_a_rule_changes_the_panel():
    sli = CATALOG.slis["saga_compensation_ratio_5m"]
    rule = RULES["SagaCompensationRateHigh"]
    moved_sli = sli.model_copy(update={"gate": Gate(below=0.03, minimum_events=1)})
    moved_rule = rule.model_copy(update={"expr": rule.expr.replace("> 0.01", "> 0.02")})

    assert thresholds.steps(thresholds.bounds(moved_sli, [moved_rule])) == [
        (None, "green"),
        (0.02, "red"),
        (0.03, "orange"),
    ]


def test_upper_and_lower_thresholds_in_one_panel_are_refused():
    two = Sli.model_validate(
        {
            "unit": "ratio",
            "expr": "vector(1)",
            "runbook": "X",
            "gate": {"above": 0.9, "minimum_events": 1},
            "rollback": {"above": 0.99, "for": "1m"},
        }
    )

    with pytest.raises(ValueError, match="a panel has upper or lower bounds, not both"):
        thresholds.steps(thresholds.bounds(two, []))


def test_the_circuit_breaker_s_states_have_words_and_colours():
    panel = PANELS["waqiti-alerting: Circuit breaker state"]
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    states = CATALOG.slis["circuit_breaker_state"].states

    assert panel["type"] == "state-timeline"
    assert {number: (one["text"], one["color"]) for number, one in mapping["options"].items()} == {
        "0": ("Closed", "green"),
        "1": ("Half open", "orange"),
        "2": ("Open", "red"),
    }
    assert set(states) == set(CATALOG.metrics["resilience4j_circuitbreaker_state"].labels["state"])


def test_the_compliance_dashboard_is_described_as_the_training_s_notification_tracking_dashboard():
    assert "notification tracking dashboard" in BOARDS["waqiti-compliance"]["description"]


@pytest.mark.parametrize(
    ("panel", "sentence"),
    [
        ({"unit": "s"}, "Extra inputs are not permitted"),
        ({"lines": []}, "Value error, empty: add at least one"),
        (
            {"plausible": {"least": 1, "most": 0}},
            "Value error, most is less than least: swap them",
        ),
    ],
)
def test_an_invalid_panel_is_refused(panel, sentence):
    entry = ENTRIES["waqiti-security: IDOR attempt count"].model_dump() | panel

    with pytest.raises(ValidationError) as caught:
        Dashboard.model_validate(
            {"title": "Kitchen", "description": "Is anything on fire here?", "panels": [entry]}
        )

    assert [problem["msg"] for problem in caught.value.errors()] == [sentence]
