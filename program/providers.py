"""One explicit provider for each system; the environment provides the credentials."""

from collections.abc import Iterator

import pulumi
import pulumi_kafka as kafka
import pulumi_kubernetes as kubernetes
import pulumi_pagerduty as pagerduty
import pulumi_vault as vault
import pulumiverse_grafana as grafana

import components
from settings import KafkaSettings, PagerDutySettings, Settings


def connect(settings: Settings) -> list[pulumi.ProviderResource]:
    """Declare the providers of the stack of *settings*."""
    return [
        # The SDK stores the token of the environment in the state, as a secret.
        grafana.Provider("grafana", url=settings.grafana.url),
        connect_kafka(settings.kafka),
        kubernetes.Provider(
            "kubernetes",
            context=settings.kubernetes.context,
            # The path of the kubeconfig must not count as a change of the cluster.
            cluster_identifier=settings.kubernetes.context,
            kubeconfig="",  # the plugin reads KUBECONFIG itself; the SDK would store it
            # A server-side apply silently adopts unmanaged objects and fails on manual edits.
            # A client-side apply refuses unmanaged objects and corrects the drift.
            enable_server_side_apply=False,
        ),
        *_connect_pagerduty(settings.pagerduty),
        vault.Provider(
            "vault",
            address=settings.vault.address,
            namespace=settings.vault.namespace,
            skip_child_token=True,  # the token may lack the permission to create child tokens
        ),
        components.Provider(
            "waqiti",
            components.ProviderArgs(
                address=settings.vault.address,
                namespace=settings.vault.namespace,
                slack_url=settings.slack.api_url,
            ),
        ),
    ]


def _connect_pagerduty(settings: PagerDutySettings) -> Iterator[pagerduty.Provider]:
    if settings.enabled:
        yield pagerduty.Provider(
            "pagerduty",
            api_url_override=settings.api_url,
            service_region=settings.service_region,
            skip_credentials_validation=True,  # a preview needs no credential
        )


def connect_kafka(settings: KafkaSettings) -> kafka.Provider:
    """Declare the provider of a Kafka cluster."""
    return kafka.Provider(
        "kafka",
        bootstrap_servers=settings.bootstrap_servers,
        # Without a user name, the provider uses no SASL and ignores the mechanism.
        sasl_mechanism=settings.mechanism,
        tls_enabled=settings.tls_enabled,
        skip_tls_verify=False,  # otherwise KAFKA_SKIP_VERIFY decides
        timeout=20,  # seconds; the default of 120 hides a broker that does not respond
    )
