"""Every panel shows live data: plausible while all is well, and otherwise what goes wrong."""

import re
import time
from collections.abc import Iterator

import pytest

from catalog.dashboards import read_dashboards
from sandbox import pictures, prometheus
from sandbox.panels import Panel, Query, Series, ask, read_boards
from tests.engine.workload_client import Workload, until

BOARDS = read_boards()
PANELS = {f"{board.uid}: {panel.title}": panel for board in BOARDS for panel in board.panels}
PLAUSIBLE = {
    f"{uid}: {panel.title}": panel.plausible
    for uid, board in read_dashboards().items()
    for panel in board.panels
}
# Ten times the usual, so that what is rare has happened within seconds.
RATE = 200


@pytest.fixture(scope="module")
def workload(sandbox) -> Iterator[Workload]:
    """Give a workload that has been well for as long as every panel needs to show something."""
    running = Workload(sandbox)
    running.put("rate", operations_per_second=RATE)
    until(lambda: all(answers(running, panel) for panel in PANELS.values()), seconds=120)
    until(lambda: running.total("legal_documents_total") >= 20)
    yield running
    running.reset()


def answer(workload: Workload, query: Query) -> list[Series]:
    now = time.time()
    return list(ask(prometheus.url(workload.sandbox.world), query, now - 5, now, 1))


def answers(workload: Workload, panel: Panel) -> list[Series]:
    found = [answer(workload, query) for query in panel.queries]
    return [series for each in found for series in each] if all(found) else []


def colour(panel: Panel, value: float) -> str:
    if panel.states:
        return panel.states[round(value)][1]
    return [of for number, of in panel.steps if number is None or value >= number][-1]


@pytest.mark.parametrize("name", PANELS)
def test_every_query_gives_plausible_values_and_a_name_for_each_series(workload, name):
    panel, plausible = PANELS[name], PLAUSIBLE[name]
    for query in panel.queries:
        found = answer(workload, query)

        assert found
        assert [s for s in found if not plausible.least <= s.last <= plausible.most] == []
        assert len({series.name for series in found}) == len(found)
        for series in found:
            assert series.labels.keys() == set(re.findall(r"{{(\w+)}}", query.legend))
            assert all(series.labels.values())


@pytest.mark.parametrize("name", PANELS)
def test_the_unit_suits_the_values(workload, name):
    panel = PANELS[name]
    values = [series.last for series in answers(workload, panel)]

    suits = {
        "percentunit": lambda value: -0.1 <= value <= 1.1,
        "none": lambda value: value in panel.states,
        "s": lambda value: 0 < value < 60,
        "short": lambda value: value >= 0,
    }
    assert [value for value in values if not suits[panel.unit](value)] == []
    assert any(values) == (name not in NOTHING_HAPPENS)


# While all is well: nobody reaches for another user's object, no breaker opens.
NOTHING_HAPPENS = {"waqiti-security: IDOR attempt count", "waqiti-alerting: Circuit breaker state"}


def test_what_goes_wrong_is_seen_in_the_colour_of_what_is_asked_for(workload):
    wrong = {
        "Alert delivery time": "dark-red",
        "Circuit breaker state": "red",
        "Encryption audit completeness": "dark-red",
        "PDF generation success rate": "orange",
        "SAGA success rate": "red",
        "Compensation rate": "red",
    }
    judged = {panel.title: panel for panel in PANELS.values() if panel.title in wrong}

    def seen() -> dict[str, str]:
        # The first query of a panel is the one that is judged.
        return {
            title: colour(panel, answer(workload, panel.queries[0])[0].last)
            for title, panel in judged.items()
        }

    before = seen()
    workload.put("late", alert_delivery_seconds=12)
    workload.put("wrong", sagas_percent=50, pdfs_percent=50, circuit_breaker_open=True)
    workload.put("lossy", operations_percent=50)
    until(lambda: seen() == wrong)

    assert before == dict.fromkeys(wrong, "green")


def test_each_dashboard_is_drawn_from_live_data(workload, tmp_path):
    now = time.time()
    for board in BOARDS:
        file = tmp_path / f"{board.uid}.svg"
        pictures.draw(board, prometheus.url(workload.sandbox.world), now - 60, now, file)

        text = file.read_text()
        assert [panel.title for panel in board.panels if f">{panel.title}<" not in text] == []
        assert len(text) < 200_000
