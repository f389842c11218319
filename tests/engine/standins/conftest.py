"""The programs of the stand-ins, and the replays of the recorded cases, which run in parallel."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.engine.toolchain.cache import Toolchain
from tests.engine.standins.recordings import VERSIONS, Case
from tests.engine.standins.replay import Outcome, replay

# Most cases mostly wait: in parallel, all of them take little more than the longest (two minutes).
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
    """Replay every collected case in its own process; start the slowest ones first."""
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
