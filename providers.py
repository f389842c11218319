"""One explicit provider for each system; credentials come from the environment, never from here."""

import pulumi
import pulumi_kafka as kafka
import pulumi_kubernetes as kubernetes
import pulumi_pagerduty as pagerduty
import pulumi_vault as vault

from settings import Settings


def connect(settings: Settings) -> list[pulumi.ProviderResource]:
    """Declare the providers of a stack."""
    return [
        kafka.Provider(
            "kafka",
            bootstrap_servers=settings.kafka.bootstrap_servers,
            sasl_mechanism=settings.kafka.sasl_mechanism,
            tls_enabled=settings.kafka.tls_enabled,
            skip_tls_verify=False,  # else KAFKA_SKIP_VERIFY of the environment decides
            timeout=20,  # seconds; the provider's own 120 hide a broker that is silent
        ),
        kubernetes.Provider(
            "kubernetes",
            context=settings.kubernetes.context,
            # The cluster is the same wherever a person's kubeconfig lies: that is never a change.
            cluster_identifier=settings.kubernetes.context,
            kubeconfig="",  # the plugin reads KUBECONFIG itself; the SDK would store it
            # A server-side apply takes over an object that somebody else made, without a word,
            # and stops at what somebody edited: so an edit is healed, and a stranger is refused.
            enable_server_side_apply=False,
        ),
        pagerduty.Provider(
            "pagerduty",
            api_url_override=settings.pagerduty.api_url,
            service_region=settings.pagerduty.service_region,
            skip_credentials_validation=True,  # a preview needs no credential
        ),
        vault.Provider(
            "vault",
            address=settings.vault.address,
            namespace=settings.vault.namespace,
            skip_child_token=True,  # the token needs no right to make others
        ),
    ]
