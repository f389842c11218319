"""Every panel shows live data: plausible in normal operation, coloured when something is wrong."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from catalog.dashboards import read_dashboards
from sandbox import pictures
from sandbox.panels import Panel, Query, Series, ask, read_boards
from sandbox.servers import prometheus
from tests.engine.polling import eventually
from tests.engine.workload_client import Workload, settled, until

pytestmark = [pytest.mark.minutes(2), pytest.mark.own_sandbox]

BOARDS = read_boards()
PANELS = {f"{board.uid}: {panel.title}": panel for board in BOARDS for panel in board.panels}
PLAUSIBLE = {
    f"{uid}: {panel.title}": panel.plausible
    for uid, board in read_dashboards().items()
    for panel in board.panels
}
# In normal operation no user requests another user's object, and no circuit breaker opens.
NOTHING_HAPPENS = {"waqiti-security: IDOR attempt count", "waqiti-alerting: Circuit breaker state"}
SUITS = {
    "percentunit": lambda value: -0.1 <= value <= 1.1,
    "none": lambda value: value in (0, 1, 2),
    "s": lambda value: 0 < value < 60,
    "short": lambda value: value >= 0,
}

RATE = 200  # operations per second: ten times the usual rate

Answers = Sequence[tuple[Query, Sequence[Series]]]


@dataclass(frozen=True)
class Live:
    """A workload, and what every panel showed in normal operation, before any test."""

    workload: Workload
    normal: Mapping[str, Answers]

    def now(self, name: str) -> tuple[str, bool]:
        """Return the colour and the plausibility of a panel now, by its first query."""
        value = answer(self.workload, PANELS[name].queries[0])[0].last
        plausible = PLAUSIBLE[name]
        return colour(PANELS[name], value), plausible.least <= value <= plausible.most


@pytest.fixture(scope="module")
def live(sandbox) -> Iterator[Live]:
    workload = Workload(sandbox)
    # Half of the compensations that the gate allows, so that rare events happen within seconds.
    workload.put("rate", operations_per_second=RATE)
    workload.put("wrong", sagas_percent=0.5)
    until(lambda: workload.total("legal_documents_total") >= 20, seconds=120)
    until(lambda: workload.total("payment_saga_errors_total") >= 1)
    # Wait until no record is in flight: the panel shows five minutes, and a new workload has fewer.
    settled(workload, 0)
    incomplete: list[str] = []
    eventually(lambda: [name for name in PANELS if not shows(workload, name)], incomplete, 120)
    yield Live(workload, {name: answers(workload, panel) for name, panel in PANELS.items()})
    workload.reset()


def answer(workload: Workload, query: Query) -> Sequence[Series]:
    now = time.time()
    return ask(prometheus.url(workload.sandbox.world), query, now - 5, now, 1)


def answers(workload: Workload, panel: Panel) -> Answers:
    return [(query, answer(workload, query)) for query in panel.queries]


def shows(workload: Workload, name: str) -> bool:
    """Report whether every query has a plausible answer, after the last records are counted."""
    found = [each for _, each in answers(workload, PANELS[name])]
    values = [series.last for each in found for series in each]
    plausible = all(PLAUSIBLE[name].least <= value <= PLAUSIBLE[name].most for value in values)
    return all(found) and plausible and (any(values) or name in NOTHING_HAPPENS)


def colour(panel: Panel, value: float) -> str:
    if panel.states:
        return panel.states[round(value)][1]
    return [of for number, of in panel.steps if number is None or value >= number][-1]


@pytest.mark.parametrize("name", PANELS)
def test_every_query_returns_values_that_are_plausible_for_the_unit(live, name):
    plausible, suits = PLAUSIBLE[name], SUITS[PANELS[name].unit]
    for _, found in live.normal[name]:
        values = [series.last for series in found]

        assert values
        assert [v for v in values if not plausible.least <= v <= plausible.most] == []
        assert [v for v in values if not suits(v)] == []


@pytest.mark.parametrize("name", PANELS)
def test_the_legend_distinguishes_every_series_by_all_of_its_labels(live, name):
    for query, found in live.normal[name]:
        named = set(re.findall(r"{{(\w+)}}", query.legend))

        assert {frozenset(series.labels) for series in found} == {frozenset(named)}
        assert all(value for series in found for value in series.labels.values())
        assert len({series.name for series in found}) == len(found)


def test_a_fault_changes_the_colour_of_its_panel(live):
    wrong = {
        "waqiti-alerting: Alert delivery time": "dark-red",
        "waqiti-alerting: Circuit breaker state": "red",
        "waqiti-compliance: Encryption audit completeness": "dark-red",
        "waqiti-compliance: PDF generation success rate": "orange",
        "waqiti-payment-saga: SAGA success rate": "red",
        "waqiti-payment-saga: Compensation rate": "red",
    }
    live.workload.put("rate", operations_per_second=RATE)
    live.workload.put("late", alert_delivery_seconds=12)
    live.workload.put("wrong", sagas_percent=50, pdfs_percent=50, circuit_breaker_open=True)
    live.workload.put("lossy", operations_percent=50)

    eventually(
        lambda: {name: live.now(name) for name in wrong},
        {name: (asked, False) for name, asked in wrong.items()},
    )


def test_a_picture_of_each_dashboard_is_drawn_from_live_data(live, tmp_path):
    now = time.time()
    url = prometheus.url(live.workload.sandbox.world)
    for board in BOARDS:
        file = tmp_path / f"{board.uid}.svg"
        pictures.draw(board, url, now - 60, now, file)
        text = file.read_text()

        assert [panel.title for panel in board.panels if f">{panel.title}<" not in text] == []
        assert len(text) < 200_000
