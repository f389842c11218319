"""The section `kubernetes`: the cluster of a stack."""

from pydantic import Field

from settings.sections import Section


class KubernetesSettings(Section):
    """
    One cluster.

    Args:
        context: Its context in the kubeconfig, which holds address and credential. The current
            context of the kubeconfig is never used.
    """

    context: str = Field(pattern=r"^\S+$", max_length=253)
