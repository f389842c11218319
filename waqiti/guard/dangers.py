"""What of a plan destroys data, or takes away what protects it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from waqiti.pipeline.plan import OPERATIONS, PROTECT, Change, Plan, Value

_TOPIC = "kafka:index/topic:Topic"
_ACL = "kafka:index/acl:Acl"

# What is lost with a resource of this type.
_LOST: Mapping[str, str] = {
    _TOPIC: "its records are deleted",
    "vault:kv/secretV2:SecretV2": "who reads the secret loses it",
    "waqiti:vault:GeneratedSecret": "who reads the secret loses it",
    "waqiti:slack:Channel": "its messages are not found any more, and its name stays taken",
    "pagerduty:index/escalationPolicy:EscalationPolicy": "nobody is paged",
    "pagerduty:index/service:Service": "its incidents are deleted",
    "kubernetes:core/v1:PersistentVolumeClaim": "its volume is released",
}
_DENY = "whom it denies can delete records"
_UNPROTECTED = "a later change can delete the resource"

Check = Callable[[str | None, str | None], str | None]


@dataclass(frozen=True)
class Danger:
    """
    One change that a person has to allow.

    Args:
        urn: The resource.
        property: The path of the input, `protect`, `delete` or `replace`.
        reason: The change and what follows from it.
    """

    urn: str
    property: str
    reason: str

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.urn}: {self.property}: {self.reason}"


def dangers(plan: Plan) -> Iterator[Danger]:
    """Yield each dangerous change of *plan*."""
    for change in plan.changes:
        if change.operation in ("delete", "replace") and (lost := _lost(change)):
            word = OPERATIONS[change.operation]
            yield Danger(change.urn, change.operation, f"it would be {word}, and {lost}")
        if change.operation in ("update", "replace"):
            yield from _weakened(change)


def _lost(change: Change) -> str | None:
    if change.kind == _ACL:
        # A replacement lists the inputs that differ only, so what it denies may not be among them.
        before = {value.path: value.before for value in change.values}
        denies = before.get("aclPermissionType") == "Deny"
        return _DENY if denies or change.operation == "replace" else None
    return _LOST.get(change.kind)


def _weakened(change: Change) -> Iterator[Danger]:
    checks = _CHECKS if change.kind == _TOPIC else {PROTECT: _CHECKS[PROTECT]}
    for value in change.values:
        check = checks.get(value.path)
        if check and (follows := check(value.before, value.now)):
            yield Danger(change.urn, value.path, f"{_shown(value)}: {follows}")


def _shown(value: Value) -> str:
    before, now = ("nothing" if one is None else one for one in (value.before, value.now))
    return f"{before} → {now}"


def _number(text: str | None) -> float | None:
    """Return a number of Kafka, whose -1 is no limit; None if it is not known before the `up`."""
    try:
        number = int(text or "")
    except ValueError:
        return None
    return float("inf") if number == -1 else number


def _never_less(follows: str) -> Check:
    def check(before: str | None, now: str | None) -> str | None:
        was, becomes = _number(before), _number(now)
        if becomes is None:
            return f"the new value is not known, and with a lower one {follows}"
        # Without a value of its own, the topic had that of the brokers.
        return follows if was is None or becomes < was else None

    return check


def _never_changed(follows: str) -> Check:
    return lambda before, now: None if before == now else follows


def _never(value: str, follows: str) -> Check:
    return lambda _, now: None if now is not None and now != value else follows


_CHECKS: Mapping[str, Check] = {
    PROTECT: _never("false", _UNPROTECTED),
    "partitions": _never_less("the topic is deleted and created again without its records"),
    "replicationFactor": _never_less("fewer brokers may be lost before records are"),
    "config.retention.ms": _never_less("older records are deleted"),
    "config.retention.bytes": _never_less("older records are deleted"),
    "config.min.insync.replicas": _never_less("a confirmed record can be lost with one broker"),
    "config.cleanup.policy": _never_changed("records are deleted by another rule"),
    "config.message.timestamp.type": _never_changed("the retention counts from another time"),
    "config.unclean.leader.election.enable": _never("true", "confirmed records can be lost"),
}
