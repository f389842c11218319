"""The sandbox's words: `python -m sandbox build|up|down|status|exec|preview`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from sandbox import supervision
from sandbox.engine import install_engine, offline_stack, open_stack, world_environment
from sandbox.servers import introduce, prepare, servers
from sandbox.toolchain.cache import Toolchain, ToolchainError
from sandbox.toolchain.progress import say
from sandbox.world import CHECKOUT, SandboxError, World, first_port

LOCAL = CHECKOUT / ".sandbox" / "local"
STACK = "local"


def main() -> int:
    """Do what the command line says; 0 fine, 1 something is not well, 2 it could not be done."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True)
    words.add_parser("build", help="build every program that is missing")
    for word, what in (("up", "start it"), ("down", "end it"), ("status", "say how it is")):
        words.add_parser(word, help=what)
    execute = words.add_parser("exec", help="run a command on the stack `local`")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    preview = words.add_parser("preview", help="preview a stack with nothing reachable")
    preview.add_argument("stack")
    preview.add_argument("arguments", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    toolchain = Toolchain()
    try:
        if arguments.word == "preview":
            return _preview(arguments.stack, arguments.arguments, toolchain)
        if arguments.word == "build":
            return _build(toolchain)
        world = World(LOCAL, first_port(LOCAL))
        if arguments.word == "exec":
            _execute(world, arguments.command, toolchain)
        return {"up": _up, "down": _down, "status": _status}[arguments.word](world, toolchain)
    except (SandboxError, ToolchainError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nstopped: `make {arguments.word}` takes it up again", file=sys.stderr)
        return 130


def _build(toolchain: Toolchain) -> int:
    for name, program in toolchain.programs.items():
        give = toolchain.folder if program.on_path is None else toolchain.executable
        give(name)
    return 0


def _up(world: World, toolchain: Toolchain) -> int:
    engine = install_engine(toolchain)
    world.create()
    prepare(world, toolchain)
    supervision.start(world, servers(world, toolchain))
    introduce(world)
    open_stack(world, STACK, engine)
    return _status(world, toolchain)


def _down(world: World, _: Toolchain) -> int:
    supervision.stop(world)
    say("the sandbox is down; its data stays for the next `make up`")
    return 0


def _status(world: World, toolchain: Toolchain) -> int:
    conditions = supervision.status(world, servers(world, toolchain))
    for name, condition in conditions.items():
        say(f"{name:<24} {world.address(name)}  {condition}")
    return 0 if all(c.startswith("well") for c in conditions.values()) else 1


def _execute(world: World, command: list[str], toolchain: Toolchain) -> None:
    environment = world_environment(world, STACK, install_engine(toolchain))
    os.execvpe(command[0], command, environment)  # noqa: S606 - a person's own command


def _preview(stack: str, arguments: Sequence[str], toolchain: Toolchain) -> int:
    engine = install_engine(toolchain)
    command = ["pulumi", "preview", "--non-interactive", *arguments]
    if stack == STACK and (LOCAL / "state").exists():
        environment = open_stack(World(LOCAL, first_port(LOCAL)), stack, engine)
        return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode
    with offline_stack(stack, engine) as environment:
        return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
