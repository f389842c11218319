"""
Runs a program through Pulumi's own exec script, and lets its failures speak once.

The program's interpreter runs this file, as `python program.py EXEC_SCRIPT ARGUMENT…`. The script
ends with 32 where the engine has the explanation already, but with 1 after a `RunError`, which the
engine has just as well: "program exited with non-zero exit code: 1" would follow the sentence.
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
        # Where in the SDK a Ctrl-C hit is no news; that it did is in the exit status.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except SystemExit as leaving:
        if leaving.code == 1 and _raised_in(leaving.__traceback__) == script:
            sys.exit(EXPLAINED)
        raise
    finally:
        # What libraries clean up at the exit is not to be cut off either.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _interrupt_once(_number: int, _frame: FrameType | None) -> None:
    # On Ctrl-C the engine cancels the run and then interrupts the whole process group: the second
    # interrupt would cut off the clean-up that the first one began. The host's patience has an end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _raised_in(traceback: TracebackType | None) -> str:
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return traceback.tb_frame.f_code.co_filename if traceback else ""


if __name__ == "__main__":
    main()
