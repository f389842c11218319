"""
SeaweedFS, an S3 server with object lock.

Its internal servers require no key: any local process can use their ports to delete locked objects.
Only the S3 port behaves as in production.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import urllib3
from minio import Minio

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate import s3 as estate
from sandbox.server import Process, Server, answers, draw_tokens
from sandbox.world import HOST, World, write_private

REGION = "us-east-1"
OPERATOR = "operator"  # creates the bucket; pods never get its key

_VOLUME_MEGABYTES = 64  # a bucket uses seven volumes at once

# SeaweedFS' options, by the name of the port that each sets.
_PORT_OPTIONS = {
    "s3": "s3.port",
    "s3-grpc": "s3.port.grpc",
    "s3-master": "master.port",
    "s3-master-grpc": "master.port.grpc",
    "s3-volume": "volume.port",
    "s3-volume-grpc": "volume.port.grpc",
    "s3-filer": "filer.port",
    "s3-filer-grpc": "filer.port.grpc",
}


def url(world: World) -> str:
    """Return the address of the S3 API."""
    return f"https://{world.address('s3')}"


def create_bucket(world: World, bucket: str) -> None:
    """Create a bucket with object lock, unless it exists."""
    store = client(world, OPERATOR)
    if not store.bucket_exists(bucket):
        store.make_bucket(bucket, object_lock=True)


def client(world: World, user: str) -> Minio:
    """Connect as *user*."""
    return Minio(
        world.address("s3"),
        access_key=user,
        secret_key=world.credentials[f"s3/{user}"],
        region=REGION,
        http_client=urllib3.PoolManager(ca_certs=str(world.tls / "ca.pem")),
    )


def _credentials() -> Mapping[str, str]:
    return draw_tokens(*(f"s3/{user}" for user in (OPERATOR, *estate.policies())))


def _prepare(world: World, _: Toolchain) -> None:
    """Write who may do what: production's policies, as far as SeaweedFS supports them."""
    _data(world).mkdir(parents=True, exist_ok=True)
    policies = estate.policies()
    settings = {
        "identities": [
            {
                "name": user,
                "credentials": [{"accessKey": user, "secretKey": world.credentials[f"s3/{user}"]}],
                **({"actions": ["Admin"]} if user == OPERATOR else {"policyNames": [user]}),
            }
            for user in (OPERATOR, *policies)
        ],
        "policies": [
            {"name": user, "content": json.dumps(_without_conditions(policy))}
            for user, policy in policies.items()
        ],
    }
    write_private(_settings_file(world), json.dumps(settings, indent=2))


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    certificate = world.tls / "server.pem"
    yield Process(
        name="s3",
        command=[
            str(Path(sys.executable).with_name("weed")),
            "-logtostderr=true",
            "server",
            f"-dir={_data(world)}",
            f"-ip={HOST}",
            f"-ip.bind={HOST}",
            *(f"-{option}={world.port(name)}" for name, option in _PORT_OPTIONS.items()),
            "-master.telemetry=false",
            f"-master.volumeSizeLimitMB={_VOLUME_MEGABYTES}",
            "-volume.max=0",  # as many as fit on the disk
            "-filer",
            "-s3",
            f"-s3.config={_settings_file(world)}",
            f"-s3.cert.file={certificate}",
            f"-s3.key.file={certificate}",
            "-s3.iam=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.localSocket=",
        ],
        is_healthy=partial(_is_healthy, world),
    )


def _is_healthy(world: World) -> bool:
    """Report whether it answers and can assign a place for a write."""
    authority = str(world.tls / "ca.pem")
    return answers(f"{url(world)}/healthz", verify=authority) and answers(
        f"http://{world.address('s3-master')}/dir/assign"
    )


def _seed(world: World) -> None:
    create_bucket(world, estate.BUCKET)


def _without_conditions(policy: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *policy* without its conditions, which SeaweedFS does not support."""
    statements = [{**statement} for statement in policy["Statement"]]
    for statement in statements:
        statement.pop("Condition", None)
    return {**policy, "Statement": statements}


def _settings_file(world: World) -> Path:
    return world.folder / "s3.json"


def _data(world: World) -> Path:
    return world.folder / "data" / "s3"


SERVER = Server(
    ports=list(_PORT_OPTIONS),
    credentials=_credentials,
    prepare=_prepare,
    processes=_processes,
    seed=_seed,
)
