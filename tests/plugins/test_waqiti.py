"""The package `waqiti`: its schema, and the examples of its page."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError

import components
from components import InvalidArgumentsError
from plugins.waqiti.hosting import RESOURCES, hosted, library
from plugins.waqiti.provider import KINDS
from tests.conftest import ROOT
from tests.plugins.library_page import blocks

PLUGIN = ROOT / "plugins" / "waqiti"
EXAMPLES = blocks("python")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(json.loads(library().schema or "{}"))


def test_the_schema_has_every_component_and_every_resource(schema) -> None:
    own = {f"waqiti:{m}:{kind.__name__}" for m, kinds in RESOURCES.items() for kind in kinds}
    declared = {f"waqiti:index:{kind.__name__}": True for kind in hosted()}

    assert {
        t: r["isComponent"] for t, r in schema["resources"].items()
    } == declared | dict.fromkeys(own, False)


def test_every_resource_is_served(schema) -> None:
    assert set(KINDS) == {t for t, r in schema["resources"].items() if not r["isComponent"]}


def test_every_resource_of_the_library_is_in_the_schema() -> None:
    exported = [getattr(components, name) for name in components.__all__]
    own = {one for one in exported if issubclass(one, pulumi.CustomResource)}

    assert own == {kind for kinds in RESOURCES.values() for kind in kinds} | {components.Provider}


def test_the_provider_is_configured_by_its_arguments(schema) -> None:
    assert schema["provider"] == {
        "description": "The provider of the resources of this package.",
        "inputProperties": {
            "address": {
                "description": "The URL of Vault; by default VAULT_ADDR.",
                "type": "string",
                "plain": True,
            },
            "namespace": {
                "description": "The Vault namespace; by default VAULT_NAMESPACE.",
                "type": "string",
                "plain": True,
            },
            "slackUrl": {
                "description": "The URL of a simulator of Slack; by default Slack itself.",
                "type": "string",
                "plain": True,
            },
        },
    }


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


def test_every_component_has_an_example() -> None:
    page = "".join(EXAMPLES)

    assert [k.__name__ for k in hosted() if f"{k.__name__}(\n" not in page] == []


def test_invalid_arguments_are_refused_in_one_sentence_in_every_language() -> None:
    topics = {"topics": {"payments": {"partitions": 0.0}}, "replicationFactor": 3.0}
    with pytest.raises(InputPropertiesError) as refused:
        library().construct("topics", "waqiti:index:KafkaTopics", topics)

    assert not isinstance(refused.value, InvalidArgumentsError)
    assert refused.value.message == (
        "KafkaTopics 'topics' is not declared: topics.payments.partitions: 0: pass at least 1"
    )
