"""The section `vault`: the Vault of a stack."""

from typing import Annotated

from pydantic import AfterValidator, Field

from settings.sections import Section, is_tls, is_url


class VaultSettings(Section):
    """
    One Vault.

    Args:
        address: Its URL, without a path.
        namespace: The Vault namespace of this stack; None for the root namespace.
        mount: The KV version 2 mount of this stack.
    """

    address: Annotated[str, AfterValidator(is_url), AfterValidator(is_tls)]
    namespace: Annotated[str, Field(pattern=r"^[^/\s]+(/[^/\s]+)*$")] | None = None
    mount: str = Field(pattern=r"^[a-z0-9-]+$")
