"""The executable that the engine starts: `pulumi-language-python`."""

import shlex
from pathlib import Path

NAME = "pulumi-language-python"

# -I: the host's modules come from its own interpreter and the checkout, whatever PYTHONPATH or
# working directory the engine was started with; the program that it runs still gets both.
_SHELL = """\
#!/bin/sh
exec {python} -I -c {start} {executor} "$@"
"""
_START = """\
import sys
sys.path.insert(0, {checkout!r})
from sandbox.engine.host.__main__ import main
main()
"""


def install(folder: Path, *, python: Path, checkout: Path) -> Path:
    """
    Write the launcher into *folder*, beside the CLI and Pulumi's exec script.

    The engine looks beside the real file of the CLI, not beside a symbolic link to it. Make a hard
    link to the CLI, or copy it: a host on PATH causes a warning in each command.
    """
    launcher = folder / NAME
    values = {
        "python": str(python),
        "start": _START.format(checkout=str(checkout)),
        "executor": str(folder / f"{NAME}-exec"),
    }
    quoted = {name: shlex.quote(value) for name, value in values.items()}
    launcher.write_text(_SHELL.format(**quoted), encoding="utf-8")
    launcher.chmod(0o755)
    return launcher
