"""The arguments of `LegalStorage`."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from components.arguments import Problem, refusals
from systems import addresses, efs, kubernetes, object_storage

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?")  # leaves room for what is appended
_KEYS = ("encryption-keys", "signing-keys")


class OwnerArgs(TypedDict):
    """The user and group that own the documents."""

    uid: int
    """The numeric user id."""
    gid: int
    """The numeric group id."""


class ClaimArgs(TypedDict):
    """The volume of the documents."""

    storage_class: str
    """The name of its StorageClass, which this component declares with reclaim policy Retain."""
    provisioner: str
    """The CSI driver of the class."""
    parameters: dict[str, str]
    """The driver's parameters; volume encryption is one of them."""
    size: str
    """Its size as a Kubernetes quantity; it can only grow."""
    access_mode: str
    """ReadWriteOnce or ReadWriteMany."""


class S3Args(TypedDict):
    """A bucket that was created with object lock."""

    endpoint: str
    """The URL of the endpoint, https only."""
    region: str
    """The bucket's region."""
    bucket: str
    """The bucket's name."""


class AzureBlobArgs(TypedDict):
    """A container with version-level immutability, whose policy locks for the full retention."""

    endpoint: str
    """The URL of the account's blob service, https only."""
    container: str
    """The container's name."""


class OfficerArgs(TypedDict):
    """Where holds are placed, released, and losses accepted: apart from the pods that back up."""

    namespace: str
    """A namespace of their own: whoever may start pods among the documents has no right here."""
    secret_store: pulumi.Input[str]
    """A ClusterSecretStore of their own, which no other namespace may use."""
    secret: pulumi.Input[str]
    """The path in Vault of the officer's keys."""


class LegalStorageArgs(TypedDict):
    """The volume, the store of its copies, and the pods that copy and verify."""

    namespace: str
    """The namespace of everything here."""
    existing_namespace: NotRequired[bool]
    """Use namespaces that somebody else declares; by default this component declares both."""
    object_name: NotRequired[str]
    """The name that all objects have or start with; by default the component's name."""
    root: NotRequired[str]
    """Where pods mount the volume: `documents` and `logs` are in it; by default `/var/legal`."""
    owner: OwnerArgs
    """The owner of the documents."""
    claim: ClaimArgs
    """The volume."""
    image: str
    """The image that the pods run, by digest."""
    retention_years: int
    """Calendar years that a copy is locked after the last backup that saw its document."""
    largest_loss_percent: NotRequired[int]
    """A larger loss stays a problem until a person acknowledges it; by default 1 percent."""
    scratch_size: str
    """Space to encrypt large documents before they are sent: eight times the largest one."""
    s3: NotRequired[S3Args | None]
    """The store of the copies; pass either `s3` or `azure_blob`."""
    azure_blob: NotRequired[AzureBlobArgs | None]
    """The store of the copies; pass either `s3` or `azure_blob`."""
    store_addresses: list[str]
    """The networks (CIDR) that the endpoint is in, for the network policy."""
    secret_store: pulumi.Input[str]
    """The ClusterSecretStore that reads Vault for the pods that back up."""
    backup_secret: pulumi.Input[str]
    """The path in Vault of the keys that back up and restore."""
    officer: OfficerArgs
    """The jobs that place and release legal holds."""
    retained: bool
    """Whether namespace, class and claim outlive the stack."""


def problems(name: str, args: LegalStorageArgs) -> Iterator[Problem]:
    """Yield what Kubernetes or the store would refuse."""
    for argument, value in {
        "object_name": object_name(name, args),
        "namespace": args["namespace"],
        "officer.namespace": args["officer"]["namespace"],
    }.items():
        if not _NAME.fullmatch(value):
            yield argument, f"{value!r}: use at most 42 small letters, digits and dashes"
    if ("s3" in args) == ("azure_blob" in args):
        yield "s3", "pass either s3 or azure_blob"
    elif not endpoint(args).startswith("https://"):
        yield "endpoint", f"{endpoint(args)!r}: copies travel over TLS only: use https"
    yield from _shared(args)
    yield from _store_problems(args)
    yield from _claim_problems(args)
    if args["claim"]["access_mode"] not in {"ReadWriteOnce", "ReadWriteMany"}:
        mode = args["claim"]["access_mode"]
        yield "claim.access_mode", f"{mode!r}: pass ReadWriteOnce or ReadWriteMany"
    yield from refusals("image", kubernetes.check_image, args["image"])
    if args["retention_years"] < 1:
        yield "retention_years", f"{args['retention_years']}: pass at least 1"
    if not args["store_addresses"]:
        yield "store_addresses", "none: the pods could not reach the store: pass its networks"


def _shared(args: LegalStorageArgs) -> Iterator[Problem]:
    """Yield what the officer shares with the pods that back up."""
    officer = args["officer"]
    for argument, own, other in (
        ("namespace", officer["namespace"], args["namespace"]),
        ("secret_store", officer["secret_store"], args["secret_store"]),
        ("secret", officer["secret"], args["backup_secret"]),
    ):
        if isinstance(own, str) and own == other:
            yield (
                f"officer.{argument}",
                f"{own!r} is also the one of the backup, which could then end a hold: pass another",
            )


def _store_problems(args: LegalStorageArgs) -> Iterator[Problem]:
    if s3 := args.get("s3"):
        yield from refusals("s3.bucket", object_storage.check_bucket, s3["bucket"])
    if azure := args.get("azure_blob"):
        container = azure["container"]
        yield from refusals("azure_blob.container", object_storage.check_container, container)
    for index, network in enumerate(args["store_addresses"]):
        yield from refusals(f"store_addresses[{index}]", addresses.check_network, network)


def _claim_problems(args: LegalStorageArgs) -> Iterator[Problem]:
    claim, owner = args["claim"], args["owner"]
    yield from refusals("claim.storage_class", kubernetes.check_subdomain, claim["storage_class"])
    yield from refusals("claim.provisioner", kubernetes.check_driver, claim["provisioner"])
    yield from refusals("claim.size", kubernetes.check_size, claim["size"])
    yield from refusals("scratch_size", kubernetes.check_size, args["scratch_size"])
    for key, number in (("uid", owner["uid"]), ("gid", owner["gid"])):
        if not 1 <= number <= kubernetes.LARGEST_ID:
            yield f"owner.{key}", f"{number}: pass 1 to {kubernetes.LARGEST_ID}"
    if claim["provisioner"] == efs.DRIVER:
        faults = efs.parameter_faults(claim["parameters"], owner["uid"], owner["gid"])
        for key, reason in faults:
            yield f"claim.parameters.{key}", reason


def object_name(name: str, args: LegalStorageArgs) -> str:
    """Return the name that every object of the component *name* has or starts with."""
    return args.get("object_name", name)


def root(args: LegalStorageArgs) -> str:
    """Return where pods mount the volume."""
    return args.get("root", "/var/legal")


def endpoint(args: LegalStorageArgs) -> str:
    """Return the URL of the store."""
    store = args.get("s3") or args.get("azure_blob")
    return store["endpoint"] if store else ""


def store(args: LegalStorageArgs) -> dict[str, Any]:
    """Return the store as the pods' configuration has it."""
    kind = "s3" if args.get("s3") else "azure_blob"
    return {"kind": kind} | dict(args.get("s3") or args.get("azure_blob") or {})


def secret_keys(args: LegalStorageArgs) -> Sequence[str]:
    """Return the keys that each of the two secrets in Vault must have."""
    credentials = ["access-key-id", "secret-access-key"] if args.get("s3") else ["sas-token"]
    return [*_KEYS, *credentials]
