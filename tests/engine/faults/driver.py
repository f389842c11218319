"""Runs of `pulumi` while something fails, and what they leave."""

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from hvac.exceptions import InvalidPath

from sandbox.servers import grafana, openbao, pagerduty
from tests.engine.faults.proxy import Proxy
from tests.engine.killing import comparable
from tests.engine.paging_clients import integration_key, key_in_vault, rest
from tests.engine.sandboxes import Sandbox

Changes = Mapping[str, Mapping[str, object]]


def state_file(sandbox: Sandbox) -> Path:
    return sandbox.world.folder / "state/.pulumi/stacks/waqiti/local.json"


def destroy(sandbox: Sandbox) -> None:
    done = sandbox.pulumi("destroy", "--yes", "--skip-preview")
    assert done.returncode == 0, done.stdout


@dataclass(frozen=True)
class Faulty:
    """
    A small sandbox whose APIs the providers reach through proxies.

    Args:
        sandbox: The sandbox.
        proxies: The proxy of each system.
        empty: A copy of the state file in which nothing exists.
        undisturbed: The contents after an `up` without a fault.
    """

    sandbox: Sandbox
    proxies: Mapping[str, Proxy]
    empty: Path
    undisturbed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def addresses(self) -> Changes:
        return {
            "pagerduty": {"api_url": self.proxies["PagerDuty"].url},
            "grafana": {"url": self.proxies["Grafana"].url},
            "vault": {"address": self.proxies["Vault"].url},
        }

    def up(self) -> subprocess.CompletedProcess[str]:
        return self.pulumi("up", "--yes", "--skip-preview", "--suppress-progress")

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        options: Mapping[str, Any] = self.addresses
        return self.sandbox.pulumi(*arguments, **options)

    def waqiti(self, word: str) -> subprocess.CompletedProcess[str]:
        return self.sandbox.waqiti(word, **self.addresses)

    def changed(self, changes: Changes) -> Changes:
        """Return *changes* of the stack file, with the addresses of the proxies."""
        sections = {*self.addresses, *changes}
        return {
            name: {**changes.get(name, {}), **self.addresses.get(name, {})} for name in sections
        }

    def contents(self) -> Mapping[str, Any]:
        """Return what the state and each system have, without generated values."""
        return {
            "state": comparable(self.sandbox.state()),
            "PagerDuty": self._in_pagerduty(),
            "Grafana": self._in_grafana(),
            "Vault": self._in_vault(),
            "Vault has the pager's key": self._is_key_in_vault(),
        }

    def empty_all(self) -> None:
        """Delete everything that an `up` wrote, faster than a `destroy`."""
        world = self.sandbox.world
        for simulator in (pagerduty, grafana):
            requests.post(f"{simulator.url(world)}/sandbox/reset", timeout=10).raise_for_status()
        vault = openbao.administrator(world).secrets.kv.v2
        vault.delete_metadata_and_all_versions("alerting/pagerduty", mount_point="secret")
        shutil.copy(self.empty, state_file(self.sandbox))

    def _in_pagerduty(self) -> Sequence[str]:
        client = rest(self.sandbox.world)
        services = list(client.list_all("services", params={"include[]": "integrations"}))
        integrations = [each for service in services for each in service["integrations"]]
        policies = client.list_all("escalation_policies")
        return sorted(each["summary"] for each in (*policies, *services, *integrations))

    def _in_grafana(self) -> Sequence[tuple[str, str, str]]:
        world = self.sandbox.world
        token = {"Authorization": f"Bearer {world.credentials['grafana/pulumi']}"}
        found = requests.get(f"{grafana.url(world)}/api/search", headers=token, timeout=10).json()
        return sorted((each["type"], each["uid"], each["title"]) for each in found)

    def _in_vault(self) -> Sequence[str]:
        vault = openbao.administrator(self.sandbox.world).secrets.kv.v2
        return sorted(vault.list_secrets("alerting", mount_point="secret")["data"]["keys"])

    def _is_key_in_vault(self) -> bool:
        """Report whether Vault has the key of the newest integration."""
        try:
            return key_in_vault(self.sandbox.world) == integration_key(self.sandbox.world)
        except (InvalidPath, ValueError):
            return False


# Lines that the engine or the framework of providers adds to the reason.
_ADDED = re.compile(r"update failed$|Resource monitor has terminated|sdk-v2/|preview failed$")
_OURS = ("pulumi:pulumi:Stack", "waqiti:index:")
# What differs between runs.
_VALUES = {
    r"127\.0\.0\.1:\d+": "ADDRESS",
    r"(file://)?/\S*/world/": "",
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "ID",
    r"\b(\d{19}|[0-9a-f]{16})\b": "NUMBER",
    r"\S+@\S+ \(pid \d+\) at \S+": "USER@HOST (pid NUMBER) at TIME",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d": "TIME",
}


def sentence(output: str) -> str:
    """Return the only error of *output*."""
    (text,) = sentences(output)
    return text


def sentences(output: str) -> set[str]:
    """Return the errors that the program itself reports in *output*, or else the provider's."""
    assert "Traceback" not in output
    assert "goroutine" not in output
    found = errors(output)
    ours = {text for kind, text in found if kind.startswith(_OURS)}
    return {plain(text) for text in ours or {text for _, text in found}}


def engine_sentence(output: str) -> str:
    """Return the only error with which the engine ended before it ran the program."""
    assert "goroutine" not in output
    (text,) = re.findall(r"^error: ([^\0]*?)\Z", output, re.MULTILINE)
    return plain(text)


def plain(text: str) -> str:
    """Return *text* on one line, without what differs between runs."""
    for pattern, name in _VALUES.items():
        text = re.sub(pattern, name, text)
    return " ".join(text.split())


def errors(output: str) -> Sequence[tuple[str, str]]:
    """Return the type of the resource and the text of each error in the diagnostics of *output*."""
    found: list[tuple[str, str]] = []
    kind = ""
    for line in output.partition("Diagnostics:\n")[2].partition("\nOutputs:")[0].splitlines():
        if match := re.match(r"  (\S+) \(.*\):$", line):
            kind = match[1]
        elif match := re.match(r"    error: +(.*)", line):
            found.append((kind, match[1]))
        elif found and line.startswith(("     ", "    \t")):
            found[-1] = (kind, f"{found[-1][1]} {line.strip()}")
    return [(kind, text) for kind, text in found if not _ADDED.search(text)]
