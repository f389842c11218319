"""Who may write, read, alter or delete a topic, by the ACLs of a cluster."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_CLUSTER = "Cluster"
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "write": ("Write",),
    "read": ("Read",),
    "alter": ("Alter", "AlterConfigs"),
    "delete": ("Delete",),
}


class Acl(NamedTuple):
    """One ACL, in Kafka's own words."""

    principal: str
    host: str
    operation: str
    permission: str
    kind: str
    name: str
    pattern: str


def access(acls: Sequence[Acl], topic: str) -> list[dict[str, object]]:
    """Return each ACL that lets somebody do something with *topic*, or denies it."""
    ours = sorted(acl for acl in acls if _concerns(acl, topic))
    denials = [acl for acl in ours if acl.permission == "Deny"]
    return [
        {
            "action": action,
            **acl._asdict(),
            "denied": acl.permission == "Allow" and any(_beats(d, acl, action) for d in denials),
        }
        for action, operations in _ACTIONS.items()
        for acl in ours
        if acl.operation in (*operations, "All")
    ]


def writers_of_acls(acls: Sequence[Acl]) -> Iterator[str]:
    """Yield the principals that may change the ACLs of the cluster, and so grant themselves all."""
    yield from sorted(
        {
            acl.principal
            for acl in acls
            if acl.kind == _CLUSTER
            and acl.permission == "Allow"
            and acl.operation in {"Alter", "All"}
        }
    )


def groups(acls: Sequence[Acl]) -> list[dict[str, str]]:
    """Return the consumer groups that a principal may read in."""
    return [
        {"principal": acl.principal, "group": acl.name, "pattern": acl.pattern}
        for acl in sorted(acls)
        if acl.kind == "Group" and acl.permission == "Allow" and acl.operation in {"Read", "All"}
    ]


def _concerns(acl: Acl, topic: str) -> bool:
    if acl.kind != "Topic":
        return False
    if acl.pattern == "Prefixed":
        return topic.startswith(acl.name)
    return acl.name in {topic, "*"}


def _beats(denial: Acl, allowed: Acl, action: str) -> bool:
    # An ACL for all operations is denied for this action if each operation of it is.
    wanted = _ACTIONS[action] if allowed.operation == "All" else (allowed.operation,)
    return (
        (denial.operation == "All" or set(wanted) <= {denial.operation})
        and denial.principal in {allowed.principal, "User:*"}
        and denial.host in {allowed.host, "*"}
    )
