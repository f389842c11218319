"""The cluster must answer and serve the custom resources."""

from collections.abc import Iterable, Iterator, Sequence

from kubernetes import client
from urllib3.exceptions import HTTPError

from clients import kubernetes
from clients.failures import NoAnswerError, cause
from clients.http import TIMEOUT_SECONDS

_NOT_FOUND = 404


def problems(context: str, kinds: Iterable[tuple[str, str]]) -> Iterator[str]:
    """
    Yield each of *kinds* (apiVersion, kind) that the cluster of *context* does not serve.

    The provider treats an unreachable cluster as an unchanged one (after 92 s, measured). It also
    retries for a minute for each object whose custom resource definition is not installed.

    Raises:
        NoAnswerError: The cluster does not answer, or refuses.
    """
    connection = kubernetes.connect(context)
    address = connection.configuration.host
    for version, kind in kinds:
        if kind not in _kinds(connection, version, f"Kubernetes (context {context}) at {address}"):
            yield (
                f"Kubernetes at {address} has no {kind} ({version}): install the operator that "
                "brings it"
            )


def _kinds(connection: client.ApiClient, version: str, who: str) -> Sequence[str]:
    group, _, number = version.partition("/")
    try:
        found = client.CustomObjectsApi(connection).get_api_resources(
            group, number, _request_timeout=TIMEOUT_SECONDS
        )
    except client.ApiException as error:
        if error.status == _NOT_FOUND:
            return []
        raise NoAnswerError(f"{who} refuses: {error.status} {error.reason}") from None
    except (HTTPError, OSError) as error:
        raise NoAnswerError(f"{who} does not answer ({cause(error)})") from None
    return [resource.kind for resource in found.resources]
