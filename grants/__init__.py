"""
What an administrator grants to Pulumi for a stack, in the format of each system.

Everything is derived from what the program declares for the stack: nothing here names a topic, a
secret, a namespace or an object.
"""

from collections.abc import Callable, Mapping

from grants import accounts, drift, kafka, kubernetes, slack, vault
from grants.declared import Declared, UnknownStackError, declare, declare_current

__all__ = [
    "SYSTEMS",
    "Declared",
    "UnknownStackError",
    "accounts",
    "declare",
    "declare_current",
    "grants",
    "kafka",
    "kubernetes",
    "slack",
    "vault",
]

SYSTEMS: Mapping[str, Callable[[Declared], str]] = {
    "vault": vault.pulumi_policy,
    "external-secrets": vault.external_secrets_policy,
    "legal-officer": vault.officer_policy,
    "kafka": kafka.commands,
    "kubernetes": kubernetes.objects,
    "pagerduty": accounts.pagerduty,
    "grafana": accounts.grafana,
    "slack": slack.manifest,
    "drift-vault": drift.vault_policy,
    "drift-kafka": drift.kafka_commands,
    "drift-kubernetes": drift.kubernetes_objects,
}


def grants(stack: str, user: str, transit_key: str | None = None) -> Mapping[str, str]:
    """
    Return what an administrator grants for *stack*, by system.

    Args:
        stack: The name of a stack that has a file.
        user: Pulumi's user in Kafka and in Kubernetes.
        transit_key: Vault's transit key that encrypts the state; None if something else does.

    Raises:
        UnknownStackError: The stack has no file.
        InvalidFilesError: A file is not valid; the message lists every problem.
    """
    declared = declare(stack, user, transit_key)
    return {system: text(declared) for system, text in SYSTEMS.items()}
