"""
The whole plan of each stack, as the real engine previews it with nothing reachable.

`make golden` rewrites the plans; the diff is what a change does.
"""

import json
import os

import pytest

from tests.conftest import ROOT


def normalised(preview: str) -> str:
    """Keep what a plan says, without what differs from run to run."""
    plan = json.loads(preview)
    steps = [
        {
            "op": step["op"],
            "urn": step["urn"],
            "protect": step["newState"].get("protect", False),
            "parent": step["newState"].get("parent"),
            "provider": step["newState"].get("provider", "").rpartition("::")[0] or None,
            "inputs": {
                key: value
                for key, value in step["newState"].get("inputs", {}).items()
                if not key.startswith("__")
            },
        }
        for step in plan["steps"]
    ]
    ordered = sorted(steps, key=lambda step: step["urn"])
    return json.dumps({"steps": ordered, "summary": plan["changeSummary"]}, indent=2) + "\n"


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_preview_equals_the_golden_plan(offline, stack):
    done = offline(stack, "--json")

    assert done.returncode == 0, done.stderr
    golden = ROOT / "tests" / "golden" / f"plan.{stack}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(normalised(done.stdout))
    assert normalised(done.stdout) == golden.read_text()


def test_an_offline_preview_holds_no_warning_and_no_traceback(offline):
    done = offline("prod")

    assert done.returncode == 0
    assert [
        line
        for line in (done.stdout + done.stderr).lower().splitlines()
        if "warning" in line or "traceback" in line
    ] == []


def test_an_offline_preview_leaves_the_checkout_as_it_was(offline):
    before = {path: path.read_bytes() for path in ROOT.glob("Pulumi*.yaml")}

    offline("staging")

    assert {path: path.read_bytes() for path in ROOT.glob("Pulumi*.yaml")} == before
