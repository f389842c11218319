"""
One provider for each system, and no other: the default ones are switched off.

Addresses come from the settings, credentials from the environment.
"""

import pulumi_kafka as kafka
import pulumi_pagerduty as pagerduty
import pulumi_vault as vault
import pulumiverse_grafana as grafana

from settings import Settings


def kafka_cluster(settings: Settings) -> kafka.Provider:
    """Give the provider of the Kafka cluster."""
    return kafka.Provider(
        "kafka",
        bootstrap_servers=settings.kafka.bootstrap_servers,
        sasl_mechanism=settings.kafka.sasl_mechanism,
        tls_enabled=settings.kafka.tls_enabled,
        skip_tls_verify=False,  # else KAFKA_SKIP_VERIFY of the environment decides
        timeout=20,  # seconds; the provider's own 120 hide a broker that is silent
    )


def pagerduty_account(settings: Settings) -> pagerduty.Provider:
    """Give the provider of the PagerDuty account."""
    return pagerduty.Provider(
        "pagerduty",
        api_url_override=settings.pagerduty.api_url,
        service_region=settings.pagerduty.service_region,
        skip_credentials_validation=True,  # a preview needs no credential
    )


def vault_server(settings: Settings) -> vault.Provider:
    """Give the provider of Vault."""
    return vault.Provider(
        "vault",
        address=settings.vault.address,
        namespace=settings.vault.namespace,
        skip_child_token=True,  # the token needs no right to make others
    )


def grafana_server(settings: Settings) -> grafana.Provider:
    """Give the provider of Grafana; its SDK puts the environment's token into the state, secret."""
    return grafana.Provider("grafana", url=settings.grafana.url)
