"""The section `service_secrets`: how services get their secrets."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from catalog.channels import SecretPath
from catalog.strict import ServiceName, at_least_one, different
from settings.sections import ObjectName, Section, in_prod

_Services = Annotated[tuple[ServiceName, ...], AfterValidator(different)]


def _prod_has_all(value: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
    if in_prod(info) and value is not None:
        raise ValueError("every service of prod has its secrets: remove this key")
    return value


class ServiceSecretsSettings(Section):
    """
    The delivery of the services' secrets.

    Args:
        operator: The operator of the cluster that copies them into Secrets.
        auth_mount: The mount of Vault's Kubernetes auth method for this cluster.
        authority: The ConfigMap with Vault's certificate authority as `ca.crt`, in the services'
            namespace (HashiCorp's operator: the Secret); None if the operator trusts it already.
        resolving: The services that read Vault themselves, by references in their environment.
        rotations: The generation of the values of a generated secret, by path, 1 if left out. A
            larger number makes the next `up` generate new ones.
        only: The services with secrets, for stacks with a part of the platform; None for all.
    """

    operator: Literal["external-secrets", "vault-secrets-operator"]
    auth_mount: str = Field(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$")
    authority: ObjectName | None = None
    resolving: _Services = ()
    rotations: Mapping[SecretPath, Annotated[int, Field(ge=1)]] = {}
    only: Annotated[
        Annotated[_Services, AfterValidator(at_least_one)] | None, AfterValidator(_prod_has_all)
    ] = None
