"""Every command of `docs/first-hour.md` does what the page shows, in a checkout of its own."""

import os
import shutil
import subprocess

import pytest

from sandbox.servers import SERVERS
from sandbox.world import World
from tests.conftest import ROOT
from tests.engine.first_hour import matches, run, steps_of
from tests.engine.ports import next_block
from tests.engine.sandboxes import discard
from tests.test_layout import TRACKED

pytestmark = pytest.mark.minutes(4)

AUTHOR = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "test"), ("EMAIL", "test@example.test"))
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Provide a copy of the checkout as a repository of its own, in which `make up` ran."""
    folder = tmp_path_factory.mktemp("first-hour") / "checkout"
    for file in TRACKED:
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)  # with its time: `make` installs nothing again
    (folder / ".venv").symlink_to(ROOT / ".venv")
    world = World(folder / ".sandbox" / "local", next_block(), SERVERS)
    # A `make` that another one starts prints the folders that it enters and leaves.
    own = {
        name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    environment = {**own, **AUTHOR, "FIRST_PORT": str(world.first_port)}
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "all"]):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)
    try:
        subprocess.run(["make", "up"], cwd=folder, env=environment, check=True)
        yield folder, environment
    finally:
        discard(world)


def test_each_step_prints_what_the_page_shows(checkout):
    folder, environment = checkout
    for step in steps_of((ROOT / "docs" / "first-hour.md").read_text()):
        printed = run(step, folder, environment)
        assert matches(step.shown, printed), f"$ {step.command or step.change}\n{printed}"
