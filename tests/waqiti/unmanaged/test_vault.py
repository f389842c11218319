"""Paths, policies and roles in Vault that nobody declared; they are listed, and never read."""

import pytest

from clients.failures import NoAnswerError
from tests.waqiti.states import provider, resource
from tests.waqiti.unmanaged.stacks import found, stack
from tests.web_answers import answering
from waqiti.unmanaged.vault import unmanaged

ROOT = "/v1/secret/metadata"
POLICIES = "/v1/sys/policies/acl"
ROLES = "/v1/auth/kubernetes/role"


def listed(*names):
    return 200, {"data": {"keys": list(names)}}


@pytest.fixture
def vault(monkeypatch):
    monkeypatch.setenv("VAULT_TOKEN", "a-token")
    with answering() as web:
        web.answers = {
            ROOT: listed("alerting/", "database/"),
            f"{ROOT}/alerting": listed("pagerduty", "slack"),
            f"{ROOT}/database": listed("one"),
            POLICIES: listed("default", "waqiti-prod-one", "waqiti-staging-one"),
            ROLES: listed("waqiti-prod-one"),
        }
        yield web


def declared(vault):
    own = provider("vault", address=vault.url)
    outputs = {"name": "waqiti-prod-one"}
    role = {"backend": "kubernetes", "roleName": "waqiti-prod-one"}
    return stack(
        own,
        resource(
            own,
            "vault:kv/secretV2:SecretV2",
            "pager",
            inputs={"mount": "secret", "name": "alerting/pagerduty"},
        ),
        resource(
            own,
            "waqiti:vault:GeneratedSecret",
            "one",
            inputs={"mount": "secret", "path": "database/one"},
        ),
        resource(own, "vault:index/policy:Policy", "one", outputs=outputs),
        resource(own, "vault:kubernetes/authBackendRole:AuthBackendRole", "one", outputs=role),
        vault={"mount": "secret"},
    )


def test_secrets_of_the_stack_and_of_operators_are_declared(vault):
    assert found(unmanaged, declared(vault)) == []


def test_what_nobody_declared_is_named_and_a_foreign_folder_is_not_opened(vault):
    vault.answers |= {
        ROOT: listed("alerting/", "database/", "by-hand", "others/"),
        f"{ROOT}/database": listed("one", "two"),
        POLICIES: listed("default", "waqiti-prod-one", "waqiti-prod-admin"),
        ROLES: listed("waqiti-prod-one", "anybody"),
    }

    assert found(unmanaged, declared(vault)) == [
        "Vault path secret/by-hand",
        "Vault path secret/database/two",
        "Vault path secret/others/",
        "Vault policy waqiti-prod-admin",
        "Vault role kubernetes/anybody",
    ]
    assert f"{ROOT}/others" not in [path for path, _ in vault.requests]
    assert not [path for path, _ in vault.requests if "/data/" in path]


def test_an_empty_mount_has_nothing(vault):
    vault.answers[ROOT] = (404, {"errors": []})

    assert found(unmanaged, declared(vault)) == []


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (ROOT, "secret/metadata/"),
        (POLICIES, "sys/policies/acl"),
        (ROLES, "auth/kubernetes/role"),
    ],
)
def test_a_list_that_is_not_permitted_is_no_result(vault, path, place):
    vault.answers[path] = (403, {"errors": ["permission denied"]})

    with pytest.raises(NoAnswerError) as refused:
        found(unmanaged, declared(vault))
    assert str(refused.value) == (
        f"Vault at {vault.url} does not let the token list {place}: grant it the "
        "policy that `waqiti grants STACK drift-vault` prints"
    )
