"""The whole program's plan is read, held by the engine, and applied: also Kafka and Kubernetes."""

import subprocess
import sys

import pytest

from tests.engine.workflows.conftest import compare

pytestmark = pytest.mark.minutes(2)

CONFIG = "config: {max.message.bytes: 1048577}"


def waqiti(sandbox, program, word):
    return subprocess.run(
        [sys.executable, "-m", "waqiti", word, "local"],
        cwd=program,
        env=sandbox.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_the_reviewed_plan_of_the_whole_program_is_applied(sandbox, program):
    rules = program / "alert_rules/alert-delivery.yaml"
    rules.write_text(rules.read_text().replace("summary: Alert", "summary: The alert", 1))
    topics = program / "catalog/topics.yaml"
    topics.write_text(topics.read_text().replace("class: audit", f"class: audit\n  {CONFIG}", 1))
    try:
        planned = waqiti(sandbox, program, "plan")
        applied = waqiti(sandbox, program, "approved-up")
        again = waqiti(sandbox, program, "plan")
    finally:
        sandbox.up()

    compare("whole-program.md", planned.stdout)
    assert applied.returncode == 0, applied.stdout
    assert applied.stdout.endswith("**local**: the reviewed plan is applied\n\n")
    assert again.stdout == "**local**: no changes\n\n"
