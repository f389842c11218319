"""A simulator in its own process."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT


@contextmanager
def running(
    simulator: str, folder: Path, *options: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """
    Run *simulator* with its state in *folder*; stop it afterwards if it still runs.

    Yields:
        Its address and its process. Its log is the file `log` in *folder*.
    """
    command = [sys.executable, "-m", f"sandbox.simulators.{simulator}", "--port=0"]
    command += [f"--state={folder / 'state.db'}", *options]
    with (
        (folder / "log").open("a") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as run,
    ):
        assert run.stdout
        line = run.stdout.readline()
        assert line, (folder / "log").read_text()
        try:
            yield line.split()[-1], run
        finally:
            run.terminate()
