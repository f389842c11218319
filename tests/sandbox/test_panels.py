"""Panels are read from the committed files, and queried as Grafana does."""

import json

import pytest
import requests

from sandbox.panels import Panel, Query, Series, ask, read_boards
from sandbox.world import SandboxError
from tests.conftest import ROOT

URL = "http://127.0.0.1:1"


@pytest.fixture
def prometheus(monkeypatch):
    """Provide a Prometheus with prepared answers, which records its queries."""

    def answering(**content):
        asked = []

        def get(url, params, timeout):
            asked.append((url, params, timeout))
            answer = requests.Response()
            answer._content = json.dumps(content).encode()  # noqa: SLF001 - requests has no other way
            return answer

        monkeypatch.setattr(requests, "get", get)
        return asked

    return answering


def result(*series):
    return {"status": "success", "data": {"result": list(series)}}


def test_a_series_is_named_after_its_labels_and_has_only_numbers(prometheus):
    asked = prometheus(
        **result(
            {"metric": {"way": "slack"}, "values": [[1, "NaN"], [2, "0.5"]]},
            {"metric": {"way": "pagerduty"}, "values": [[1, "NaN"]]},
        )
    )

    assert ask(URL, Query("up", "by {{way}}"), 1, 2, 1) == [
        Series("by slack", {"way": "slack"}, [(2, 0.5)])
    ]
    assert asked == [
        (f"{URL}/api/v1/query_range", {"query": "up", "start": 1, "end": 2, "step": 1}, 10)
    ]


@pytest.mark.parametrize(
    ("content", "expr", "sentence"),
    [
        ({"status": "error", "error": "no such function"}, "upp()", "no such function"),
        (result(), "rate(up[$__rate_interval])", "a variable that nothing here replaces"),
    ],
)
def test_a_refused_query_is_reported_in_one_sentence(prometheus, content, expr, sentence):
    prometheus(**content)

    with pytest.raises(SandboxError, match=sentence):
        ask(URL, Query(expr, ""), 1, 2, 1)


def test_a_prometheus_that_is_down_is_reported_with_the_remedy():
    with pytest.raises(SandboxError, match="does not answer: run `make up`"):
        ask(URL, Query("up", ""), 1, 2, 1)


@pytest.mark.parametrize(
    ("unit", "decimals", "value", "text"),
    [
        ("percentunit", 2, 0.99754, "99.75 %"),
        ("s", 2, 1.234, "1.23 s"),
        ("short", 0, 1234.4, "1,234"),
    ],
)
def test_a_value_is_shown_in_its_unit(unit, decimals, value, text):
    panel = Panel(
        title="",
        kind="timeseries",
        grid=(0, 0, 1, 1),
        unit=unit,
        decimals=decimals,
        steps=[],
        states={},
        soft=(None, None),
        queries=[],
    )

    assert panel.shown(value) == text


def test_every_panel_of_the_committed_files_is_read():
    boards = {board.uid: [panel.kind for panel in board.panels] for board in read_boards()}
    files = [json.loads(path.read_text()) for path in (ROOT / "dashboards").glob("*.json")]

    assert boards == {file["uid"]: [panel["type"] for panel in file["panels"]] for file in files}


def test_a_state_is_shown_as_its_word():
    (panel,) = [p for board in read_boards() for p in board.panels if p.states]

    assert [panel.shown(value) for value in (0, 1, 2)] == ["Closed", "Half open", "Open"]
