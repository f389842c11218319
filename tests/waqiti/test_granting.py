"""`waqiti grants` prints one system, all of them, or JSON."""

import argparse
import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from waqiti import granting

TEXTS = {"vault": "a policy\n", "kafka": "a command\n"}


@pytest.fixture
def run(monkeypatch, capsys):
    """Provide a function that runs the command; the rights are those of each call's arguments."""
    asked = []

    def grants(*arguments):
        asked.append(arguments)
        return TEXTS

    monkeypatch.setattr(granting, "grants", grants)

    def command(*words):
        parser = argparse.ArgumentParser()
        granting.add_arguments(parser)
        code = granting.run(parser.parse_args(words))
        return code, capsys.readouterr().out, asked.pop()

    return command


def test_one_system_is_printed_as_it_is(run):
    assert run("prod", "kafka") == (0, "a command\n", ("prod", "pulumi", None))


def test_without_a_system_each_has_a_heading(run):
    text = "# --- vault ---\na policy\n\n# --- kafka ---\na command\n"

    assert run("prod") == (0, text, ("prod", "pulumi", None))


def test_programs_get_json_and_people_give_names(run):
    words = ("prod", "--json", "--user", "deployer", "--transit-key", "states")

    assert run(*words) == (0, f"{json.dumps(TEXTS)}\n", ("prod", "deployer", "states"))


def test_an_unknown_stack_is_reported_in_one_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "waqiti", "grants", "qa"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "error: there is no Pulumi.qa.yaml: name a stack that has such a file\n",
    )
