"""The API of a Kubernetes cluster."""

from kubernetes import client, config

from clients import http
from clients.failures import NoAnswerError


def connect(context: str) -> client.ApiClient:
    """
    Return a client of the cluster of *context* in the kubeconfig.

    Raises:
        NoAnswerError: The kubeconfig does not have the context.
    """
    own = client.Configuration()
    own.retries = 0
    try:
        config.load_kube_config(context=context, client_configuration=own, persist_config=False)
    except (config.ConfigException, OSError) as error:
        why = " ".join(str(error).split())
        raise NoAnswerError(
            f"the kubeconfig gives no way to the context {context!r} ({why}): set KUBECONFIG to a "
            "file that has it"
        ) from None
    if http.is_loopback(own.host):
        own.proxy = None
    return client.ApiClient(own)
