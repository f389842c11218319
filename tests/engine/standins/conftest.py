"""The stand-ins' programs, and the recorded cases, asked side by side."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.toolchain.cache import Toolchain
from tests.engine.standins.recordings import VERSIONS, Case
from tests.engine.standins.replay import Outcome, replay

# Many cases mostly wait: the longest one takes two minutes, all of them little more.
_AT_ONCE = 8


@pytest.fixture(scope="session")
def programs(toolchain: Toolchain) -> Mapping[str, Path]:
    return {name: toolchain.executable(f"{name}-plugin") for name in VERSIONS}


@pytest.fixture(scope="session")
def replays(
    request: pytest.FixtureRequest,
    programs: Mapping[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[tuple[str, str], Future[Mapping[int, Outcome]]]]:
    """Every collected case, asked of a process of its own; those that wait long start first."""
    home = tmp_path_factory.mktemp("empty-home")
    cases = sorted(_collected(request.session), key=lambda case: (not case.slow, -len(case.calls)))
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        yield {
            (case.package, case.name): threads.submit(replay, case, programs[case.package], home)
            for case in cases
        }
        threads.shutdown(cancel_futures=True)


def _collected(session: pytest.Session) -> Iterator[Case]:
    for item in session.items:
        if isinstance(item, pytest.Function) and "replays" in item.fixturenames:
            case = item.callspec.params["case"]
            assert isinstance(case, Case)
            yield case
