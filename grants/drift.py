"""What `waqiti drift` lists beside what Pulumi may read: names, and no value."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from grants import kafka, kubernetes, vault
from grants.declared import Declared
from settings.loading import PROJECT

_LIST = ["list"]
# Kinds of Kubernetes that `waqiti drift` lists, as API group and plural.
_LISTED = (
    ("", "secrets"),
    ("batch", "cronjobs"),
    ("monitoring.coreos.com", "prometheusrules"),
)
_ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole"
_SECRETS = """\
# A list of Secrets has their values, too. `waqiti drift` asks for metadata only, but who has its
# credential can read them: docs/adr/0042."""


def vault_policy(declared: Declared) -> str:
    """Return the policy that lists paths, policies and roles."""
    mount = declared.settings.vault.mount
    backends = sorted({role["backend"] for role in declared.of_type(_ROLE)})
    paths = [
        f"{mount}/metadata/*",
        "sys/policies/acl",
        *(f"auth/{backend}/role" for backend in backends),
    ]
    why = "# `waqiti drift` lists the names of secrets, policies and roles. It reads none of them."
    return vault.policy(declared, [(why, [(path, _LIST) for path in paths])])


def kafka_commands(declared: Declared) -> str:
    """Return the command that shows every topic."""
    command = [*kafka.tool(declared), "--operation", "Describe", "--topic", "*"]
    return f"{kafka.CREDENTIAL}\n{shlex.join(command)}\n"


def kubernetes_objects(declared: Declared) -> str:
    """
    Return a Role for what Pulumi may not list in each namespace, and its binding.

    A namespace that Pulumi creates exists after the first `up`, before which nothing drifts.
    """
    text = yaml.safe_dump_all(
        _objects(declared), sort_keys=False, default_flow_style=None, width=100
    )
    return (
        f"# The cluster of the context {declared.settings.kubernetes.context}.\n{_SECRETS}\n{text}"
    )


def _objects(declared: Declared) -> Iterator[Mapping[str, Any]]:
    permitted = {
        (right.namespace, right.group, right.resource)
        for right in kubernetes.rights(declared)
        if right.verb == "list"
    }
    namespaces = {described["metadata"].get("namespace") for described in declared.objects()}
    for namespace in sorted(namespaces - {None}):
        rules = [
            {"apiGroups": [group], "resources": [plural], "verbs": list(_LIST)}
            for group, plural in _LISTED
            if not permitted & {(namespace, group, plural), (None, group, plural)}
        ]
        name = f"{PROJECT}-drift-{declared.user}"
        if rules:
            yield from kubernetes.role(declared.user, name, namespace, rules)
