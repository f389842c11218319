"""The stand-ins' programs, built once, and the recorded cases, asked side by side."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.engine.standins.recordings import VERSIONS, Case
from tests.engine.standins.replay import Outcome, replay

SOURCE = Path(__file__).parents[2] / "sandbox/standins"
# Many cases mostly wait: the longest one takes two minutes, all of them little more.
_AT_ONCE = 8


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The stand-ins' programs: those in the folder WAQITI_STANDINS, else built here."""
    given = os.environ.get("WAQITI_STANDINS")
    folder = Path(given) if given else tmp_path_factory.mktemp("standins")
    built = {name: folder / f"pulumi-resource-{name}" for name in VERSIONS}
    if not given:
        for name, program in built.items():
            _build(name, program)
    return built


def _build(name: str, program: Path) -> None:
    go = shutil.which("go")
    if go is None:
        pytest.fail(
            "go is not on PATH: install it, or name a folder of built stand-ins in WAQITI_STANDINS"
        )
    flags = f"-s -w -X main.version={VERSIONS[name]}"
    subprocess.run(
        [go, "build", "-trimpath", "-ldflags", flags, "-o", program, f"./{name}"],
        cwd=SOURCE,
        env=os.environ | {"CGO_ENABLED": "0"},
        check=True,
    )


@pytest.fixture(scope="session")
def replays(
    request: pytest.FixtureRequest,
    programs: Mapping[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[tuple[str, str], Future[Mapping[int, Outcome]]]]:
    """Every collected case, asked of a process of its own; the slow ones start first."""
    home = tmp_path_factory.mktemp("empty-home")
    cases = sorted(_collected(request.session), key=lambda case: not case.slow)
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
