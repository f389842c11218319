"""Secrets in Vault: the models of `secrets.yaml`, its reader, and what is derived from it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from catalog.channels import Channels, SecretKey, SecretPath, Team, Variable
from catalog.problems import Problems
from catalog.reading import file_name, read_model
from catalog.services import Service, Services, usernames
from catalog.strict import YEAR, MaxAge, Strict, at_least_one, different
from catalog.vendors import Vendors

SECRETS = Path(__file__).parent / "secrets.yaml"

BackupKind = Literal["s3", "azure_blob"]
Provider = Literal["pulumi", "vault", "operator"]
Reader = Literal["alertmanager", "audit-pods", "services", "backup-pods", "officer-pods"]

_Keys = Annotated[tuple[SecretKey, ...], AfterValidator(different)]
_FewKeys = Annotated[_Keys, AfterValidator(at_least_one)]

PAGER_SECRET = "alerting/pagerduty"  # noqa: S105 - a path

# What the program reads or writes, whatever the file says, with its provider and its keys.
_REQUIRED: Mapping[str, tuple[Provider, frozenset[str]]] = {
    "alerting/heartbeat": ("operator", frozenset({"heartbeat_url"})),
    PAGER_SECRET: ("pulumi", frozenset({"integration_key"})),
    "audit-reconciliation/kafka": ("operator", frozenset({"kafka-identity", "kafka-credential"})),
    "legal-documents/backup": ("operator", frozenset()),
    "legal-documents/officer": ("operator", frozenset()),
}

# Their secrets are derived from `services.yaml` and `vendors.yaml`.
_DERIVED = ("database", "external", "redis")

_BACKUP_NAMES: Mapping[BackupKind, str] = {"s3": "S3", "azure_blob": "Azure Blob"}
_PROVIDER_NAMES: Mapping[Provider, str] = {
    "pulumi": "Pulumi",
    "vault": "Vault",
    "operator": "an operator",
}


class Secret(Strict):
    """
    One secret of a KV version 2 mount.

    Args:
        provider: The writer of its values.
        owner: The responsible team.
        readers: The systems that read it.
        keys: Its keys on every stack.
        keys_by_backup: Its further keys, by the kind of the stack's backup.
        only_with: The setting of the stacks that have it; by default every stack has it.
        webhooks: Whether it also has the webhook of every channel.
        variables: The environment variables that give its keys to services, by key.
        max_age_days: The days after which its values are too old.
        obtain: How an operator gets the values.
    """

    provider: Provider
    owner: Team
    readers: Annotated[tuple[Reader, ...], AfterValidator(at_least_one), AfterValidator(different)]
    keys: _Keys = ()
    keys_by_backup: Mapping[BackupKind, _FewKeys] = {}
    only_with: Literal["heartbeat"] | None = None
    webhooks: bool = False
    variables: Mapping[SecretKey, Variable] = {}
    max_age_days: MaxAge = YEAR
    obtain: str = Field(min_length=10)

    @model_validator(mode="after")
    def _has_keys(self) -> Self:
        if not (self.keys or self.keys_by_backup or self.webhooks):
            raise ValueError("a secret has keys: add keys, keys_by_backup or webhooks")
        if unknown := sorted(self.variables.keys() - set(self.keys)):
            raise ValueError(f"variables names no key of this secret: remove {unknown[0]}")
        return self

    def keys_for(self, backup: BackupKind) -> tuple[str, ...]:
        """Return the keys on a stack whose backup is of the kind *backup*."""
        return (*self.keys, *self.keys_by_backup.get(backup, ()))


Secrets = Mapping[SecretPath, Secret]

_FILE: TypeAdapter[Secrets] = TypeAdapter(Secrets)


def read_secrets(found: Problems, channels: Channels, path: Path = SECRETS) -> Secrets:
    """Return the secrets by path, with the webhooks of *channels*; *found* collects problems."""
    secrets = read_model(_FILE, path, found)
    if secrets is None:
        return {}
    for problem in (*_contradictions(secrets, channels), *_written_twice(secrets)):
        found.add(file_name(path), problem)
    return {
        name: _with_webhooks(secret, channels) if secret.webhooks else secret
        for name, secret in secrets.items()
    }


def _contradictions(secrets: Secrets, channels: Channels) -> Iterator[str]:
    for path, (provider, keys) in _REQUIRED.items():
        if path not in secrets:
            yield f"{path}: missing: add it, the program uses it"
        elif secrets[path].provider != provider:
            yield f"{path}.provider: must be {provider}: set it (got {secrets[path].provider!r})"
        elif lacking := sorted(keys - set(secrets[path].keys)):
            yield f"{path}.keys: {lacking[0]} is missing: add it"
    with_webhooks = [path for path, secret in secrets.items() if secret.webhooks]
    if len(with_webhooks) != 1:
        yield f"exactly one secret has webhooks: correct it (got {with_webhooks})"
    owners: dict[str, str] = {
        c.webhook_variable: "catalog/channels.yaml" for c in channels.values()
    }
    for path, secret in secrets.items():
        for variable in secret.variables.values():
            if variable in owners:
                yield f"{path}.variables: {variable} is in {owners[variable]}, too: rename one"
            owners[variable] = path


def _written_twice(secrets: Secrets) -> Iterator[str]:
    for path in secrets:
        if _is_derived(path):
            yield f"{path}: derived from services.yaml and vendors.yaml: remove it here"


def service_secrets(services: Services, vendors: Vendors) -> Secrets:
    """Return the secrets of *services* and of the vendors that they have, by path."""
    redis = {
        f"redis/{name}": _generated(service.team, {"password": "REDIS_PASSWORD"})
        for name, service in services.items()
        if service.redis
    }
    database = {
        f"database/{name}": _generated(
            services[name].team,
            {"username": "DATABASE_USERNAME", "password": "DATABASE_PASSWORD"},
        )
        for name in usernames(services)
    }
    used = {vendor for service in services.values() for vendor in service.vendors}
    external = {
        f"external/{name}": Secret(
            provider="operator",
            owner=vendor.owner,
            readers=("services",),
            keys=vendor.keys,
            variables={key: f"{name}_{key}".upper().replace("-", "_") for key in vendor.keys},
            max_age_days=vendor.max_age_days,
            obtain=vendor.obtain,
        )
        for name, vendor in vendors.items()
        if name in used
    }
    return {**redis, **database, **external}


def paths_of(name: str, service: Service, secrets: Secrets) -> Sequence[str]:
    """Return the paths of *secrets* that the service *name* reads."""
    paths = (
        f"redis/{name}",
        f"database/{name}",
        *(f"external/{vendor}" for vendor in service.vendors),
        *service.secrets,
    )
    return [path for path in paths if path in secrets]


def _generated(owner: Team, variables: Mapping[str, str]) -> Secret:
    return Secret(
        provider="vault",
        owner=owner,
        readers=("services",),
        keys=tuple(variables),
        variables=variables,
        obtain="Nothing to do. Vault generates it.",
    )


def operator_provided(
    secrets: Secrets, backup: BackupKind, *, heartbeat: bool = False
) -> dict[str, tuple[str, ...]]:
    """Return the keys that an operator must write before an `up`, by path."""
    return {
        path: secret.keys_for(backup)
        for path, secret in secrets.items()
        if secret.provider == "operator" and (heartbeat or secret.only_with != "heartbeat")
    }


def read_by(secrets: Secrets, reader: Reader, backup: BackupKind) -> dict[str, tuple[str, ...]]:
    """Return the keys that *reader* reads on a stack with this kind of backup, by path."""
    return {
        path: secret.keys_for(backup)
        for path, secret in secrets.items()
        if reader in secret.readers
    }


def service_variables(secrets: Secrets) -> dict[str, tuple[str, str]]:
    """Return path and key behind each environment variable that has one meaning everywhere."""
    return {
        variable: (path, key)
        for path, secret in secrets.items()
        if "services" in secret.readers and not _is_derived(path)
        for key, variable in secret.variables.items()
    }


def _is_derived(path: str) -> bool:
    return path.partition("/")[0] in _DERIVED


def runbook_table(secrets: Secrets) -> str:
    """Return the Markdown table of `runbooks/vault-secrets.md`: what Vault does not generate."""
    rows = [
        ("path", "keys", "written by", "read by", "owner", "how to obtain it"),
        ("---",) * 6,
        *(
            (
                f"`{path}`",
                _all_keys(secret),
                _PROVIDER_NAMES[secret.provider],
                ", ".join(secret.readers),
                secret.owner,
                secret.obtain,
            )
            for path, secret in secrets.items()
            if secret.provider != "vault"
        ),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _with_webhooks(secret: Secret, channels: Channels) -> Secret:
    webhooks = {channel.webhook_key: channel.webhook_variable for channel in channels.values()}
    return secret.model_copy(
        update={
            "keys": (*secret.keys, *webhooks),
            "variables": {**secret.variables, **webhooks},
        }
    )


def _all_keys(secret: Secret) -> str:
    by_backup = [
        f"for {_BACKUP_NAMES[kind]} {_code(keys)}" for kind, keys in secret.keys_by_backup.items()
    ]
    return "; ".join([_code(secret.keys), *by_backup] if secret.keys else by_backup)


def _code(keys: tuple[str, ...]) -> str:
    return ", ".join(f"`{key}`" for key in keys)
