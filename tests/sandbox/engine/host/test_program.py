import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.engine.host import program

EXECUTOR = """
import runpy, sys
sys.argv = sys.argv[1:]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except ValueError as error:
    print(error)
    sys.exit(1)
"""


def run(folder: Path, text: str) -> subprocess.Popen[str]:
    executor = folder / "bin" / "exec"
    executor.parent.mkdir()
    executor.write_text(EXECUTOR)
    executor.with_name("beside.py").touch()
    (folder / "__main__.py").write_text(text)
    return subprocess.Popen(
        [sys.executable, program.__file__, executor, folder, "argument"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("text", "printed", "code"),
    [
        ("print('fine')", "fine\n", 0),
        ("raise ValueError('a sentence')", "a sentence\n", program.EXPLAINED),
        ("import sys; sys.exit(1)", "", 1),
        ("import sys; sys.exit(3)", "", 3),
        ("import sys; print(sys.argv[1:])", "['argument']\n", 0),
        ("import beside; print(__name__)", "__main__\n", 0),
    ],
)
def test_an_unexplained_failure_differs_from_an_explained_one(
    text: str, printed: str, code: int, tmp_path: Path
) -> None:
    process = run(tmp_path, text)

    assert (*process.communicate(), process.returncode) == (printed, "", code)


def test_a_second_interrupt_does_not_stop_the_clean_up(tmp_path: Path) -> None:
    text = """
import sys, time
try:
    print("up", flush=True)
    time.sleep(60)
finally:
    print("cleaning", flush=True)
    sys.stdin.readline()
    print("clean")
"""
    process = run(tmp_path, text)
    assert process.stdout
    for output_of in ("up\n", "cleaning\n"):
        assert process.stdout.readline() == output_of
        process.send_signal(signal.SIGINT)

    assert (*process.communicate("go on\n"), process.returncode) == ("clean\n", "", -signal.SIGINT)
