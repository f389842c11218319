"""A login that cannot work is one sentence."""

import sys

import pytest

from waqiti import __main__ as command


@pytest.fixture
def login(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "VAULT_ID_TOKEN", "PULUMI_OPTION_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "config: {'waqiti:vault': {address: 'http://127.0.0.1:9', mount: secret}}"
    )

    def run(stack):
        monkeypatch.setattr(sys, "argv", ["waqiti", "login", stack, "a-role", "true"])
        return command.main(), capsys.readouterr().err

    return run


def test_a_job_without_an_oidc_token_is_told_how_to_get_one(login):
    assert login("prod") == (
        3,
        (
            "error: this job has no OIDC token: give it `id-token: write` on GitHub, or "
            "`id_tokens` with VAULT_ID_TOKEN on GitLab\n"
        ),
    )


def test_a_stack_without_a_file_is_named(login):
    assert login("nowhere") == (
        3,
        "error: Pulumi.nowhere.yaml has no waqiti:vault: name a stack that has one\n",
    )


def test_a_vault_that_does_not_answer_is_named(login, monkeypatch):
    monkeypatch.setenv("VAULT_ID_TOKEN", "token")

    assert login("prod") == (
        3,
        "error: Vault at http://127.0.0.1:9 does not answer (connection refused)\n",
    )
