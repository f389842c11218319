"""Rights that a test takes away, and gets back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.servers import kafka, kubernetes, openbao
from tests.engine.conftest import copy_program


@pytest.fixture
def restore(sandbox) -> Iterator[Callable[[], None]]:
    """Provide a function that grants everything again, which happens after the test, too."""

    def grant() -> None:
        for server in (openbao.SERVER, kafka.SERVER, kubernetes.SERVER):
            server.seed(sandbox.world)

    yield grant
    grant()


@pytest.fixture
def repair(sandbox, restore) -> Callable[[], None]:
    """Provide a function that grants everything again and completes the refused run."""

    def up() -> None:
        restore()
        sandbox.up("--skip-preview", "--refresh")

    return up


@pytest.fixture(scope="session")
def unchecked(tmp_path_factory) -> Path:
    """Provide the program without preflight: a system itself refuses what is not granted."""
    folder = copy_program(tmp_path_factory.mktemp("unchecked") / "program")
    main = folder / "__main__.py"
    checked, call = main.read_text(), "require_systems(settings)\n"
    assert call in checked
    main.write_text(checked.replace(call, ""))
    return folder


@pytest.fixture(scope="module")
def urn(sandbox) -> Callable[[str], str]:
    """Provide a function that returns the URN of the first resource of a type."""
    resources = sandbox.state()["resources"]
    return lambda kind: next(r["urn"] for r in resources if r["type"] == kind)
