"""Sentences for errors of which a provider reports only the raw text."""

from collections.abc import Mapping

import pulumi

# Parts of the errors of Go's clients, if a request was sent and its answer was lost.
_LOST = ("EOF", "connection reset by peer", "Client.Timeout exceeded", "context deadline exceeded")


def lost(sentence: str) -> dict[str, str]:
    """Return *sentence* as the remedy for every error of a lost answer."""
    return dict.fromkeys(_LOST, sentence)


def explained(
    name: str, component: pulumi.Resource, remedies: Mapping[str, str]
) -> pulumi.ResourceHookBinding:
    """
    Return a hook that logs a sentence for the failed children of *component*, called *name*.

    Args:
        name: The name of the component.
        component: The component, at which the sentence is logged.
        remedies: A part of the provider's error, and what it means; the first that fits counts.
    """

    def explain(failed: pulumi.ErrorHookArgs) -> bool:
        sentence = remedy(failed.errors, remedies)
        if sentence:
            pulumi.log.error(f"{failed.name}: {sentence}", component)
        return False  # the provider has already retried

    # Hooks of one program need different names; components of two types may share theirs.
    hook = pulumi.ErrorHook(f"{type(component).__name__}-{name}-explain", explain)
    return pulumi.ResourceHookBinding(on_error=[hook])


def remedy(errors: list[str], remedies: Mapping[str, str]) -> str | None:
    """Return the sentence for the newest of *errors*, which is the first."""
    newest = errors[0] if errors else ""
    return next((sentence for part, sentence in remedies.items() if part in newest), None)
