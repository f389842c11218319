"""Access to the state and the config of a stack through the `pulumi` CLI."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients.failures import NoAnswerError
from waqiti import copies
from waqiti.notation import PROVIDER, errors

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


def pulumi(
    *arguments: str,
    given: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    merged: bool = False,
) -> str:
    """
    Run the `pulumi` on PATH and return its standard output.

    Args:
        arguments: The command and its flags.
        given: Its standard input.
        environment: Its environment; by default that of this process.
        folder: The folder of its project; by default the current one.
        merged: Whether its standard error is part of the output, and not shown.

    Raises:
        NoAnswerError: PATH has no `pulumi`.
        subprocess.CalledProcessError: It failed; its standard error has the reason.
    """
    return _run(
        arguments,
        input=given,
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def show(*arguments: str) -> int:
    """
    Run the `pulumi` on PATH, whose output is ours; return its exit code.

    Raises:
        NoAnswerError: PATH has no `pulumi`.
    """
    return _run(arguments, check=False).returncode


def _run(arguments: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - the options of subprocess.run
    if shutil.which("pulumi") is None:
        raise NoAnswerError("`pulumi` is not on PATH: install it, or add its folder to PATH")
    command = ["pulumi", "--non-interactive", *arguments]
    return subprocess.run(command, **options)  # noqa: PLW1510 - each caller decides on `check`


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


def digest(*arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """
    Return what a `pulumi` command with --json reports.

    Raises:
        NoAnswerError: PATH has no `pulumi`, or it printed no JSON object.
        subprocess.CalledProcessError: It failed; its output has the errors, a line each.
    """
    try:
        return read(pulumi(*arguments, "--json", environment=environment), arguments[0])
    except subprocess.CalledProcessError as failure:
        messages = _errors(failure.output or "")
        failure.output = "\n".join(" ".join(message.split()) for message in messages)
        if messages:
            failure.stderr = ""  # the same in other words
        raise


def _errors(output: str) -> list[str]:
    """Return the errors among the diagnostics, or an output without diagnostics as it is."""
    try:
        return errors(json.loads(output))
    except (KeyError, TypeError, ValueError):
        return [output] if output.strip() else []


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
    return {key: entry.get("objectValue", entry.get("value")) for key, entry in found.items()}


def existing(state: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the type and id of each custom resource in *state*, without the providers."""
    return sorted(
        (resource["type"], resource["id"])
        for resource in state["deployment"].get("resources") or []
        if resource.get("custom") and not resource["type"].startswith(PROVIDER)
    )
