"""What the plan of prod declares."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from tests.conftest import ROOT


@cache
def objects() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Return the objects of Kubernetes by kind and name."""
    plan = yaml.safe_load((ROOT / "tests/golden/plan.prod.yaml").read_text())
    return {
        (inputs["kind"], inputs["metadata"]["name"]): inputs
        for key, resource in plan.items()
        if key.startswith("kubernetes:")
        for inputs in [resource["inputs"]]
    }


def names() -> set[str]:
    return {name for _, name in objects()}


def namespaces() -> set[str]:
    return {o["metadata"].get("namespace") for o in objects().values()} - {None}
