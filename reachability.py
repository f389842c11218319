"""Whether a system answers at all, asked before an `up` changes anything; previews ask nobody."""

import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pulumi
from kubernetes import client, config
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as TimeoutOfUrllib3

_TIMEOUT_SECONDS = 5
_NOT_FOUND = 404


def require_answer(system: str, addresses: Sequence[str]) -> None:
    """
    Stop an `up` unless one of *addresses* (`host:port`) of *system* takes a connection.

    A provider left alone with a network that drops its packets waits for minutes (the Kafka one
    135 s, measured), and then blames every resource in turn.
    """
    if pulumi.runtime.is_dry_run():
        return
    with ThreadPoolExecutor(len(addresses)) as pool:
        refusals = list(pool.map(_refusal, addresses))
    if all(refusals):
        told = ", ".join(f"{a} ({r})" for a, r in zip(addresses, refusals, strict=True))
        raise _nothing_done(f"{system} does not answer at {told}")


def require_cluster(context: str, kinds: Iterable[tuple[str, str]]) -> None:
    """
    Stop an `up` unless the cluster of *context* answers and knows *kinds* (apiVersion, kind).

    The provider takes a cluster that is silent for one where nothing has changed (after 92 s,
    measured), and asks a whole minute for each object of a kind that nobody installed.
    """
    if pulumi.runtime.is_dry_run():
        return
    connection = _connection(context)
    address = connection.configuration.host
    for version, kind in kinds:
        if kind not in _kinds(connection, version, f"Kubernetes (context {context}) at {address}"):
            raise _nothing_done(
                f"Kubernetes at {address} has no {kind} ({version}): install the operator that "
                "brings it"
            )


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
