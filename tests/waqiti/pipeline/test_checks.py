"""The report of the checks of a pull request, whole."""

import sys

from waqiti import __main__ as command
from waqiti.pipeline import checks


def test_checks_without_a_change_of_plans_and_dashboards():
    assert checks.markdown({"lint": "success", "fast": "failure"}, "", [], is_stale=False) == (
        "### Checks\n\n| check | result |\n| --- | --- |\n| `make lint` | success |\n"
        "| `make fast` | failure |\n\nThe expected plans do not change.\n"
    )


def test_changed_plans_and_dashboards_are_shown(monkeypatch):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "a/b")
    monkeypatch.setenv("GITHUB_RUN_ID", "5")

    assert checks.markdown({}, "-a\n+```\n", ["one", "two"], is_stale=True) == (
        "### Checks\n\n| check | result |\n| --- | --- |\n\n"
        "`tests/golden` is out of date: run `make golden`, and commit it.\n\n"
        "The expected plans change:\n````diff\n-a\n+```\n````\n\n"
        "Changed dashboards: `one`, `two`. Their pictures are in the artifact `pictures` of "
        "https://github.com/a/b/actions/runs/5\n"
    )


def test_a_long_difference_is_cut_at_a_line():
    text = checks.markdown({}, "+line\n" * 20_000, [], is_stale=False)

    assert len(text) < 65_000
    assert text.endswith("+line\n```\n\nThe difference is longer: read it in the changed files.\n")


def test_an_unknown_base_is_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["waqiti", "checks", "--base", "nowhere"])

    assert command.main() == 3
    assert capsys.readouterr().err.startswith(
        "error: `git diff --name-only --diff-filter=d nowhere -- dashboards/*.json` failed: "
    )
