"""Access to the state and the config of a stack through the `pulumi` CLI."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clients.failures import NoAnswerError
from waqiti import copies

_SECTION = "waqiti:monitoring"
_DAMAGED = "failed to load checkpoint: "  # the engine's words


@dataclass(frozen=True)
class State:
    """
    The state of a stack.

    Args:
        exported: What `pulumi stack export` writes.
        settings: The sections of the stack file, by key.
    """

    exported: Mapping[str, Any]
    settings: Mapping[str, Any]

    @property
    def resources(self) -> Sequence[Mapping[str, Any]]:
        """Every resource."""
        found: Sequence[Mapping[str, Any]] = self.exported["deployment"].get("resources") or []
        return found

    def of_type(self, token: str) -> Iterator[Mapping[str, Any]]:
        """Yield the resources of a type that exist."""
        return (r for r in self.resources if r["type"] == token and not r.get("delete"))

    def provider(self, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the inputs of the provider of *resource*."""
        urn = resource["provider"].rpartition("::")[0]
        found: Mapping[str, Any] = {r["urn"]: r for r in self.resources}[urn]["inputs"]
        return found

    def monitoring_address(self, key: str, what: str) -> str:
        """
        Return an address of the section `monitoring`.

        Raises:
            NoAnswerError: The stack file does not have it, so *what* cannot be verified.
        """
        address = self.settings.get(_SECTION, {}).get(key)
        if address is None:
            raise NoAnswerError(f"{what} cannot be verified: set monitoring.{key}")
        return str(address)


def pulumi(*arguments: str, given: str | None = None) -> str:
    """
    Run the `pulumi` on PATH and return its standard output.

    Raises:
        NoAnswerError: PATH has no `pulumi`.
        subprocess.CalledProcessError: It failed; its standard error has the reason.
    """
    if shutil.which("pulumi") is None:
        raise NoAnswerError("`pulumi` is not on PATH: install it, or add its folder to PATH")
    return subprocess.run(
        ["pulumi", "--non-interactive", *arguments],  # noqa: S607 - the user's own, from PATH
        input=given,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def read(text: str, command: str) -> dict[str, Any]:
    """
    Return the JSON object *text*, which `pulumi` *command* printed.

    Raises:
        NoAnswerError: It is none.
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise NoAnswerError(
            f"`pulumi {command}` printed no JSON object: use the version of pulumi that "
            "pyproject.toml names"
        )
    return document


def export(stack: str, *flags: str) -> dict[str, Any]:
    """
    Return the state of *stack*; its secrets stay encrypted unless *flags* reveal them.

    Raises:
        NoAnswerError: The state cannot be read; the message names a copy of it.
        subprocess.CalledProcessError: The engine failed.
    """
    try:
        text = pulumi("stack", "export", "--stack", stack, *flags)
    except subprocess.CalledProcessError as failure:
        _, is_damaged, reason = failure.stderr.strip().partition(_DAMAGED)
        if not is_damaged:
            raise
        backend = read(pulumi("whoami", "--json"), "whoami")["url"]
        raise NoAnswerError(
            f"the state of {stack} is damaged ({reason}): {copies.remedy(stack, backend)}"
        ) from None
    state = read(text, "stack export")
    if not isinstance(state.get("deployment"), dict):
        raise NoAnswerError("`pulumi stack export` printed no deployment: run `pulumi up` first")
    return state


def config(stack: str) -> Mapping[str, Any]:
    """Return the sections of the stack file of *stack*, by key."""
    found = read(pulumi("config", "--json", "--stack", stack), "config")
    return {key: entry.get("objectValue") for key, entry in found.items()}


def existing(state: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the type and id of each custom resource in *state*, without the providers."""
    return sorted(
        (resource["type"], resource["id"])
        for resource in state["deployment"].get("resources") or []
        if resource.get("custom") and not resource["type"].startswith("pulumi:providers:")
    )
