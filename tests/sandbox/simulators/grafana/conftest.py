from collections.abc import Iterator

import httpx2
import pytest

from tests.sandbox.simulators.grafana.running import Simulator, started


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with started(tmp_path_factory.mktemp("grafana")) as simulator:
        yield simulator


@pytest.fixture
def simulator(process: Simulator) -> Simulator:
    """Provide a simulator with an empty organisation."""
    with process.http() as http:
        http.post("/sandbox/reset").raise_for_status()
    return process


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx2.Client]:
    with simulator.http() as client:
        yield client
