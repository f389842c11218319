"""
The resources that the package `waqiti` itself provides in Vault, and their provider.

The plugin checks the arguments, talks to Vault and keeps every value to itself: `plugins/waqiti`.
The token comes from the environment (VAULT_TOKEN), never from the program.
"""

from typing import Any, NotRequired, TypedDict

import pulumi

_PACKAGE = "waqiti"


class ProviderArgs(TypedDict):
    """Which Vault and which Slack the resources of this package are in."""

    address: NotRequired[str]
    """The URL of Vault; by default VAULT_ADDR."""
    namespace: NotRequired[str | None]
    """The Vault namespace; by default VAULT_NAMESPACE."""
    slack_url: NotRequired[str | None]
    """The URL of a simulator of Slack; by default Slack itself."""


class Provider(pulumi.ProviderResource):
    """The provider of the resources of this package."""

    def __init__(
        self, name: str, args: ProviderArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the provider *name* for the Vault of *args*."""
        inputs = _inputs(args)
        if slack_url := inputs.pop("slack_url", None):
            inputs["slackUrl"] = slack_url
        super().__init__(_PACKAGE, name, inputs, opts)


class PasswordPolicyArgs(TypedDict):
    """A password policy of Vault."""

    name: str
    """The name of the policy."""
    policy: str
    """Its rules, as Vault's password policies are written: `length = 32` and `rule "charset"`."""


class PasswordPolicy(pulumi.CustomResource):
    """A password policy of Vault, which generates the values of `GeneratedSecret`."""

    name: pulumi.Output[str]
    """The name of the policy, once Vault has it."""
    policy: pulumi.Output[str]
    """Its rules."""

    def __init__(
        self, name: str, args: PasswordPolicyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the policy of *args* under *name*."""
        super().__init__("waqiti:vault:PasswordPolicy", name, _inputs(args), opts)


class GeneratedSecretArgs(TypedDict):
    """A secret whose values Vault generates."""

    mount: str
    """The KV version 2 mount; version 1 is refused."""
    path: str
    """The secret's path below the mount."""
    generated: list[str]
    """The keys whose values the password policy generates."""
    policy: pulumi.Input[str]
    """The name of the password policy; a new one is used from the next generated value on."""
    fixed: NotRequired[dict[str, str]]
    """
    Further keys with their values, such as a user name. They are no secrets: they are in the state.
    A changed value is written; a value that the secret has already is not compared.
    """
    rotation: NotRequired[int]
    """
    Raise it by one for new values of all generated keys, in one new version; the version before
    stays readable. By default 1.
    """
    purge: NotRequired[bool]
    """
    True: with the resource, the secret and all its versions are deleted. By default the secret
    stays in Vault.
    """


class GeneratedSecret(pulumi.CustomResource):
    """
    A secret in Vault whose values nobody sees: Pulumi, its state and its logs have key names only.

    Keys that the secret lacks are added; keys that it has keep their values, whoever wrote them.
    A missing or an unknown key is drift; an unknown one is reported and never removed.
    """

    mount: pulumi.Output[str]
    """The mount."""
    path: pulumi.Output[str]
    """The secret's path below the mount, once all its keys are there."""
    present: pulumi.Output[list[str]]
    """The names of the keys that the secret has."""

    def __init__(
        self, name: str, args: GeneratedSecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the secret of *args* under *name*."""
        inputs = _inputs(args) | {"present": None}
        super().__init__("waqiti:vault:GeneratedSecret", name, inputs, opts)


class ExpectedSecretArgs(TypedDict):
    """A secret that an operator provides."""

    mount: str
    """The KV version 2 mount; version 1 is refused."""
    path: str
    """The secret's path below the mount."""
    keys: list[str]
    """The keys that the secret must have; it may have others."""
    required: NotRequired[bool]
    """True, the default: an `up` fails while a key is missing. False: it warns."""


class ExpectedSecret(pulumi.CustomResource):
    """
    A secret that an operator provides in Vault; only the names of its keys are read.

    It never changes the secret, and deleting the resource leaves it. A missing key is drift.
    """

    mount: pulumi.Output[str]
    """The mount."""
    path: pulumi.Output[str]
    """The secret's path below the mount."""
    present: pulumi.Output[list[str]]
    """The names of the expected keys that the secret has."""

    def __init__(
        self, name: str, args: ExpectedSecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare that the secret of *args* is expected, under *name*."""
        inputs = _inputs(args) | {"present": None}
        super().__init__("waqiti:vault:ExpectedSecret", name, inputs, opts)


def _inputs(args: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the TypedDicts above
    return {key: value for key, value in args.items() if value is not None}
