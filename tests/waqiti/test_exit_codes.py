"""Exit codes: 0 fine, 1 found something, 3 could not tell; a user's mistake is one sentence."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from waqiti import __main__ as command
from waqiti.report import Report


@pytest.fixture
def run(monkeypatch, capsys):
    def main(word, report):
        monkeypatch.setattr(command, word, lambda *_: report)
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
        ("drift", "refresh"),
        ("list", "stack export"),
        ("resume", "stack export"),
        ("verify", "stack export"),
    ],
)
def test_a_pulumi_that_is_missing_or_unexpected_is_one_sentence(
    tmp_path, pulumi, sentence, word, asks
):
    if pulumi:
        (tmp_path / "pulumi").write_text(f"#!/bin/sh\n{pulumi}\n")
        (tmp_path / "pulumi").chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-m", "waqiti", word, "prod"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        f"error: {sentence.format(asks)}\n",
    )


def test_steps_in_another_form_are_one_sentence(tmp_path):
    (tmp_path / "pulumi").write_text('#!/bin/sh\necho \'{"steps": [{"op": "update"}]}\'\n')
    (tmp_path / "pulumi").chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-m", "waqiti", "drift", "prod"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (
        3,
        (
            "error: `pulumi refresh` printed something else than a list of steps: use the version "
            "of pulumi that pyproject.toml names\n"
        ),
    )


@pytest.mark.parametrize("word", ["list", "resume", "verify"])
def test_a_damaged_state_is_one_sentence_with_the_command_that_restores_it(tmp_path, word):
    state = tmp_path / ".pulumi/stacks/waqiti/prod.json"
    state.parent.mkdir(parents=True)
    state.write_text("{")
    before = state.with_suffix(".json.bak")
    before.write_text('{"version": 3}')
    os.utime(before, (0, 0))
    url = json.dumps({"url": f"file://{tmp_path}"})
    reason = "place 1: unexpected end of JSON input"
    (tmp_path / "pulumi").write_text(
        f"#!/bin/sh\n[ $2 = whoami ] && echo '{url}' && exit\n"
        f"echo 'error: failed to load checkpoint: {reason}' >&2; exit 255\n"
    )
    (tmp_path / "pulumi").chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-m", "waqiti", word, "prod"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        3,
        "",
        (
            f"error: the state of prod is damaged ({reason}): `cp {before} {state}` restores that "
            "of 1970-01-01 00:00:00 UTC\n"
        ),
    )
