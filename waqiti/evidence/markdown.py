"""An evidence as Markdown, for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from waqiti.evidence.audit import SHOWN

_TITLES = {"audit": "Evidence of the audit trail", "legal": "Evidence of the legal documents"}


def text(kind: str, body: Mapping[str, Any], envelope: Mapping[str, str]) -> str:
    """Return the page of an evidence whose JSON file has *envelope*."""
    parts = [
        f"# {_TITLES[kind]} of {body['stack']}",
        f"From {body['from']} to {body['to']}, written at {body['at']}.",
        "## Problems",
        _listed(body["problems"], "None was found."),
        "## What could not be seen",
        _listed(body["unseen"], "Nothing."),
        *(_audit(body) if kind == "audit" else _legal(body)),
        "## Signature",
        _signature(envelope),
    ]
    return "\n\n".join(parts) + "\n"


def _signature(envelope: Mapping[str, str]) -> str:
    return (
        "The JSON file beside this page has the whole evidence, signed with Ed25519: `signed` is "
        "the signed text, `signature` its signature, and `by` the public key, both in base64.\n\n"
        f"- signed by: `{envelope['by']}`\n- signature: `{envelope['signature']}`"
    )


def _audit(body: Mapping[str, Any]) -> Iterator[str]:
    yield f"## Kafka\n\n{_cell(body['cluster'])}"
    for topic in body["topics"]:
        config = topic["config"]
        yield f"## Topic {topic['name']}"
        yield _table(("configuration", "on the brokers"), [(k, config.get(k)) for k in SHOWN])
        yield "### Who may do what"
        yield _table(
            ("action", "principal", "host", "ACL", "effect"),
            [
                (
                    one["action"],
                    one["principal"],
                    one["host"],
                    f"{one['permission']} {one['operation']} on {one['pattern']} {one['name']}",
                    _effect(one),
                )
                for one in topic["access"]
            ],
        )
        yield "### Records"
        yield _table(
            ("partition", "first offset", "end offset", "oldest record"),
            [tuple(one.values()) for one in topic["partitions"]],
        )
    changers = ", ".join(body["may_change_acls"]) or "nobody"
    yield f"## Who may change the rules\n\n- may change ACLs: {changers}"
    yield f"- super users, whom no ACL binds: {body['super_users'] or 'not seen'}"
    groups = [(one["principal"], one["group"], one["pattern"]) for one in body["groups"]]
    yield _table(("principal", "consumer group", "pattern"), groups)
    yield "## Reconciliations of operations with records"
    rows = [(one["at"], one["missing"]) for one in body["reconciliations"]]
    yield _table(("ended", "operations without a record"), rows)
    yield "## Drift"
    drift = body["drift"]
    yield f"{drift['html_url']} is {drift['state']}" if drift else "No issue about drift was seen."


def _effect(one: Mapping[str, Any]) -> str:
    if one["permission"] == "Deny":
        return "denied"
    return "denied by another ACL" if one["denied"] else "allowed"


def _legal(body: Mapping[str, Any]) -> Iterator[str]:
    reports = body["reports"]
    if reports:
        last = reports[-1]
        documents, locks = last["documents"], last["locks"]
        yield "## At the end of the period"
        yield _table(
            ("what", "value"),
            [
                ("store", last["store"]),
                ("image", last["image"]),
                ("retention in years", last["retention_years"]),
                ("documents on the volume", documents["on_volume"]),
                ("versions in the store", documents["versions"]),
                ("documents missing", documents["missing"]),
                ("oldest and newest lock", f"{locks['oldest']} to {locks['newest']}"),
                ("last backup", (last["last_backup"] or {}).get("at")),
                ("last integrity check", (last["last_integrity_check"] or {}).get("at")),
                ("encryption key", last["encryption_key"]),
            ],
        )
        yield "## Holds"
        holds = [(h["document"], h["since"], h["by"], h["reason"]) for h in last["holds"]]
        yield _table(("document", "since", "by", "reason"), holds)
    yield "## Reports"
    yield _table(
        ("written", "command", "outcome", "documents", "locks asked", "name"),
        [
            (
                r["at"],
                r["command"],
                r["outcome"],
                r["documents"]["on_volume"],
                r["locks"]["asked"],
                r["name"],
            )
            for r in reports
        ],
    )
    yield "## Keys that signed the reports"
    yield _table(("public key", "reports"), list(body["signers"].items()))


def _listed(sentences: Sequence[str], otherwise: str) -> str:
    return "\n".join(f"- {_cell(one)}" for one in sentences) or otherwise


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(one) for one in line)} |" for line in lines)


def _cell(value: object) -> str:
    """Return a value that cannot end its cell, or begin anything of Markdown or HTML."""
    shown = "-" if value is None else " ".join(str(value).split())
    shown = shown.encode("utf-8", "backslashreplace").decode()
    for character, safe in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("`", "\\`")):
        shown = shown.replace(character, safe)
    return shown
