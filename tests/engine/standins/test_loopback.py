import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.standins.plugin import Plugin
from tests.engine.standins.recordings import VERSIONS, Call, Case, Fields, Step
from tests.engine.standins.replay import replay

_ELSEWHERE = {
    "grafana": {"auth": "placeholder", "url": "https://grafana.waqiti.example"},
    "pagerduty": {"token": "placeholder", "skipCredentialsValidation": "true"},
    "vault": {"token": "placeholder", "address": "https://vault.waqiti.example:8200"},
}
_HOSTS = {
    "grafana": "grafana.waqiti.example",
    "pagerduty": "api.pagerduty.com",
    "vault": "vault.waqiti.example:8200",
}
_TYPES = {
    "grafana": "grafana:oss/folder:Folder",
    "pagerduty": "pagerduty:index/service:Service",
    "vault": "vault:kv/secretV2:SecretV2",
}
_INPUTS: Mapping[str, Fields] = {
    "grafana": {"title": "ledger"},
    "pagerduty": {"name": "ledger", "escalationPolicy": "P000001"},
    "vault": {"mount": "secret", "name": "ledger", "dataJson": "{}"},
}
_IDS = {"grafana": "0:ledger", "pagerduty": "P000002", "vault": "secret/data/ledger"}


def _configured(package: str, program: Path, **options: str) -> Plugin:
    plugin = Plugin(program, {})
    answer, _ = plugin.ask("configure", args=_ELSEWHERE[package] | options)
    assert "error" not in answer
    return plugin


def _refusal(package: str) -> str:
    return (
        f'the stand-in plugin "{package}" talks to loopback addresses only and sent nothing to '
        f"{_HOSTS[package]}: install the released plugin to reach it"
    )


@pytest.mark.parametrize("package", VERSIONS)
def test_a_preview_needs_neither_server_nor_credential(
    package: str, programs: Mapping[str, Path]
) -> None:
    urn = f"urn:pulumi:prod::waqiti::{_TYPES[package]}::ledger"
    with _configured(package, programs[package]) as plugin:
        checked, _ = plugin.ask("check", urn=urn, news=_INPUTS[package])
        previewed, _ = plugin.ask("create", urn=urn, properties=checked["inputs"], preview=True)

    assert "ledger" in (previewed["properties"].get("name"), previewed["properties"].get("title"))


@pytest.mark.parametrize("package", VERSIONS)
@pytest.mark.parametrize("verb", ["create", "read", "update", "delete"])
def test_a_remote_address_is_refused_in_one_sentence(
    package: str, verb: str, programs: Mapping[str, Path]
) -> None:
    urn = f"urn:pulumi:prod::waqiti::{_TYPES[package]}::ledger"
    known = {"urn": urn, "id": _IDS[package]}
    requests: Mapping[str, Fields] = {
        "create": {"urn": urn, "properties": _INPUTS[package]},
        "read": known,
        "update": known | {"olds": _INPUTS[package], "news": _INPUTS[package]},
        "delete": known | {"properties": _INPUTS[package]},
    }
    with _configured(package, programs[package]) as plugin:
        answer, _ = plugin.ask(verb, **requests[verb])

    assert answer["error"].partition("* ")[2].strip() == _refusal(package)


def test_credentials_are_not_checked_on_a_remote_server(programs: Mapping[str, Path]) -> None:
    with Plugin(programs["pagerduty"], {}) as plugin:
        answer, _ = plugin.ask("configure", args={"token": "placeholder"})

    assert answer["error"] == _refusal("pagerduty")


@pytest.mark.parametrize(
    ("package", "address", "path"),
    [
        ("grafana", {"url": "http://127.0.0.1:13000"}, "/api/folders"),
        ("pagerduty", {"apiUrlOverride": "http://127.0.0.1:18440"}, "/services"),
        ("vault", {"address": "http://127.0.0.1:18310"}, "/v1/auth/token/lookup-self"),
    ],
)
def test_a_redirect_to_a_remote_server_is_refused(
    package: str, address: Fields, path: str, programs: Mapping[str, Path], tmp_path: Path
) -> None:
    away = {"Location": "http://192.0.2.1/"}
    case = Case(
        package=package,
        name="redirected",
        type=_TYPES[package],
        slow=False,
        config=_ELSEWHERE[package] | address,
        environment={},
        own_process=True,
        check_config={},
        configure={},
        steps=[
            Step(verb="check", question={"news": _INPUTS[package]}, answer={}),
            Step(verb="create", question={}, answer={}),
        ],
        calls=[Call(step=1, method="ANY", path=path, headers={}, status=307, answer_headers=away)],
    )

    error = replay(case, programs[package], tmp_path)[1].answer["error"]

    assert "talks to loopback addresses only and sent nothing to 192.0.2.1" in error


@pytest.mark.parametrize("package", VERSIONS)
def test_a_stand_in_has_the_released_version_and_reports_that_it_is_a_stand_in(
    package: str, programs: Mapping[str, Path]
) -> None:
    with Plugin(programs[package], {}) as plugin:
        reported, _ = plugin.ask("plugin_info")
    shown = subprocess.run(
        [programs[package], "--version"], capture_output=True, check=True, text=True
    ).stdout

    assert reported == {"version": VERSIONS[package]}
    assert shown.splitlines() == [
        VERSIONS[package],
        f"Stand-in for the released {package} plugin: talks to loopback addresses only.",
    ]
