"""The table of the sandbox's servers, in the order in which they start."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sandbox import grafana, kafka, openbao, pagerduty
from sandbox.toolchain.cache import Toolchain
from sandbox.world import World


@dataclass(frozen=True, kw_only=True)
class Server:
    """
    One process of the sandbox.

    Args:
        name: What a person calls it; also its log's name.
        command: Runs it in the foreground.
        is_well: Asks the server itself.
        needs: Servers that must be well before this one starts.
    """

    name: str
    command: Sequence[str]
    is_well: Callable[[], bool]
    needs: Sequence[str] = ()


def prepare(world: World, toolchain: Toolchain) -> None:
    """Write what the servers read when they start."""
    kafka.prepare(world, toolchain.executable("java"), toolchain.folder("kafka"))
    openbao.prepare(world)


def servers(world: World, toolchain: Toolchain) -> Sequence[Server]:
    """Give every server of *world*."""
    java, jars = toolchain.executable("java"), toolchain.folder("kafka")
    return [
        *(
            Server(
                name=f"kafka-{node}",
                command=kafka.broker_command(world, node, java, jars),
                is_well=partial(kafka.is_well, world, node),
            )
            for node in kafka.NODES
        ),
        Server(
            name="openbao",
            command=openbao.command(world, toolchain.executable("openbao")),
            is_well=partial(openbao.is_well, world),
        ),
        Server(
            name="pagerduty",
            command=pagerduty.command(world, sys.executable),
            is_well=partial(pagerduty.is_well, world),
        ),
        Server(
            name="grafana",
            command=grafana.command(world, sys.executable),
            is_well=partial(grafana.is_well, world),
        ),
    ]


def introduce(world: World) -> None:
    """Put into the servers what they must know before Pulumi comes; as often as wanted."""
    kafka.introduce(world)
    openbao.introduce(world)
