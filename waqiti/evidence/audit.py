"""The evidence of the audit trail: the audit topics of a stack as the brokers have them."""

import argparse
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from clients.failures import NoAnswerError
from clients.github import own_repository
from clients.kafka_audit import AuditedKafka
from waqiti.evidence import access, reconciliations
from waqiti.evidence.period import Period, text
from waqiti.state import State, config, export

_TOPIC, _ACL = "kafka:index/topic:Topic", "kafka:index/acl:Acl"
_SECTION = "waqiti:kafka"
LONGEST = timedelta(hours=26)  # as the rule AuditReconciliationOverdue has it

# What the report shows of a topic; JSON has every key.
SHOWN = (
    "retention.ms",
    "retention.bytes",
    "cleanup.policy",
    "min.insync.replicas",
    "message.timestamp.type",
    "unclean.leader.election.enable",
)


def collected(arguments: argparse.Namespace, covered: Period) -> dict[str, Any]:
    """
    Return the evidence.

    Raises:
        NoAnswerError: Kafka does not answer.
        subprocess.CalledProcessError: The state of the stack cannot be read.
    """
    stack = arguments.stack
    state = State(export(stack), config(stack))
    kafka = _cluster(state)
    acls = [access.Acl(*identity.split("|")) for identity in kafka.acls()]
    problems: list[str] = []
    unseen: list[str] = [
        "people who can become a principal: whoever has its password or certificate",
        "records that were deleted and written again within the period: only today's are seen",
    ]
    topics = [_topic(kafka, state, name, acls, problems) for name in _audit_topics(state)]
    if not topics:
        problems.append(f"{stack} declares no topic whose deletion is denied")
    return {
        "form": "waqiti.audit-evidence/1",
        "stack": stack,
        **covered.shown(),
        "cluster": kafka.name,
        "topics": topics,
        "groups": access.groups(acls),
        "may_change_acls": list(access.writers_of_acls(acls)),
        "super_users": _super_users(kafka, unseen),
        "reconciliations": _reconciliations(state, covered, problems, unseen),
        "drift": _drift(stack, unseen),
        "problems": problems,
        "unseen": unseen,
    }


def _cluster(state: State) -> AuditedKafka:
    settings = state.settings.get(_SECTION)
    if not settings:
        raise NoAnswerError("the stack file has no section kafka: name a stack that has one")
    mechanism = settings["sasl_mechanism"]
    return AuditedKafka(
        settings["bootstrap_servers"],
        None if mechanism == "none" else mechanism,
        tls=settings["tls_enabled"],
    )


def _audit_topics(state: State) -> list[str]:
    """Return the declared topics whose deletion is denied to everybody."""
    denied = {
        acl["inputs"]["aclResourceName"]
        for acl in state.of_type(_ACL)
        if acl["inputs"]["aclPermissionType"] == "Deny"
    }
    return sorted(
        topic["inputs"]["name"]
        for topic in state.of_type(_TOPIC)
        if topic["inputs"]["name"] in denied
    )


def _topic(
    kafka: AuditedKafka,
    state: State,
    name: str,
    acls: list[access.Acl],
    problems: list[str],
) -> dict[str, Any]:
    (declared,) = (t["inputs"] for t in state.of_type(_TOPIC) if t["inputs"]["name"] == name)
    found = kafka.config(name)
    problems.extend(_config_differences(name, declared.get("config", {}), found))
    problems.extend(_acl_differences(name, state, acls))
    may = access.access(acls, name)
    problems.extend(
        f"{name}: {one['principal']} may delete it: no ACL denies it"
        for one in may
        if one["action"] == "delete" and one["permission"] == "Allow" and not one["denied"]
    )
    return {
        "name": name,
        "config": found,
        "access": may,
        "partitions": [
            {
                "partition": one.partition,
                "first_offset": one.first,
                "end_offset": one.end,
                "oldest_record": None
                if one.oldest is None
                else text(datetime.fromtimestamp(one.oldest / 1000, UTC)),
            }
            for one in kafka.records(name)
        ],
    }


def _config_differences(
    name: str, declared: Mapping[str, str], found: Mapping[str, str]
) -> Iterator[str]:
    for key, value in sorted(declared.items()):
        if found.get(key) != value:
            yield f"{name}: {key} is {found.get(key)!r}, and {value!r} is declared"


def _acl_differences(name: str, state: State, acls: list[access.Acl]) -> Iterator[str]:
    """Yield the ACLs on a topic that are declared and gone, or there and not declared."""
    declared = {
        acl["id"]
        for acl in state.of_type(_ACL)
        if (acl["inputs"]["aclResourceType"], acl["inputs"]["aclResourceName"]) == ("Topic", name)
    }
    found = {"|".join(a) for a in acls if (a.kind, a.name, a.pattern) == ("Topic", name, "Literal")}
    for identity in sorted(declared - found):
        yield f"{name}: the declared ACL {identity} is gone"
    for identity in sorted(found - declared):
        acl = access.Acl(*identity.split("|"))
        # An administrator grants Pulumi its own rights: `waqiti grants` prints them.
        if not acl.operation.startswith(("Alter", "Create", "Delete")):
            yield f"{name}: nobody declared the ACL {identity}"


def _super_users(kafka: AuditedKafka, unseen: list[str]) -> str | None:
    try:
        found = kafka.broker_config().get("super.users")
    except NoAnswerError:
        unseen.append(
            "super users, whom no ACL binds: Pulumi's principal may not read the brokers' "
            "configuration; read super.users there"
        )
        return None
    if found is None:
        unseen.append("super users, whom no ACL binds: read super.users in the brokers' files")
    return found


def _reconciliations(
    state: State, covered: Period, problems: list[str], unseen: list[str]
) -> list[dict[str, Any]]:
    try:
        url = state.monitoring_address("prometheus_url", "the reconciliations")
        found, oldest = reconciliations.of(url, covered)
    except NoAnswerError as error:
        unseen.append(f"the reconciliations: {error}")
        return []
    if oldest is None or oldest > covered.since + LONGEST:
        begin = "any time" if oldest is None else f"before {text(oldest)}"
        unseen.append(f"reconciliations of {begin}: Prometheus has no sample of them")
    at = [one.at for one in found]
    problems.extend(covered.gaps("reconciliation", at, LONGEST))
    problems.extend(
        f"the reconciliation of {text(one.at)} found {one.missing} operations without a record"
        for one in found
        if one.missing
    )
    return [{"at": text(one.at), "missing": one.missing} for one in found]


def _drift(stack: str, unseen: list[str]) -> dict[str, Any] | None:
    """Return the issue that the nightly drift detection keeps, which has its newest finding."""
    try:
        issue = own_repository().find_issue("drift", f"<!-- waqiti: drift of {stack} -->")
    except NoAnswerError as error:
        unseen.append(f"drift that was found and corrected within the period: {error}")
        return None
    unseen.append("drift before the newest finding: the issue keeps one text; read its history")
    if issue is None:
        return None
    return {key: issue.get(key) for key in ("html_url", "state", "created_at", "closed_at", "body")}
