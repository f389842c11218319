"""
What an `up` needs, asked before it changes anything; previews ask nobody.

A system answers, a cluster knows our kinds, and Vault has what people keep there.
"""

import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import hvac
import pulumi
import requests
from hvac.exceptions import InvalidPath, VaultError
from kubernetes import client, config
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as TimeoutOfUrllib3

from settings import Settings, VaultSettings

_TIMEOUT_SECONDS = 5
_NOT_FOUND = 404


def require_systems(
    settings: Settings, kinds: Iterable[tuple[str, str]], kept_secrets: Mapping[str, Sequence[str]]
) -> None:
    """
    Stop an `up` unless all that it needs is there; a preview asks nobody.

    Args:
        settings: The stack's.
        kinds: What the cluster must know besides Kubernetes' own: (apiVersion, kind).
        kept_secrets: The keys that people put into Vault, by path.

    Raises:
        pulumi.RunError: Something is not; one sentence says what, and nothing was changed.
    """
    if pulumi.runtime.is_dry_run():
        return
    _require_answer("Kafka", settings.kafka.bootstrap_servers)
    _require_cluster(settings.kubernetes.context, kinds)
    _require_secrets(settings.vault, kept_secrets)


def _require_answer(system: str, addresses: Sequence[str]) -> None:
    """
    Stop an `up` unless one of *addresses* (`host:port`) of *system* takes a connection.

    A provider left alone with a network that drops its packets waits for minutes (the Kafka one
    135 s, measured), and then blames every resource in turn.
    """
    with ThreadPoolExecutor(len(addresses)) as pool:
        refusals = list(pool.map(_refusal, addresses))
    if all(refusals):
        told = ", ".join(f"{a} ({r})" for a, r in zip(addresses, refusals, strict=True))
        raise _nothing_done(f"{system} does not answer at {told}")


def _require_cluster(context: str, kinds: Iterable[tuple[str, str]]) -> None:
    """
    Stop an `up` unless the cluster of *context* answers and knows *kinds* (apiVersion, kind).

    The provider takes a cluster that is silent for one where nothing has changed (after 92 s,
    measured), and asks a whole minute for each object of a kind that nobody installed.
    """
    connection = _connection(context)
    address = connection.configuration.host
    for version, kind in kinds:
        if kind not in _kinds(connection, version, f"Kubernetes (context {context}) at {address}"):
            raise _nothing_done(
                f"Kubernetes at {address} has no {kind} ({version}): install the operator that "
                "brings it"
            )


def _require_secrets(vault: VaultSettings, wanted: Mapping[str, Sequence[str]]) -> None:
    """
    Stop an `up` unless Vault has the keys that people put there: *wanted*, by path.

    Only names are asked for, never a value. Without a key the cluster's operator makes no Secret,
    and all that the provider tells after a minute is that a condition was waited for.
    """
    connection = hvac.Client(
        vault.address,
        token=os.environ.get("VAULT_TOKEN"),
        namespace=vault.namespace,
        verify=os.environ.get("SSL_CERT_FILE") or True,
        timeout=_TIMEOUT_SECONDS,
    )
    lacking = [
        f"{vault.mount}/{path} lacks {', '.join(absent)}"
        for path, keys in wanted.items()
        if (absent := sorted(set(keys) - _keys(connection, vault, path)))
    ]
    if lacking:
        raise _nothing_done(
            f"Vault at {vault.address}: {'; '.join(lacking)}: put each there "
            "(runbooks/vault-secrets.md says how)"
        )


def _keys(connection: hvac.Client, vault: VaultSettings, path: str) -> set[str]:
    place = f"{vault.mount}/subkeys/{path}"
    try:
        return set(connection.adapter.get(f"/v1/{place}")["data"]["subkeys"])
    except InvalidPath:
        return set()
    except VaultError as error:
        why = " ".join(str(error).partition(", on get ")[0].split())
        raise _nothing_done(
            f"Vault at {vault.address} does not tell the names of the keys in {place} ({why})"
        ) from None
    except requests.RequestException as error:
        raise _nothing_done(f"Vault at {vault.address} does not answer ({_cause(error)})") from None


def _connection(context: str) -> client.ApiClient:
    own = client.Configuration()
    own.retries = 0
    try:
        connection: client.ApiClient = config.new_client_from_config(
            context=context, client_configuration=own, persist_config=False
        )
    except config.ConfigException as error:
        why = " ".join(str(error).split())
        raise _nothing_done(
            f"the kubeconfig gives no way to the context {context!r} ({why}): set KUBECONFIG to a "
            "file that has it"
        ) from None
    return connection


def _kinds(connection: client.ApiClient, version: str, who: str) -> Sequence[str]:
    group, _, number = version.partition("/")
    try:
        found = client.CustomObjectsApi(connection).get_api_resources(
            group, number, _request_timeout=_TIMEOUT_SECONDS
        )
    except client.ApiException as error:
        if error.status == _NOT_FOUND:
            return []
        raise _nothing_done(f"{who} refuses: {error.status} {error.reason}") from None
    except (HTTPError, OSError) as error:
        raise _nothing_done(f"{who} does not answer ({_cause(error)})") from None
    return [resource.kind for resource in found.resources]


def _cause(error: BaseException) -> str:
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return _cause(reason)
    if error.args and isinstance(error.args[0], BaseException):
        return _cause(error.args[0])
    if error.__cause__:
        return _cause(error.__cause__)
    if isinstance(error, (TimeoutError, TimeoutOfUrllib3)):
        return "timed out"
    told = error.strerror if isinstance(error, OSError) else None
    return (told or str(error)).lower()


def _nothing_done(sentence: str) -> pulumi.RunError:
    return pulumi.RunError(f"{sentence}: nothing was changed")


def _refusal(address: str) -> str | None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _TIMEOUT_SECONDS).close()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None
