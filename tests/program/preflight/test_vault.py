"""Vault must have a KV version 2 mount with the secrets that operators provide."""

import pytest

from clients.failures import NoAnswerError
from program.preflight.vault import problems
from settings import VaultSettings
from tests.web_answers import answering

GRANTS = "python -m waqiti grants prod vault"
CAPABILITIES = "/v1/sys/capabilities-self"
RIGHTS = {
    "secret/data/alerting/pagerduty": ["create", "read", "update", "delete"],
    "secret/subkeys/alerting/slack": ["read"],
    "secret/subkeys/legal/backup": ["read"],
}
WANTED = {"alerting/slack": ["critical", "fraud"], "legal/backup": ["password"]}
MOUNT = "/v1/sys/internal/ui/mounts/secret"
KV2 = {"type": "kv", "options": {"version": "2"}}


@pytest.fixture
def vault():
    with answering() as web:
        web.answers = {
            MOUNT: (200, {"data": KV2}),
            CAPABILITIES: lambda asked: (200, {"data": {p: RIGHTS[p] for p in asked["paths"]}}),
            "/v1/secret/subkeys/alerting/slack": (
                200,
                {"data": {"subkeys": {"critical": None, "fraud": None}}},
            ),
            "/v1/secret/subkeys/legal/backup": (200, {"data": {"subkeys": {"password": None}}}),
        }
        yield web


def found(vault):
    # Only the settings of a stack file require TLS.
    settings = VaultSettings.model_construct(address=vault.url, namespace=None, mount="secret")
    return list(problems(settings, WANTED, RIGHTS, GRANTS))


def test_nothing_is_missing_if_every_key_exists(vault):
    assert found(vault) == []


def test_all_missing_keys_are_one_sentence(vault):
    del vault.answers["/v1/secret/subkeys/legal/backup"]
    vault.answers["/v1/secret/subkeys/alerting/slack"] = (200, {"data": {"subkeys": {"fraud": 0}}})

    (reported,) = found(vault)
    assert reported == (
        f"Vault at {vault.url}: secret/alerting/slack lacks critical; secret/legal/backup lacks "
        "password: put each there (runbooks/vault-secrets.md says how)"
    )


@pytest.mark.parametrize(
    ("mount", "reason"),
    [
        (
            {"type": "kv", "options": {"version": "1"}},
            (
                "the mount secret is KV version 1: run `vault kv enable-versioning secret`, or set "
                "vault.mount to another one"
            ),
        ),
        (
            {"type": "kv", "options": None},
            (
                "the mount secret is KV version 1: run `vault kv enable-versioning secret`, or set "
                "vault.mount to another one"
            ),
        ),
        (
            {"type": "transit"},
            "the mount secret is of the type transit: set vault.mount to one of KV version 2",
        ),
    ],
)
def test_another_kind_of_mount_is_reported_as_such(vault, mount, reason):
    vault.answers[MOUNT] = (200, {"data": mount})

    assert found(vault) == [f"Vault at {vault.url}: {reason}"]


def test_a_refused_mount_of_a_valid_token_is_missing_or_not_granted(vault):
    vault.answers[MOUNT] = (403, {"errors": ["preflight capability check returned 403"]})
    vault.answers["/v1/auth/token/lookup-self"] = (200, {"data": {}})

    (reported,) = found(vault)
    assert reported == (
        f"Vault at {vault.url} has no mount secret, or the token in VAULT_TOKEN may not use it: "
        f"correct vault.mount, or grant what `{GRANTS}` prints"
    )


def test_an_invalid_token_is_reported_as_such(vault):
    vault.answers[MOUNT] = (403, {"errors": ["permission denied"]})
    vault.answers["/v1/auth/token/lookup-self"] = (403, {"errors": ["permission denied"]})

    (reported,) = found(vault)
    assert reported == (
        f"Vault at {vault.url} refuses the token (permission denied): set VAULT_TOKEN to a valid "
        "one"
    )


def permitting(**capabilities):
    """Return an answer that permits everything but what *capabilities* replace, by last word."""
    return 200, {
        "data": {
            path: capabilities.get(path.rpartition("/")[2], needed)
            for path, needed in RIGHTS.items()
        }
    }


def test_all_capabilities_that_the_token_lacks_are_reported_by_path(vault):
    vault.answers[CAPABILITIES] = permitting(pagerduty=["read", "list"], slack=["deny"])

    assert found(vault) == [
        f"Vault at {vault.url}: the token in VAULT_TOKEN lacks {what}: grant what `{GRANTS}` prints"
        for what in (
            "create, update, delete on secret/data/alerting/pagerduty",
            "read on secret/subkeys/alerting/slack",
        )
    ]
    assert "/v1/secret/subkeys/alerting/slack" not in [path for path, _ in vault.requests]


def test_a_root_token_may_do_everything(vault):
    vault.answers[CAPABILITIES] = permitting(pagerduty=["root"], slack=["root"], backup=["root"])

    assert found(vault) == []


def test_a_token_that_may_not_ask_for_its_capabilities_is_reported(vault):
    vault.answers[CAPABILITIES] = (403, {"errors": ["permission denied"]})

    with pytest.raises(NoAnswerError) as refused:
        found(vault)

    assert str(refused.value) == (
        f"Vault at {vault.url} does not report what the token in VAULT_TOKEN may do (permission "
        "denied): give it the policy default, too"
    )


@pytest.mark.parametrize(
    ("status", "errors", "why"),
    [
        (
            403,
            ["1 error occurred:\n\t* permission denied\n\n"],
            "1 error occurred: * permission denied",
        ),
        (
            404,
            ["1 error occurred:\n\t* unsupported path\n\n"],
            "1 error occurred: * unsupported path",
        ),
    ],
    ids=["no right", "a Vault without subkeys"],
)
def test_the_real_reason_of_a_refusal_is_reported_for_each_path(vault, status, errors, why):
    for path in WANTED:
        vault.answers[f"/v1/secret/subkeys/{path}"] = (status, {"errors": errors})

    assert found(vault) == [
        f"Vault at {vault.url} does not list the names of the keys in secret/subkeys/{path} ({why})"
        for path in WANTED
    ]
