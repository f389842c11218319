"""The simulator of a whole test file, reset before each test."""

from collections.abc import Iterator

import pytest

from tests.sandbox.simulators.slack.running import Simulator, started


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with started(tmp_path_factory.mktemp("slack")) as simulator:
        yield simulator


@pytest.fixture
def slack(process: Simulator) -> Simulator:
    process.start_anew()
    return process
