"""
Azurite, Microsoft's simulator of Azure Blob Storage, for the tests of legal storage.

It keeps no versions and locks nothing: it answers 500 to a call that sets a lock. The stack `local`
does not use it, so it is not in the table.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import requests
from azure.storage.blob import ContainerClient, ContainerSasPermissions, generate_container_sas

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server
from sandbox.world import HOST, World

# The account of every Azurite, with the key that Microsoft publishes for it.
_ACCOUNT = "devstoreaccount1"
_PUBLISHED_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_TIMEOUT_SECONDS = 5


def url(world: World) -> str:
    """Return the address of the account."""
    return f"https://{world.address('azurite')}/{_ACCOUNT}"


def create_container(world: World, name: str) -> str:
    """Create a container; return a token that may only read, list and write in it."""
    container(world, name).create_container()
    return generate_container_sas(
        _ACCOUNT,
        name,
        account_key=_PUBLISHED_KEY,
        permission=ContainerSasPermissions(read=True, list=True, create=True, write=True),
        expiry=datetime.now(UTC) + timedelta(days=1),
    )


def container(world: World, name: str, token: str = _PUBLISHED_KEY) -> ContainerClient:
    """Connect to a container with *token*, or with every right."""
    return ContainerClient(
        url(world), name, credential=token, connection_verify=str(world.tls / "ca.pem")
    )


def _processes(world: World, toolchain: Toolchain) -> Iterator[Process]:
    certificate = world.tls / "server.pem"
    yield Process(
        name="azurite",
        command=[
            str(toolchain.executable("node")),
            str(toolchain.executable("azurite")),
            f"--blobHost={HOST}",
            f"--blobPort={world.port('azurite')}",
            f"--location={world.folder / 'azurite'}",
            f"--cert={certificate}",
            f"--key={certificate}",
            "--disableTelemetry",
            "--skipApiVersionCheck",  # its clients use a newer API version
        ],
        is_healthy=partial(_is_healthy, world),
    )


def _is_healthy(world: World) -> bool:
    """Report whether it answers. Without credentials the answer is an error of Azurite."""
    try:
        answer = requests.get(
            url(world), verify=str(world.tls / "ca.pem"), timeout=_TIMEOUT_SECONDS
        )
    except requests.RequestException:
        return False
    return answer.headers.get("Server", "").startswith("Azurite-Blob")


SERVER = Server(ports=["azurite"], processes=_processes)
