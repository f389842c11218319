"""
The whole plan of each stack, as the real engine previews it with nothing reachable.

`tests/golden` has prod's plan in full, staging's as its difference from prod's, and of a dashboard
its digest. What services have alike is there once, with the names of the others. `make golden`
rewrites both; the diff is the effect of a change.
"""

import difflib
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from catalog.services import Services, usernames
from sandbox.engine.stacks import offline_stack
from tests.conftest import ROOT, stack_settings
from tests.engine.conftest import preview_offline

GOLDEN = ROOT / "tests" / "golden"


class Readable(yaml.SafeDumper):
    """A dumper that writes multi-line text as a block."""


Readable.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    ),
)


Plan = Mapping[str, Mapping[str, Any]]


def plan_of(preview: str) -> Plan:
    """Return the resources of a plan by type and name, without values that vary between runs."""
    steps = {
        f"{_type(step['urn'])} {_name(step['urn'])}": step for step in json.loads(preview)["steps"]
    }
    assert {step["op"] for step in steps.values()} == {"create"}
    unprotected = [name for name, step in steps.items() if not step["newState"].get("protect")]
    return {
        "resources": {"count": len(steps), "unprotected": _all_or(sorted(unprotected), steps)},
        **{name: declared(step["newState"]) for name, step in sorted(steps.items())},
    }


def folded(plan: Plan, services: Services) -> Plan:
    """Keep one of the resources that differ in a service's name alone, with the others' names."""
    kept: dict[str, Mapping[str, Any]] = {}
    likewise: dict[str, list[str]] = {}
    first: dict[str, str] = {}
    for resource, parts in plan.items():
        service = max((s for s in services if f"-{s}" in resource), key=len, default=None)
        kind = resource.partition(" ")[0]
        shape = resource if service is None else _shape({kind: parts}, service, services)
        if first.setdefault(shape, resource) == resource:
            kept[resource] = parts
        else:
            likewise.setdefault(first[shape], []).append(str(service))
    return {
        resource: {**parts, "likewise": ", ".join(likewise[resource])}
        if resource in likewise
        else parts
        for resource, parts in kept.items()
    }


def _shape(declarations: Plan, service: str, services: Services) -> str:
    text = readable(declarations).replace(service, "<service>")
    user = usernames(services).get(service)
    return text.replace(user, "<user>") if user else text


def readable(declarations: Plan) -> str:
    return yaml.dump(
        dict(declarations), Dumper=Readable, width=120, sort_keys=False, allow_unicode=True
    )


def difference(prod: Plan, staging: Plan) -> str:
    """Return the lines of each resource that differ: `-` prod, `+` staging."""
    lines = []
    for name in sorted({*prod, *staging}):
        before, after = (
            readable({name: plan[name]}).splitlines()[1:] if name in plan else []
            for plan in (prod, staging)
        )
        compared = difflib.unified_diff(before, after, n=0, lineterm="")
        changed = [line for line in compared if not line.startswith(("---", "+++", "@@"))]
        lines += [name, *changed] if changed else []
    return "\n".join([*lines, ""])


def declared(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parts of a resource that follow from its declaration."""
    inputs = {
        key: digest(value) if key == "configJson" else value
        for key, value in state.get("inputs", {}).items()
        if not key.startswith("__")
    }
    provider = state.get("provider", "").rpartition("::")[0]
    parts = {
        "parent": _name(state["parent"]) if "parent" in state else None,
        "provider": _name(provider) if provider else None,
        "inputs": inputs,
    }
    return {key: value for key, value in parts.items() if value}


def digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::")[3]


def _all_or(names: list[str], of: Mapping[str, object]) -> list[str] | str:
    return "all" if len(names) == len(of) else names


@pytest.fixture(scope="module")
def plans(engine):
    plans = {}
    for stack in ("prod", "staging"):
        with offline_stack(stack, engine) as environment:
            done = preview_offline(environment, "--json")
        assert done.returncode == 0, done.stderr
        plans[stack] = folded(plan_of(done.stdout), stack_settings(stack).catalog_services)
    return {
        "plan.prod.yaml": readable(plans["prod"]),
        "plan.staging.diff": difference(plans["prod"], plans["staging"]),
    }


@pytest.mark.parametrize("file", ["plan.prod.yaml", "plan.staging.diff"])
def test_the_preview_equals_the_golden_plan(plans, file):
    golden = GOLDEN / file
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(plans[file])
    assert plans[file] == golden.read_text()


def test_an_offline_preview_warns_of_the_images_that_an_up_refuses_and_of_nothing_else(offline):
    done = offline("prod")

    printed = done.stdout + done.stderr
    warnings = {
        line.partition("warning: ")[2] for line in printed.splitlines() if "warning: " in line
    }
    assert done.returncode == 0
    assert {warning.partition(" ")[0] for warning in warnings} == {
        "audit_reconciliation.image",
        "legal_storage.image",
    }
    refused = ": until then, every `pulumi up` is refused"
    assert all(warning.endswith(refused) for warning in warnings)
    assert "traceback" not in printed.lower()


def test_an_offline_preview_leaves_the_checkout_as_it_was(offline):
    before = {path: path.read_bytes() for path in ROOT.glob("Pulumi*.yaml")}

    offline("staging")

    assert {path: path.read_bytes() for path in ROOT.glob("Pulumi*.yaml")} == before
