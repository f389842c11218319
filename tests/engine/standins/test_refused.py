"""What the stand-ins do not serve is refused by its name; nothing is silently ignored."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.engine.standins.plugin import Plugin
from tests.engine.standins.recordings import REFUSED, Fields

_INTEGRATION = "pagerduty:index/serviceIntegration:ServiceIntegration"


def _pairs(refused: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(owner, name) for owner, names in refused.items() for name in names]


def _checked(programs: Mapping[str, Path], kind: str, news: Fields) -> Fields:
    with Plugin(programs[kind.partition(":")[0]], {}) as plugin:
        answer, _ = plugin.ask("check", urn=f"urn:pulumi:prod::waqiti::{kind}::ledger", news=news)
    return answer


def _reasons(answer: Fields) -> list[str]:
    return [failure["reason"] for failure in answer.get("failures", [])]


@pytest.mark.parametrize(("package", "option"), _pairs(REFUSED["options"]))
def test_a_provider_option_that_is_not_served_is_refused(
    package: str, option: str, programs: Mapping[str, Path]
) -> None:
    urn = f"urn:pulumi:prod::waqiti::pulumi:providers:{package}::{package}"
    with Plugin(programs[package], {}) as plugin:
        answer, _ = plugin.ask("check_config", urn=urn, news={option: "x"})

    (reason,) = _reasons(answer)
    assert reason.endswith(f"Invalid or unknown key. Examine values at '{package}.{option}'.")


@pytest.mark.parametrize(("kind", "name"), _pairs(REFUSED["inputs"]))
def test_an_input_that_is_not_served_is_refused(
    kind: str, name: str, programs: Mapping[str, Path]
) -> None:
    answer = _checked(programs, kind, {name: "x"})

    assert f"Invalid or unknown key. Examine values at 'ledger.{name}'." in _reasons(answer)


@pytest.mark.parametrize("kind", REFUSED["types"])
def test_a_type_that_is_not_served_is_refused(kind: str, programs: Mapping[str, Path]) -> None:
    answer = _checked(programs, kind, {})

    assert answer["error"] == f"unrecognized resource type (Check): {kind}"


@pytest.mark.parametrize("integration_type", REFUSED["integration_types"])
def test_an_integration_that_is_not_served_is_refused(
    integration_type: str, programs: Mapping[str, Path]
) -> None:
    answer = _checked(programs, _INTEGRATION, {"service": "P000002", "type": integration_type})

    (reason,) = _reasons(answer)
    assert reason.startswith(f'"{integration_type}" is an invalid value. Must be one of ')
