"""Started by the engine, through the launcher, with `EXEC_SCRIPT [FLAG…] ENGINE_ADDRESS`."""

import asyncio
import os
import signal
import sys
from importlib import util
from pathlib import Path


def main() -> None:
    """Serve until the engine leaves."""
    # Before the loop handles signals, there is nothing to stop, and a traceback does not help.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    _leave_out_the_sdk()
    from sandbox.engine.host.server import serve  # noqa: PLC0415 - after the SDK has been left out

    executor, *_, engine = sys.argv[1:]
    asyncio.run(serve(Path(executor), engine))


def _leave_out_the_sdk() -> None:
    # The protocol lies inside the SDK's packages, and importing it would run all of the SDK first:
    # 0.11 of 0.20 seconds, in each command. Empty packages in its place are enough.
    for name in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        if spec := util.find_spec(name):
            sys.modules[name] = util.module_from_spec(spec)


if __name__ == "__main__":
    main()
