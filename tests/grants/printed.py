"""The rights in what `waqiti grants` prints, as an administrator applies it."""

import re
import shlex
from collections.abc import Mapping
from itertools import pairwise

import yaml

from grants.kubernetes import Right

_PATH = re.compile(
    r'^path "(?P<path>[^"]+)" \{ capabilities = \[(?P<capabilities>.*)\] \}$', re.MULTILINE
)


def vault(text: str) -> Mapping[str, list[str]]:
    """Return the capabilities of a policy, by path."""
    return {m["path"]: re.findall(r'"(\w+)"', m["capabilities"]) for m in _PATH.finditer(text)}


def kubernetes(text: str) -> set[Right]:
    """Return what the roles permit."""
    return {
        Right(document["metadata"].get("namespace"), group, resource, verb)
        for document in yaml.safe_load_all(text)
        if document["kind"] in {"ClusterRole", "Role"}
        for rule in document["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def kafka(text: str) -> Mapping[str | None, list[str]]:
    """Return the operations of the commands, by topic; None is the cluster."""
    found: dict[str | None, list[str]] = {}
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        given = list(pairwise(words))
        operations = [value for flag, value in given if flag == "--operation"]
        topics = [value for flag, value in given if flag == "--topic"]
        found |= dict.fromkeys(topics, operations)
        if "--cluster" in words:
            found[None] = operations
    return found
