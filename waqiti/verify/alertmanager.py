"""Alertmanager must run the declared configuration."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from clients import http
from clients.failures import NoAnswerError
from waqiti.state import State
from waqiti.verify.durations import seconds

_KIND = "kubernetes:external-secrets.io/v1:ExternalSecret"
_ADDED = "kubernetes:monitoring.coreos.com/v1alpha1:AlertmanagerConfig"
_KEY = "alertmanager.yaml"
_ESCAPED = re.compile(r'\{\{ "(\{\{|\}\})" \}\}')


def differences(state: State) -> Iterator[str]:
    """
    Yield a sentence for each value of the declared configuration that Alertmanager runs otherwise.

    Raises:
        NoAnswerError: Alertmanager does not answer, or its address is not in the stack file.
    """
    for resource in state.of_type(_KIND):
        template = resource["inputs"]["spec"]["target"].get("template", {})
        text = template.get("data", {}).get(_KEY)
        if text is None:
            continue
        who, running = _running(state)
        for path in _paths(_read(who, _ESCAPED.sub(r"\1", text)), running):
            yield (
                f"{who} runs another {path} than {resource['id']} declares: wait for its operator, "
                "or read its log"
            )

    for resource in state.of_type(_ADDED):
        yield from _missing(resource, *_running(state))


def _missing(resource: Mapping[str, Any], who: str, running: Any) -> Iterator[str]:  # noqa: ANN401 - any YAML
    """Yield each receiver that the operator did not merge; it puts the object's id before it."""
    names = {receiver["name"] for receiver in running["receivers"]}
    for receiver in resource["inputs"]["spec"]["receivers"]:
        if f"{resource['id']}/{receiver['name']}" not in names:
            yield (
                f"{who} does not run the receiver {receiver['name']} of {resource['id']}: select "
                "the object with alertmanagerConfigSelector, or read the operator's log"
            )


def _running(state: State) -> tuple[str, Any]:
    """Return who was asked, and the configuration that it runs."""
    url = state.monitoring_address("alertmanager_url", "the configuration of Alertmanager")
    who = f"Alertmanager at {url}"
    answer = http.json_of(who, http.get(who, f"{url}/api/v2/status"))
    return who, _read(who, answer["config"]["original"])


def _read(who: str, text: str) -> Any:  # noqa: ANN401 - any YAML
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise NoAnswerError(f"{who}: a configuration is no YAML") from None


def _paths(declared: object, running: object, path: str = "") -> Iterator[str]:
    """
    Yield the path of each declared value that differs.

    Alertmanager shows its configuration with all defaults, so only the declared keys count.
    """
    if isinstance(declared, Mapping) and isinstance(running, Mapping):
        for key, value in declared.items():
            yield from _paths(value, running.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(declared, list) and isinstance(running, list):
        if len(declared) != len(running):
            yield path
        elif all(isinstance(item, str) for item in [*declared, *running]):
            # Alertmanager sorts matchers; the order means nothing in its other lists of texts.
            if sorted(map(_comparable, declared)) != sorted(map(_comparable, running)):
                yield path
        else:
            for index, pair in enumerate(zip(declared, running, strict=True)):
                yield from _paths(*pair, f"{path}[{index}]")
    elif declared != running and _comparable(declared) != _comparable(running):
        yield path


def _comparable(value: object) -> str:
    """Return the same text for a duration in another unit and a Secret mounted elsewhere."""
    text = str(value)
    if text.startswith("/"):
        return "/".join(text.split("/")[-2:])
    length = seconds(text)
    return text if length is None else str(length)
