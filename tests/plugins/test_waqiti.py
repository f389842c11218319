"""The package `waqiti`: its schema, and the examples of its page."""

import json
import re
import runpy
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.errors import InputPropertiesError

from components import InvalidArgumentsError
from tests.conftest import ROOT
from tests.plugins.library_page import blocks

PLUGIN = ROOT / "plugins" / "waqiti"
EXAMPLES = blocks("python")


@pytest.fixture(scope="module")
def plugin() -> dict[str, Any]:
    return runpy.run_path(str(PLUGIN / "__main__.py"), run_name="plugin")


@pytest.fixture(scope="module")
def schema(plugin) -> dict[str, Any]:
    return dict(json.loads(plugin["library"]().schema))


def test_the_schema_has_every_component(plugin, schema) -> None:
    assert {f"waqiti:index:{kind.__name__}" for kind in plugin["hosted"]()} == set(
        schema["resources"]
    )


def test_everything_in_the_schema_is_described(schema) -> None:
    def undescribed() -> Iterator[str]:
        for token, thing in (schema["resources"] | schema["types"]).items():
            if not thing.get("description"):
                yield token
            for name, one in (
                thing.get("inputProperties", {}) | thing.get("properties", {})
            ).items():
                if not one.get("description"):
                    yield f"{token}.{name}"

    assert list(undescribed()) == []


def test_the_plugin_requires_the_versions_that_the_product_pins() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = (PLUGIN / "requirements.txt").read_text().splitlines()

    assert set(required) <= set(project["dependencies"])


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_the_page_declares_its_component(example: str, deploy) -> None:
    declared = deploy(lambda: exec(example, {}))  # noqa: S102 - the page's own code

    used = re.findall(r"^(?:\w+ = )?([A-Z]\w+)\($", example, re.MULTILINE)
    assert used
    for component in used:
        assert declared.of_type(f"waqiti:index:{component}")


def test_every_component_has_an_example(plugin) -> None:
    page = "".join(EXAMPLES)

    assert [k.__name__ for k in plugin["hosted"]() if f"{k.__name__}(\n" not in page] == []


def test_invalid_arguments_are_refused_in_one_sentence_in_every_language(plugin) -> None:
    topics = {"topics": {"payments": {"partitions": 0.0}}, "replicationFactor": 3.0}
    with pytest.raises(InputPropertiesError) as refused:
        plugin["library"]().construct("topics", "waqiti:index:KafkaTopics", topics)

    assert not isinstance(refused.value, InvalidArgumentsError)
    assert refused.value.message == (
        "KafkaTopics 'topics' is not declared: topics.payments.partitions: 0: pass at least 1"
    )
