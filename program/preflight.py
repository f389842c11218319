"""
Preflight checks of an `up`; a preview makes no request.

They check that the image of the pods is published, that Kafka and Kubernetes respond, that the
cluster has the custom resource definitions, and that Vault has the operator-provided secrets.
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
from systems.addresses import host_and_port
from systems.kubernetes import is_published

_TIMEOUT_SECONDS = 5
_NOT_FOUND = 404


def require_systems(
    settings: Settings, kinds: Iterable[tuple[str, str]], kept_secrets: Mapping[str, Sequence[str]]
) -> None:
    """
    Stop an `up` if a system that it needs is not ready; do nothing in a preview.

    Args:
        settings: The settings of the stack.
        kinds: The custom resources that the cluster must serve: (apiVersion, kind).
        kept_secrets: The keys of the operator-provided secrets in Vault, by path.

    Raises:
        pulumi.RunError: A check failed. The message names the system; nothing was changed.
    """
    if pulumi.runtime.is_dry_run():
        return
    _require_image(settings.legal_storage.image)
    _require_answer("Kafka", settings.kafka.bootstrap_servers)
    _require_cluster(settings.kubernetes.context, kinds)
    _require_secrets(settings.vault, kept_secrets)


def _require_image(image: str) -> None:
    """Stop an `up` whose pods could not start, because their image has the placeholder's digest."""
    if not is_published(image):
        raise _nothing_done(
            f"legal_storage.image {image} is not published: build legal_storage/Containerfile, "
            "push the image and write its digest into the stack file"
        )


def _require_answer(system: str, addresses: Sequence[str]) -> None:
    """
    Stop an `up` unless one of *addresses* (`host:port`) of *system* accepts a connection.

    Without this check, a provider on a network that drops packets waits for minutes (Kafka: 135 s,
    measured) and then reports an error for every resource.
    """
    with ThreadPoolExecutor(len(addresses)) as pool:
        refusals = list(pool.map(_refusal, addresses))
    if all(refusals):
        attempts = ", ".join(f"{a} ({r})" for a, r in zip(addresses, refusals, strict=True))
        raise _nothing_done(f"{system} does not answer at {attempts}")


def _require_cluster(context: str, kinds: Iterable[tuple[str, str]]) -> None:
    """
    Stop an `up` unless the cluster of *context* responds and serves *kinds* (apiVersion, kind).

    The provider treats an unreachable cluster as an unchanged one (after 92 s, measured). It also
    retries for a minute for each object whose custom resource definition is not installed.
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
    Stop an `up` unless Vault has the operator-provided keys *wanted*, by path.

    The check reads only names, never a value. If a key is missing, the operator in the cluster
    creates no Secret; the provider then only reports, after a minute, that a wait timed out.
    """
    connection = hvac.Client(
        vault.address,
        token=os.environ.get("VAULT_TOKEN"),
        namespace=vault.namespace,
        verify=os.environ.get("SSL_CERT_FILE") or True,
        timeout=_TIMEOUT_SECONDS,
    )
    missing = [
        f"{vault.mount}/{path} lacks {', '.join(absent)}"
        for path, keys in wanted.items()
        if (absent := sorted(set(keys) - _keys(connection, vault, path)))
    ]
    if missing:
        raise _nothing_done(
            f"Vault at {vault.address}: {'; '.join(missing)}: put each there "
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
            f"Vault at {vault.address} does not list the names of the keys in {place} ({why})"
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
    message = error.strerror if isinstance(error, OSError) else None
    return (message or str(error)).lower()


def _nothing_done(sentence: str) -> pulumi.RunError:
    return pulumi.RunError(f"{sentence}: nothing was changed")


def _refusal(address: str) -> str | None:
    try:
        socket.create_connection(host_and_port(address), _TIMEOUT_SECONDS).close()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None
