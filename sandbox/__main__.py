"""The commands of the sandbox: `python -m sandbox build|up|down|status|pages|exec|preview`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from sandbox import supervision
from sandbox.engine.stacks import install_engine, offline_stack, open_stack, world_environment
from sandbox.engine.toolchain.cache import Toolchain, ToolchainError
from sandbox.engine.toolchain.progress import say
from sandbox.estate.stack import STACK
from sandbox.proxies import bypass_proxies
from sandbox.servers import SERVERS
from sandbox.world import CHECKOUT, SandboxError, World, open_world

LOCAL = CHECKOUT / ".sandbox" / "local"


def main() -> int:
    """Run the command line; return 0 for success, 1 for an unhealthy server, 2 for an error."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="name", required=True)
    commands.add_parser("build", help="build every program that is missing")
    commands.add_parser("up", help="start every server that does not run")
    commands.add_parser("down", help="stop every server; keep the data")
    commands.add_parser("status", help="print the condition of every server")
    commands.add_parser("pages", help="print where to look, and what to do next")
    execute = commands.add_parser("exec", help="run a command on the stack `local`")
    execute.add_argument("command", nargs=argparse.REMAINDER)
    preview = commands.add_parser("preview", help="preview a stack offline")
    preview.add_argument("stack")
    preview.add_argument("arguments", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    bypass_proxies()
    toolchain = Toolchain()
    try:
        if arguments.name == "preview":
            return _preview(arguments.stack, arguments.arguments, toolchain)
        if arguments.name == "build":
            return _build(toolchain)
        world = open_world(LOCAL, SERVERS)
        if arguments.name == "exec":
            _execute(world, arguments.command, toolchain)
        actions = {"up": _up, "down": _down, "status": _status, "pages": _pages}
        return actions[arguments.name](world, toolchain)
    except (SandboxError, ToolchainError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\nstopped: run `make {arguments.name}` to resume", file=sys.stderr)
        return 130


def _build(toolchain: Toolchain) -> int:
    toolchain.build(tests=True)
    return 0


def _up(world: World, toolchain: Toolchain) -> int:
    toolchain.build(tests=False)
    engine = install_engine(toolchain)
    world.create()
    world.prepare(toolchain)
    supervision.start(world, world.processes(toolchain))
    world.seed()
    open_stack(world, STACK, engine)
    return _status(world, toolchain)


def _down(world: World, _: Toolchain) -> int:
    supervision.stop(world)
    say("the sandbox is stopped; the next `make up` finds its data")
    return 0


def _status(world: World, toolchain: Toolchain) -> int:
    conditions = supervision.status(world, world.processes(toolchain))
    for name, condition in conditions.items():
        say(f"{name:<24} {world.address(name)}  {condition}")
    return 0 if all(c.startswith("healthy") for c in conditions.values()) else 1


def _pages(world: World, _: Toolchain) -> int:
    say("where to look:")
    for server in world.servers:
        for path, text in server.pages.items():
            say(f"  {f'http://{world.address(server.ports[0])}{path}':<41} {text}")
    say("what to do next: docs/first-hour.md (a topic, a rule, a panel, a level of escalation)")
    say("  `make list` lists what exists, `make status` the servers; `make down` stops them")
    return 0


def _execute(world: World, command: list[str], toolchain: Toolchain) -> None:
    environment = world_environment(world, STACK, install_engine(toolchain))
    os.execvpe(command[0], command, environment)  # noqa: S606 - the user's own command


def _preview(stack: str, arguments: Sequence[str], toolchain: Toolchain) -> int:
    engine = install_engine(toolchain)
    command = ["pulumi", "preview", "--non-interactive", *arguments]
    if stack == STACK and (LOCAL / "state").exists():
        environment = open_stack(open_world(LOCAL, SERVERS), stack, engine)
        return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode
    with offline_stack(stack, engine) as environment:
        return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
