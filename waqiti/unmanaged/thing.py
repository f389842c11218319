"""One object that a system has, and that no resource of the stack declares."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from waqiti.state import State


@dataclass(frozen=True, order=True)
class Thing:
    """
    The object.

    Args:
        kind: What it is, such as `Kafka topic`.
        name: Its name, as its own system shows it.
    """

    kind: str
    name: str

    def __str__(self) -> str:
        """Return it as reports show it."""
        return f"{self.kind} {self.name}"


# The kinds of objects, by the system that is asked for them.
KINDS: Mapping[str, Sequence[str]] = {
    "grafana": ("Grafana dashboard", "Grafana folder"),
    "kafka": ("Kafka ACL", "Kafka topic"),
    "kubernetes": ("Kubernetes CronJob", "Kubernetes PrometheusRule", "Kubernetes Secret"),
    "pagerduty": ("PagerDuty escalation policy", "PagerDuty service"),
    "slack": ("Slack channel",),
    "vault": ("Vault path", "Vault policy", "Vault role"),
}


@dataclass(frozen=True)
class Stack:
    """
    The stack whose systems are asked.

    Args:
        name: Its name.
        state: What it declares.
    """

    name: str
    state: State

    def section(self, key: str) -> Mapping[str, Any]:
        """Return a section of the stack file, such as `slack`."""
        found: Mapping[str, Any] = self.state.settings.get(f"waqiti:{key}") or {}
        return found

    def has_any(self, beginning: str) -> bool:
        """Return whether it declares a resource whose type begins like this."""
        return any(resource["type"].startswith(beginning) for resource in self.state.resources)

    def provider(self, system: str) -> Mapping[str, Any]:
        """Return the inputs of the provider of *system*."""
        found: Mapping[str, Any] = next(self.state.of_type(f"pulumi:providers:{system}"))["inputs"]
        return found

    def ids(self, token: str) -> set[str]:
        """Return the ids of the resources of a type."""
        return {resource["id"] for resource in self.state.of_type(token)}


# Returns the unmanaged objects of one system. What it yields before a NoAnswerError counts.
Question = Callable[[Stack], Iterator[Thing]]
