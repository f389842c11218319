"""Build the arguments of `ServiceSecrets` from the catalog and the settings of a stack."""

from catalog.secrets import paths_of
from catalog.services import SERVICES_NAMESPACE, Service, usernames
from components import (
    DeliveryArgs,
    GeneratedArgs,
    SecretKeyArgs,
    ServiceArgs,
    ServiceSecretsArgs,
)
from settings import Settings


def service_secrets(settings: Settings) -> ServiceSecretsArgs:
    """Return what Vault generates and operators provide for the services, and who reads it."""
    own, vault = settings.service_secrets, settings.vault
    delivery = DeliveryArgs(
        operator=own.operator, address=vault.address, service_account="vault-delivery"
    )
    if own.authority is not None:
        delivery["authority"] = own.authority
    if vault.namespace is not None:
        delivery["vault_namespace"] = vault.namespace
    return ServiceSecretsArgs(
        mount=vault.mount,
        password_policy=f"{settings.object_prefix}services",
        generated=_generated(settings),
        expected={
            path: list(keys)
            for path, keys in settings.operator_provided.items()
            if "services" in settings.secrets[path].readers
        },
        required=settings.all_secrets_required,
        services={
            name: _service(settings, name, service)
            for name, service in settings.catalog_services.items()
            if paths_of(name, service, settings.secrets)
        },
        auth_mount=own.auth_mount,
        prefix=settings.object_prefix,
        delivery=delivery,
    )


def _service(settings: Settings, name: str, service: Service) -> ServiceArgs:
    return ServiceArgs(
        namespace=SERVICES_NAMESPACE,
        service_account=service.deployable or name,
        variables={
            variable: SecretKeyArgs(path=path, key=key)
            for path in paths_of(name, service, settings.secrets)
            for key, variable in settings.secrets[path].variables.items()
        },
        resolves=name in settings.service_secrets.resolving,
    )


def _generated(settings: Settings) -> dict[str, GeneratedArgs]:
    """Return what Vault generates, by path; the names of database users are no secrets."""
    users = {f"database/{name}": u for name, u in usernames(settings.catalog_services).items()}
    return {
        path: GeneratedArgs(
            keys=[key for key in secret.keys if key != "username"],
            fixed={"username": users[path]} if path in users else {},
            rotation=settings.service_secrets.rotations.get(path, 1),
        )
        for path, secret in settings.secrets.items()
        if secret.provider == "vault"
    }
