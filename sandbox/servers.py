"""The table of the sandbox's servers, in the order in which they start."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sandbox import (
    alertmanager,
    grafana,
    kafka,
    kubernetes,
    openbao,
    pagerduty,
    prometheus,
    s3,
    slack,
)
from sandbox.operators import server as operators
from sandbox.toolchain.cache import Toolchain
from sandbox.workload import server as workload
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
    slack.prepare(world)
    s3.prepare(world)
    kubernetes.prepare(world, toolchain.folder("custom-resources"))
    prometheus.prepare(world)
    alertmanager.prepare(world)
    promtool = toolchain.executable("prometheus").with_name("promtool")
    amtool = toolchain.executable("alertmanager").with_name("amtool")
    operators.prepare(world, promtool, amtool)


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
            command=grafana.command(world, sys.executable, prometheus.url(world)),
            is_well=partial(grafana.is_well, world),
        ),
        Server(
            name="slack",
            command=slack.command(world, sys.executable),
            is_well=partial(slack.is_well, world),
        ),
        Server(name="s3", command=s3.command(world), is_well=partial(s3.is_well, world)),
        *_cluster(world, toolchain),
        Server(
            name="prometheus",
            command=prometheus.command(world, toolchain.executable("prometheus")),
            is_well=partial(prometheus.is_well, world),
        ),
        Server(
            name="alertmanager",
            command=alertmanager.command(world, toolchain.executable("alertmanager")),
            is_well=partial(alertmanager.is_well, world),
        ),
        Server(
            name="operators",
            command=operators.command(world, sys.executable),
            is_well=partial(operators.is_well, world),
        ),
        Server(
            name="workload",
            command=workload.command(world, sys.executable),
            is_well=partial(workload.is_well, world),
        ),
    ]


def introduce(world: World) -> None:
    """Put into the servers what they must know before Pulumi comes; as often as wanted."""
    kafka.introduce(world)
    openbao.introduce(world)
    slack.introduce(world)
    s3.introduce(world)
    kubernetes.introduce(world)


def _cluster(world: World, toolchain: Toolchain) -> Iterator[Server]:
    yield Server(
        name="etcd",
        command=kubernetes.etcd_command(world, toolchain.executable("etcd")),
        is_well=partial(kubernetes.etcd_is_well, world),
    )
    api = toolchain.executable("kubernetes")
    yield Server(
        name="kube-apiserver",
        command=kubernetes.api_command(world, api),
        is_well=partial(kubernetes.api_is_well, world),
        needs=["etcd"],
    )
    followers = {
        "kube-controller-manager": kubernetes.controllers_command,
        "kube-scheduler": kubernetes.scheduler_command,
    }
    for name, command in followers.items():
        yield Server(
            name=name,
            command=command(world, api.with_name(name)),
            is_well=partial(kubernetes.is_well, world, name),
            needs=["kube-apiserver"],
        )
    yield Server(
        name="kwok",
        command=kubernetes.kwok_command(world, toolchain.executable("kwok")),
        is_well=partial(kubernetes.kwok_is_well, world),
        needs=["kube-apiserver"],
    )
