"""The section `monitoring`: Prometheus and Alertmanager of a stack."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from settings.kafka import Address
from settings.sections import NamespaceName, ObjectName, Section, in_prod, is_tls, is_url_with_path

_PROD_CHANNEL_PREFIX = "waqiti-"


def _only_prod_has_the_short_prefix(value: str, info: ValidationInfo) -> str:
    if value == _PROD_CHANNEL_PREFIX and not in_prod(info):
        raise ValueError("only prod posts to these channels: use another prefix")
    return value


class MonitoringSettings(Section):
    """
    Prometheus and Alertmanager of the cluster, as kube-prometheus-stack installs them.

    Args:
        namespace: Their namespace, and that of the objects that they read.
        release: The name of the Helm release; Prometheus selects rules by this label.
        runbook_base_url: The address of the folder `runbooks/`, without a slash at the end.
        slack_channel_prefix: The prefix of the names of this stack's Slack channels.
        added_routes: Whether Alertmanager has a configuration of the company, which stays: our
            routes are then added to it, and otherwise we declare all of it.
        heartbeat: Whether a service outside of the cluster waits for an alert that always fires.
        secret_store: The ClusterSecretStore that reads this stack's mount of Vault.
        prober: The blackbox exporter that asks the services for their health, as `host:port`.
        prometheus_url: The address of Prometheus, where `waqiti verify` reads its rules.
        alertmanager_url: The address of Alertmanager, where it reads the configuration.
    """

    namespace: NamespaceName
    release: NamespaceName
    runbook_base_url: Annotated[str, AfterValidator(is_url_with_path), AfterValidator(is_tls)]
    slack_channel_prefix: Annotated[
        str, Field(pattern=r"^[a-z][a-z-]{0,37}-$"), AfterValidator(_only_prod_has_the_short_prefix)
    ]
    added_routes: bool = False
    heartbeat: bool
    secret_store: ObjectName
    prober: Address
    prometheus_url: Annotated[str, AfterValidator(is_url_with_path)] | None = None
    alertmanager_url: Annotated[str, AfterValidator(is_url_with_path)] | None = None
