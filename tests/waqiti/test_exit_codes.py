"""Exit codes: 0 fine, 1 found something, 3 could not tell; a user's mistake is one sentence."""

import json
import os
import subprocess
import sys

import pytest

from clients.failures import NoAnswerError
from tests.conftest import ROOT
from waqiti import __main__ as command
from waqiti.report import Report
from waqiti.verify import command as verify_command

BOTH = "error: 0: stale\nerror: Vault is silent\n"


@pytest.fixture
def run(monkeypatch, capsys):
    def main(word, report):
        owner = verify_command if word == "verify" else command
        monkeypatch.setattr(owner, word, lambda *_: report)
        monkeypatch.setattr(sys, "argv", ["waqiti", word, "prod"])
        code = command.main()
        return code, *capsys.readouterr()

    return main


def test_the_report_of_a_drift_is_json_and_markdown(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
    monkeypatch.setattr(command, "drift", lambda _: Report(["it differs"], unmanaged=["topic a"]))
    monkeypatch.setattr(sys, "argv", ["waqiti", "drift", "prod", "--report"])

    assert command.main() == 1
    assert json.loads((tmp_path / "reports/drift.prod.json").read_text()) == {
        "lines": ["it differs"],
        "unknown": [],
        "unmanaged": ["topic a"],
        "wrong": [],
    }
    assert "- topic a\n" in (tmp_path / "reports/drift.prod.md").read_text()


def test_a_slack_that_refuses_is_reported_beside_the_drift(monkeypatch, capsys):
    def refuse(*_):
        raise NoAnswerError("Slack does not answer")

    monkeypatch.setattr(command, "drift", lambda _: Report(["it differs"]))
    monkeypatch.setattr(command, "config", lambda _: {})
    monkeypatch.setattr(command, "publish", refuse)
    monkeypatch.setattr(sys, "argv", ["waqiti", "drift", "prod", "--slack", "alerts"])

    assert (command.main(), *capsys.readouterr()) == (
        1,
        "it differs\n",
        "error: Slack does not answer\n",
    )


@pytest.fixture
def with_pulumi(monkeypatch, capsys, tmp_path):
    """Provide a function that runs a word while PATH has only a given `pulumi`, or none."""

    def main(script, word):
        if script:
            (tmp_path / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / "pulumi").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(sys, "argv", ["waqiti", word, "prod"])
        code = command.main()
        return code, *capsys.readouterr()

    return main


@pytest.mark.parametrize("word", ["drift", "verify"])
@pytest.mark.parametrize(
    ("report", "result"),
    [
        (Report([]), (0, "", "")),
        (Report(["it differs"]), (1, "it differs\n", "")),
        (Report([], ["Vault is silent"]), (3, "", "error: Vault is silent\n")),
        (
            Report(["it differs"], ["Vault is silent"]),
            (1, "it differs\n", "error: Vault is silent\n"),
        ),
        (
            Report([], unmanaged=["Kafka topic a"]),
            (1, "Kafka topic a: no resource of the stack declares it\n", ""),
        ),
        (Report([], ["Vault is silent"], wrong=["0: stale"]), (2, "", BOTH)),
    ],
)
def test_a_difference_is_1_and_what_could_not_be_asked_is_3(run, word, report, result):
    assert run(word, report) == result


def test_a_resumed_operation_is_no_difference(run):
    assert run("resume", ["creating was cut off"]) == (0, "creating was cut off\n", "")


@pytest.mark.parametrize(
    ("pulumi", "sentence"),
    [
        (None, "`pulumi` is not on PATH: install it, or add its folder to PATH"),
        (
            "echo Warning",
            (
                "`pulumi {}` printed no JSON object: use the version of pulumi that "
                "pyproject.toml names"
            ),
        ),
    ],
    ids=["missing", "unexpected"],
)
@pytest.mark.parametrize(
    ("word", "asks"),
    [
        ("adopt", "preview"),
        ("drift", "refresh"),
        ("list", "stack export"),
        ("resume", "stack export"),
        ("verify", "stack export"),
    ],
)
def test_a_pulumi_that_is_missing_or_unexpected_is_one_sentence(
    with_pulumi, pulumi, sentence, word, asks
):
    assert with_pulumi(pulumi, word) == (3, "", f"error: {sentence.format(asks)}\n")


def test_steps_in_another_form_are_one_sentence(with_pulumi):
    assert with_pulumi('echo \'{"steps": [{"op": "update"}]}\'', "drift") == (
        3,
        "",
        (
            "error: `pulumi refresh` printed something else than a list of steps: use the version "
            "of pulumi that pyproject.toml names\n"
        ),
    )


@pytest.mark.parametrize("word", ["adopt", "drift", "list", "resume", "verify"])
def test_a_failed_engine_is_reported_with_its_reason(with_pulumi, word):
    diagnostic = {"severity": "error", "message": "no such stack"}
    as_json = word in ("adopt", "drift")
    reported = json.dumps({"diagnostics": [diagnostic]}) if as_json else "no such stack"
    asks = {"adopt": "preview", "drift": "refresh"}.get(word, "stack export")

    assert with_pulumi(f"echo '{reported}'\nexit 255", word) == (
        3,
        "",
        f"error: `pulumi {asks}` failed on prod: no such stack\n",
    )


def test_the_module_runs_as_a_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "waqiti", "list", "prod"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        "error: `pulumi` is not on PATH: install it, or add its folder to PATH\n",
    )


@pytest.mark.parametrize("word", ["list", "resume", "verify"])
def test_a_damaged_state_is_one_sentence_with_the_command_that_restores_it(
    with_pulumi, tmp_path, word
):
    state = tmp_path / ".pulumi/stacks/waqiti/prod.json"
    state.parent.mkdir(parents=True)
    state.write_text("{")
    before = state.with_suffix(".json.bak")
    before.write_text('{"version": 3}')
    os.utime(before, (0, 0))
    url = json.dumps({"url": f"file://{tmp_path}"})
    reason = "place 1: unexpected end of JSON input"
    script = (
        f"[ $2 = whoami ] && echo '{url}' && exit\n"
        f"echo 'error: failed to load checkpoint: {reason}' >&2; exit 255"
    )

    assert with_pulumi(script, word) == (
        3,
        "",
        (
            f"error: the state of prod is damaged ({reason}): `cp {before} {state}` restores that "
            "of 1970-01-01 00:00:00 UTC\n"
        ),
    )
