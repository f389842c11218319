"""
Runs a program through Pulumi's exec script, and reports each failure once.

The program's interpreter runs this file, as `python program.py EXEC_SCRIPT ARGUMENT…`. The script
exits with 32 if the engine has already reported the error. After a `RunError` it exits with 1,
although the engine has reported it, and the engine would print "program exited with non-zero exit
code: 1" in addition.
"""

import os
import runpy
import signal
import sys
from types import FrameType, TracebackType

EXPLAINED = 32


def main() -> None:
    del sys.argv[0]
    script = sys.argv[0]
    sys.path[0] = os.path.dirname(script)  # noqa: PTH120 - as `python EXEC_SCRIPT` has it
    signal.signal(signal.SIGINT, _interrupt_once)
    try:
        runpy.run_path(script, run_name="__main__")
    except KeyboardInterrupt:
        # The position of a Ctrl-C in the SDK helps nobody; the exit status reports the interrupt.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except SystemExit as leaving:
        if leaving.code == 1 and _raised_in(leaving.__traceback__) == script:
            sys.exit(EXPLAINED)
        raise
    finally:
        # A second interrupt must not stop the exit handlers of libraries either.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _interrupt_once(_number: int, _frame: FrameType | None) -> None:
    # On Ctrl-C the engine cancels the run and then interrupts the whole process group. The second
    # interrupt would stop the clean-up that the first one started. The host limits its duration.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _raised_in(traceback: TracebackType | None) -> str:
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_filename if traceback else ""


if __name__ == "__main__":
    main()
