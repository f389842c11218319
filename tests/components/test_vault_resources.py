"""The classes of the resources that the plugin provides."""

import components

POLICY = 'length = 32\nrule "charset" { charset = "abc" }'


def test_the_classes_register_what_they_are_given(deploy):
    def program():
        provider = components.Provider(
            "waqiti", {"address": "https://vault.test", "namespace": None}
        )
        policy = components.PasswordPolicy("policy", {"name": "services", "policy": POLICY})
        components.GeneratedSecret(
            "generated",
            {
                "mount": "secret",
                "path": "database/ledger",
                "generated": ["password"],
                "fixed": {"username": "ledger_svc"},
                "policy": policy.name,
            },
        )
        components.ExpectedSecret(
            "expected", {"mount": "secret", "path": "external/stripe", "keys": ["api_key"]}
        )
        return provider

    registered = deploy(program)

    assert {r.type: dict(r.inputs) for r in registered.resources} == {
        "pulumi:providers:waqiti": {"address": "https://vault.test"},
        "waqiti:vault:PasswordPolicy": {"name": "services", "policy": POLICY},
        "waqiti:vault:GeneratedSecret": {
            "mount": "secret",
            "path": "database/ledger",
            "generated": ["password"],
            "fixed": {"username": "ledger_svc"},
            "policy": "services",
        },
        "waqiti:vault:ExpectedSecret": {
            "mount": "secret",
            "path": "external/stripe",
            "keys": ["api_key"],
        },
    }
