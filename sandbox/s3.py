"""
An S3 server with object lock: SeaweedFS, its settings, its health, its first contents.

Its inner servers ask nobody for a key: who reaches their ports on this machine may delete what the
bucket has locked. Only the S3 port is what production has.
"""

import json
import sys
from pathlib import Path
from string import Template

import requests
import urllib3
from minio import Minio

from sandbox import openbao
from sandbox.world import CHECKOUT, HOST, World, write_private

BUCKET = "waqiti-legal-documents"
REGION = "us-east-1"
OPERATOR = "operator"  # makes the bucket; no program of ours is given its key
USERS = ("backup", "officer")

_POLICIES = CHECKOUT / "legal_storage" / "policies"
_TIMEOUT_SECONDS = 5
_VOLUME_MEGABYTES = 64  # each bucket takes seven volumes at once


def command(world: World) -> list[str]:
    """Give the command that runs the server in the foreground."""
    ports = {
        "master.port": "s3-master",
        "master.port.grpc": "s3-master-grpc",
        "volume.port": "s3-volume",
        "volume.port.grpc": "s3-volume-grpc",
        "filer.port": "s3-filer",
        "filer.port.grpc": "s3-filer-grpc",
        "s3.port": "s3",
        "s3.port.grpc": "s3-grpc",
    }
    certificate = world.tls / "server.pem"
    return [
        str(Path(sys.executable).with_name("weed")),
        "-logtostderr=true",
        "server",
        f"-dir={_data(world)}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        *(f"-{option}={world.port(name)}" for option, name in ports.items()),
        "-master.telemetry=false",
        f"-master.volumeSizeLimitMB={_VOLUME_MEGABYTES}",
        "-volume.max=0",  # as many as the disk has room for
        "-filer",
        "-s3",
        f"-s3.config={world.folder / 's3.json'}",
        f"-s3.cert.file={certificate}",
        f"-s3.key.file={certificate}",
        "-s3.iam=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.localSocket=",
    ]


def prepare(world: World) -> None:
    """Write who may do what: production's own policies, as far as this server knows them."""
    _data(world).mkdir(parents=True, exist_ok=True)
    settings = {
        "identities": [
            {
                "name": user,
                "credentials": [{"accessKey": user, "secretKey": world.credentials[f"s3/{user}"]}],
                **({"actions": ["Admin"]} if user == OPERATOR else {"policyNames": [user]}),
            }
            for user in (OPERATOR, *USERS)
        ],
        "policies": [{"name": user, "content": _policy(user)} for user in USERS],
    }
    write_private(world.folder / "s3.json", json.dumps(settings, indent=2))


def url(world: World) -> str:
    """Give the server's address."""
    return f"https://{world.address('s3')}"


def is_well(world: World) -> bool:
    """Tell whether it answers, and has a place to write to."""
    try:
        answered = requests.get(
            f"{url(world)}/healthz", verify=str(world.tls / "ca.pem"), timeout=_TIMEOUT_SECONDS
        )
        place = requests.get(
            f"http://{world.address('s3-master')}/dir/assign", timeout=_TIMEOUT_SECONDS
        )
    except requests.RequestException:
        return False
    return answered.ok and place.ok


def introduce(world: World) -> None:
    """Make the bucket, and put the keys where the cluster reads them; as often as wanted."""
    make_bucket(world, BUCKET)
    sealing = {
        f"encryption-{word}": world.credentials[f"legal-documents/{word}"]
        for word in ("password", "salt")
    }
    for user in USERS:
        keys = {"access-key-id": user, "secret-access-key": world.credentials[f"s3/{user}"]}
        openbao.keep_secret(world, f"legal-documents/{user}", keys | sealing)


def make_bucket(world: World, bucket: str) -> None:
    """Make a bucket that can lock, unless it is there."""
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


def _policy(user: str) -> str:
    """Give production's policy, but for its one condition, which SeaweedFS does not know."""
    text = (_POLICIES / f"{user}.json").read_text(encoding="utf-8")
    # Each test has a bucket of its own.
    policy = json.loads(Template(text).substitute(bucket=f"{BUCKET}*"))
    for statement in policy["Statement"]:
        statement.pop("Condition", None)
    return json.dumps(policy)


def _data(world: World) -> Path:
    return world.folder / "data" / "s3"
