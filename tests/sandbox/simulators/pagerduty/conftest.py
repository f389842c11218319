from collections.abc import Iterator

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    MANAGER,
    MONDAY,
    ON_CALL,
    SENIOR,
    Paging,
    Simulator,
    paging,
    started,
)


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with started(tmp_path_factory.mktemp("pagerduty")) as simulator:
        yield simulator


@pytest.fixture
def simulator(process: Simulator) -> Simulator:
    """Provide a simulator with a new account, on a Monday morning."""
    with process.http() as http:
        http.post("/sandbox/reset").raise_for_status()
        http.put("/sandbox/clock", json={"now": MONDAY}).raise_for_status()
    return process


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx2.Client]:
    with simulator.http() as client:
        yield client


@pytest.fixture
def rest(simulator: Simulator) -> Iterator[pagerduty.RestApiV2Client]:
    with simulator.rest() as client:
        yield client


@pytest.fixture
def ladder(simulator: Simulator, rest: pagerduty.RestApiV2Client) -> Iterator[Paging]:
    """Provide the platform's levels, 15 minutes each: schedule, senior engineer, manager."""
    made = paging(simulator, rest, [[ON_CALL], [SENIOR], [MANAGER]])
    with made.events:
        yield made
