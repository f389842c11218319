"""A dashboard that Grafana refuses or cannot show is refused; a valid one is accepted."""

import json

import pytest

from tests.settings.copied_folders import report

BOARD = {"uid": "mine", "title": "Mine", "panels": [{"type": "stat", "title": "p"}]}
LINK = {"url": "https://elsewhere.example/runbook.md"}
INPUTS = [{"name": "DS_PROM", "type": "datasource"}]
REFUSED_BOARDS = [
    ({"__inputs": INPUTS}, "__inputs: an export for sharing"),
    ({"panels": [{"datasource": {"uid": "${DS_PROM}"}}]}, "no variable DS_PROM is declared"),
    ({"panels": [{"targets": [{"datasource": "$ds"}]}]}, "no variable ds is declared"),
    ({"title": ""}, "title: is empty: write a title"),
    ({"title": None}, "title: missing: add it"),
    ({"title": "Security"}, "title: also in dashboards/"),
    ({"refresh": "1s"}, "refresh: Grafana takes a duration of at least 5 seconds"),
    ({"panels": [None]}, "panels.0: not an object: remove it (got None)"),
    ({"panels": [{"panels": [{"links": [LINK]}], "type": "row"}]}, "1 links do not start with"),
    ({"uid": "other"}, "uid: must be the file name: set it to 'mine' (got 'other')"),
]


@pytest.mark.parametrize(("changes", "problem"), REFUSED_BOARDS)
def test_a_dashboard_that_grafana_refuses_or_cannot_show_is_refused(changes, problem, top):
    (top / "dashboards/mine.json").write_text(json.dumps(BOARD | changes))

    _, found, *_ = report("prod", top)

    assert problem in found


@pytest.mark.parametrize("uid", ["u" * 41, "a b", "general", "waqiti"])
def test_a_uid_that_grafana_refuses_is_refused(uid, top):
    (top / f"dashboards/{uid}.json").write_text(json.dumps(BOARD | {"uid": uid}))

    name, problem = report("prod", top)

    assert name == f"dashboards/{uid}.json is not valid:"
    assert problem.startswith("uid: ")


@pytest.mark.parametrize(
    "changes",
    [
        {"panels": [{"type": "stat", "links": None}]},
        {"panels": None},
        {"links": [{"type": "dashboards", "tags": []}]},
        {"panels": [{"type": "stat", "links": [{"title": "no address"}]}]},
        {"__requires": [{"type": "panel"}], "refresh": False},
        {
            "templating": {"list": [{"name": "DS_PROM", "type": "datasource"}]},
            "panels": [{"datasource": {"uid": "${DS_PROM}"}}],
        },
    ],
)
def test_a_dashboard_that_grafana_takes_is_accepted(changes, top):
    (top / "dashboards/mine.json").write_text(json.dumps(BOARD | changes))

    assert report("prod", top) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"uid": "mine", "uid": "mine"}', "duplicate key 'uid'"),
        ('{"a": NaN}', "NaN is no number in JSON"),
        ('{"a": 1e999}', "1e999 is too large"),
        ('{"a": "\\ud800"}', "half of a surrogate pair is no character"),
        ("[" * 100000, "too many nested levels"),
        ("[]", "(whole file): not an object: write a dashboard"),
    ],
)
def test_a_dashboard_that_is_no_strict_json_is_refused(text, problem, top):
    (top / "dashboards/mine.json").write_text(text)

    name, found = report("prod", top)

    assert name == "dashboards/mine.json is not valid:"
    assert problem in found


def test_a_dashboard_of_many_nested_rows_is_one_sentence(top):
    panel: object = {"type": "stat"}
    for _ in range(200):
        panel = {"type": "row", "panels": [panel]}
    (top / "dashboards/mine.json").write_text(json.dumps(BOARD | {"panels": [panel]}))

    assert report("prod", top) == [
        "dashboards/mine.json is not valid:",
        "not valid JSON: too many nested levels: correct it",
    ]
