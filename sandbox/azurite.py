"""
Azurite: Microsoft's own simulator of Azure Blob Storage, for the tests of legal storage.

It keeps no versions and locks nothing: a call that sets a lock is answered with 500. It stands at
the port of S3, in a world of its own.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from azure.storage.blob import ContainerClient, ContainerSasPermissions, generate_container_sas

from sandbox.world import HOST, World

# The account that every Azurite has, with the key that Microsoft publishes for it.
_ACCOUNT = "devstoreaccount1"
_PUBLISHED_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
_TIMEOUT_SECONDS = 5


def command(world: World, node: Path, azurite: Path) -> list[str]:
    """Give the command that runs the server in the foreground."""
    certificate = str(world.tls / "server.pem")
    return [
        str(node),
        str(azurite),
        f"--blobHost={HOST}",
        f"--blobPort={world.port('s3')}",
        f"--location={world.folder / 'azurite'}",
        f"--cert={certificate}",
        f"--key={certificate}",
        "--disableTelemetry",
        "--skipApiVersionCheck",  # its clients know a newer version than it does
    ]


def url(world: World) -> str:
    """Give the account's address."""
    return f"https://{world.address('s3')}/{_ACCOUNT}"


def is_well(world: World) -> bool:
    """Tell whether it answers."""
    try:
        answered = requests.get(
            url(world), verify=str(world.tls / "ca.pem"), timeout=_TIMEOUT_SECONDS
        )
    except requests.RequestException:
        return False
    return answered.headers.get("Server", "").startswith("Azurite-Blob")


def make_container(world: World, name: str) -> str:
    """Make a container; give a token that may read, list and write in it, and nothing else."""
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
