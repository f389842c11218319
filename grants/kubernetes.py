"""Kubernetes: the roles of Pulumi's user, as objects that an administrator applies."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import yaml

from grants.declared import Declared
from settings.loading import PROJECT
from systems.kubernetes import RESTRICTED

_RBAC = "rbac.authorization.k8s.io"
# The provider patches and never uses `update`. It lists and watches an object until it is gone:
# without these two, a deletion never ends.
_DECLARE = ("create", "delete", "get", "list", "patch", "watch")

_Kind = tuple[str, str]  # API group and plural


class Right(NamedTuple):
    """
    One verb on one kind of object.

    Args:
        namespace: Where; None for the whole cluster.
        group: The API group of the kind.
        resource: Its plural.
        verb: What Pulumi does with it.
    """

    namespace: str | None
    group: str
    resource: str
    verb: str


def rights(declared: Declared) -> Sequence[Right]:
    """Return what Pulumi's user may do."""
    return [
        Right(namespace, group, resource, verb)
        for namespace, kinds in _kinds(declared).items()
        for group, resource in sorted(kinds)
        for verb in _DECLARE
    ]


def objects(declared: Declared) -> str:
    """
    Return a Role for each namespace, one ClusterRole for the rest, and their bindings.

    Nobody can create a Role in a namespace that does not exist yet. A namespace that the stack
    leaves to the administrator comes first; what Pulumi declares in one of its own is in the
    ClusterRole, too.
    """
    documents = [
        *_namespaces(declared),
        *(
            document
            for namespace, kinds in _kinds(declared).items()
            for document in role(
                declared.user, f"{PROJECT}-{declared.user}", namespace, list(_rules(kinds))
            )
        ),
    ]
    context = declared.settings.kubernetes.context
    text = yaml.safe_dump_all(documents, sort_keys=False, default_flow_style=None, width=100)
    return f"# The cluster of the context {context}.\n{text}"


def _namespaces(declared: Declared) -> Iterator[Mapping[str, Any]]:
    settings = declared.settings
    audit, storage = settings.audit_reconciliation, settings.legal_storage
    for section, names in (
        (audit, (audit.namespace,)),
        (storage, (storage.namespace, storage.officer.namespace)),
    ):
        for name in names if section.existing_namespace else ():
            metadata = {"name": name, "labels": dict(RESTRICTED)}
            yield {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _kinds(declared: Declared) -> Mapping[str | None, set[_Kind]]:
    """Return the kinds of the declared objects, by namespace; None is the whole cluster."""
    found = list(declared.objects())
    own = {o["metadata"]["name"] for o in found if o["kind"] == "Namespace"}
    kinds: dict[str | None, set[_Kind]] = defaultdict(set)
    for described in found:
        namespace = described["metadata"].get("namespace")
        kinds[None if namespace in own else namespace].add(_kind(described))
    return dict(sorted(kinds.items(), key=lambda entry: entry[0] or ""))


def _kind(described: Mapping[str, Any]) -> _Kind:
    group, _, version = described["apiVersion"].rpartition("/")
    return group if version else "", _plural(described["kind"].lower())


def _plural(kind: str) -> str:
    """Return the plural by the rule with which Kubernetes itself guesses it."""
    if kind.endswith("s"):
        return f"{kind}es"
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _rules(kinds: Iterable[_Kind]) -> Iterator[Mapping[str, Sequence[str]]]:
    for group, found in groupby(sorted(kinds), key=itemgetter(0)):
        plurals = [plural for _, plural in found]
        yield {"apiGroups": [group], "resources": plurals, "verbs": list(_DECLARE)}


def role(
    user: str, name: str, namespace: str | None, rules: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Yield a role called *name* in *namespace*, or in the whole cluster, and its binding."""
    scope = "Cluster" if namespace is None else ""
    metadata = {"name": name} | ({} if namespace is None else {"namespace": namespace})
    yield {
        "apiVersion": f"{_RBAC}/v1",
        "kind": f"{scope}Role",
        "metadata": metadata,
        "rules": rules,
    }
    yield {
        "apiVersion": f"{_RBAC}/v1",
        "kind": f"{scope}RoleBinding",
        "metadata": metadata,
        "roleRef": {"apiGroup": _RBAC, "kind": f"{scope}Role", "name": name},
        "subjects": [{"apiGroup": _RBAC, "kind": "User", "name": user}],
    }
