"""Tokens are read from a private file; its problems are reported without secrets."""

import pytest

from sandbox.simulators.slack.tokens import load

SECRET = "xoxb-one-secret"  # noqa: S105 - of a simulator on loopback
GOOD = f"bot UBOT channels:read,chat:write {SECRET}"


def test_each_line_has_a_kind_a_user_the_scopes_and_the_token(tmp_path):
    file = tmp_path / "tokens"
    file.write_text(f"{GOOD}\n\nuser UADMIN channels:write xoxp-other\n")
    found = load(file)

    assert [(each.kind, each.user, each.scopes) for each in found] == [
        ("bot", "UBOT", ("channels:read", "chat:write")),
        ("user", "UADMIN", ("channels:write",)),
    ]
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", ["it holds no token: write `kind user scopes token`, one per line"]),
        ("\n", ["it holds no token: write `kind user scopes token`, one per line"]),
        (
            f"bot UBOT {SECRET}\n",
            [
                "line 1: write `kind user scopes token`, such as `bot UBOT channels:read xoxb-…`",
            ],
        ),
        (
            f"user UADMIN channels:manage {SECRET}\n{GOOD}\n",
            [
                "line 1: a user has no scope channels:manage",
                "a token is there more than once: keep one line of it",
            ],
        ),
    ],
)
def test_every_problem_is_reported_at_once_without_secrets(content, wrong, tmp_path):
    file = tmp_path / "tokens"
    file.write_text(content)
    with pytest.raises(SystemExit) as reported:
        load(file)

    assert reported.value.code == "\n  ".join([f"{file} is not valid:", *wrong])


def test_an_unreadable_file_is_reported(tmp_path):
    with pytest.raises(SystemExit) as missing:
        load(tmp_path / "nowhere")

    assert missing.value.code == f"{tmp_path / 'nowhere'}: No such file or directory"
