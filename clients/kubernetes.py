"""The API of a Kubernetes cluster."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from kubernetes import client, config
from urllib3.exceptions import HTTPError

from clients import http
from clients.failures import ForbiddenError, NoAnswerError, cause

_OK, _FORBIDDEN, _NOT_FOUND = 200, 403, 404
_PAGE = 500
# The values of a Secret stay in the cluster: no object has its content in the answer.
_METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class Cluster:
    """
    The cluster of one context of the kubeconfig.

    Args:
        context: The name of the context.

    Raises:
        NoAnswerError: The kubeconfig does not have the context.
    """

    def __init__(self, context: str) -> None:
        """Read the kubeconfig; send no request."""
        own = client.Configuration()
        own.retries = 0
        try:
            config.load_kube_config(context=context, client_configuration=own, persist_config=False)
        except (config.ConfigException, OSError) as error:
            why = " ".join(str(error).split())
            raise NoAnswerError(
                f"the kubeconfig gives no way to the context {context!r} ({why}): set KUBECONFIG "
                "to a file that has it"
            ) from None
        self.address: str = own.host
        self.name = f"Kubernetes (context {context}) at {self.address}"
        if http.is_loopback(self.address):
            own.proxy = None
        connection = client.ApiClient(own)
        self._access = client.AuthorizationV1Api(connection)
        self._api = client.CustomObjectsApi(connection)

    def kinds(self, version: str) -> Sequence[str]:
        """Return the kinds of an apiVersion that the cluster serves."""
        group, _, number = version.partition("/")
        found = self._ask(self._api.get_api_resources, group, number)
        return [resource.kind for resource in found.resources] if found else []

    def may(self, verb: str, resource: str, group: str, namespace: str | None) -> bool:
        """Return whether the user may do *verb* in *namespace*; None is the whole cluster."""
        attributes = client.V1ResourceAttributes(
            verb=verb, resource=resource, group=group, namespace=namespace
        )
        review = client.V1SelfSubjectAccessReview(
            spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
        )
        answer = self._ask(self._access.create_self_subject_access_review, review)
        return bool(answer and answer.status.allowed)

    def find(self, described: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the object of the kind, namespace and name of *described*, or None."""
        version, metadata = described["apiVersion"], described["metadata"]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        served = (self._ask(self._read, root) or {}).get("resources", ())
        resource = next((r for r in served if r["kind"] == described["kind"]), None)
        if resource is None:
            return None
        place = f"/namespaces/{metadata.get('namespace', 'default')}"
        path = [root, place if resource["namespaced"] else "", f"/{resource['name']}"]
        found: Mapping[str, Any] | None = self._ask(
            self._read, f"{''.join(path)}/{metadata['name']}"
        )
        return found

    def metadata(self, version: str, plural: str, namespace: str) -> Iterator[Mapping[str, Any]]:
        """
        Yield the metadata of each object of a kind in *namespace*, and nothing else of it.

        Raises:
            ForbiddenError: The user may not list them.
            NoAnswerError: The cluster does not answer, or refuses.
        """
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        query = {"limit": str(_PAGE)}
        while True:
            page = self._ask(
                partial(self._read, query=query, accept=_METADATA_ONLY),
                f"{root}/namespaces/{namespace}/{plural}",
            )
            for item in page["items"] if page else ():
                yield item["metadata"]
            following = page["metadata"].get("continue") if page else None
            if not following:
                return
            query = query | {"continue": following}

    def unsynced(self, namespace: str, name: str) -> str | None:
        """
        Return why the Secret of an ExternalSecret is not that of its current version, or None.

        External Secrets writes the generation that it synced before a dash.
        """
        version = ("external-secrets.io", "v1", namespace, "externalsecrets", name)
        found: Mapping[str, Any] | None = self._ask(
            self._api.get_namespaced_custom_object, *version
        )
        if found is None:
            return "does not exist"
        status, current = found.get("status", {}), str(found["metadata"]["generation"])
        synced = str(status.get("syncedResourceVersion", "")).partition("-")[0]
        ready: Mapping[str, Any] = next(
            (c for c in status.get("conditions", ()) if c["type"] == "Ready"), {}
        )
        if ready.get("status") == "False":
            return f"is not synced: {ready.get('message') or ready.get('reason')}"
        if synced != current:
            return f"is at generation {current}, and generation {synced or 'none'} is synced"
        return None if ready else "has no condition Ready"

    def _read(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        accept: str = "application/json",
        **options: Any,  # noqa: ANN401 - the options of its client
    ) -> Any:  # noqa: ANN401 - any answer
        api = self._api.api_client
        asked = api.param_serialize(
            "GET",
            path,
            query_params=list((query or {}).items()),
            header_params={"Accept": accept},
            auth_settings=["BearerToken"],
        )
        answer = api.call_api(*asked, **options)
        body = answer.read()
        if answer.status != _OK:
            raise client.ApiException(status=answer.status, reason=answer.reason)
        return json.loads(body)

    def _ask(self, question: Callable[..., Any], *given: object) -> Any:  # noqa: ANN401 - any answer
        """Return the answer, or None if the cluster does not have it."""
        try:
            return question(*given, _request_timeout=http.TIMEOUT_SECONDS)
        except client.ApiException as error:
            if error.status == _NOT_FOUND:
                return None
            refusal = ForbiddenError if error.status == _FORBIDDEN else NoAnswerError
            raise refusal(f"{self.name} refuses: {error.status} {error.reason}") from None
        except (HTTPError, OSError) as error:
            raise NoAnswerError(f"{self.name} does not answer ({cause(error)})") from None
