"""The resources in Vault. No value of a secret leaves this folder but towards Vault."""

from collections.abc import Mapping

from plugins.waqiti.resource import Resource
from plugins.waqiti.vault.connection import Vault
from plugins.waqiti.vault.expected_secret import ExpectedSecret
from plugins.waqiti.vault.generated_secret import GeneratedSecret
from plugins.waqiti.vault.password_policy import PasswordPolicy

KINDS: Mapping[str, Resource[Vault]] = {
    "waqiti:vault:ExpectedSecret": ExpectedSecret(),
    "waqiti:vault:GeneratedSecret": GeneratedSecret(),
    "waqiti:vault:PasswordPolicy": PasswordPolicy(),
}
