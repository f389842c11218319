"""The evidence of the legal documents: reports are verified, and what is missing is named."""

import argparse
import base64
import json
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from waqiti.__main__ import main
from waqiti.evidence import legal, signing
from waqiti.evidence.period import Period

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
FIRST = datetime(2026, 10, 1, 1, 30, tzinfo=UTC)
PERIOD = Period(
    datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 4, tzinfo=UTC), FIRST + timedelta(90)
)


def public(key):
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def report(at, previous=(), key=KEY, **changes):
    """Return an item of what `legal_storage reports` prints."""
    name = f"reports/{at:%Y-%m-%dT%H-%M-%S}.000000Z-backup-00000000"
    body = {
        "name": name,
        "at": at.isoformat(timespec="microseconds"),
        "previous": [{"name": one["name"], "sha256": one["sha256"]} for one in previous],
        "form": legal.FORM,
        "stack": "prod",
        "store": "s3.example/legal",
        "image": "registry.example/legal@sha256:00",
        "command": "backup",
        "outcome": "success",
        "retention_years": 7,
        "documents": {"on_volume": 3, "size_bytes": 10, "missing": 0, "versions": 4},
        "locks": {"kind": "object lock", "oldest": "2033-10-01", "newest": None, "asked": 2},
        "last_backup": {"at": at.isoformat(), "report": None},
        "last_integrity_check": None,
        "holds": [{"document": "a|b\udc80", "since": "2026", "by": "J", "reason": "<b>"}],
        "problems": [],
        "encryption_key": "age1",
        "manifest": None,
        "facts": {},
        **changes,
    }
    envelope = signing.signed(key, body)
    return {
        "name": name,
        "sha256": signing.sha256(envelope),
        "envelope": json.dumps(envelope),
    }


def chain(days=3, **changes):
    items: list[dict[str, str]] = []
    for number in range(days):
        items.append(report(FIRST + timedelta(days=number), items[-1:], **changes))
    return items


@pytest.fixture
def collect(tmp_path):
    def run(items, problems=(), signer=None):
        file = tmp_path / "reports.json"
        printed = json.dumps({"reports": items, "problems": list(problems)})
        file.write_text(f"another line of the log\n{printed}\n")
        arguments = argparse.Namespace(reports=file, stack="prod", signer=signer or [public(KEY)])
        return legal.collected(arguments, PERIOD)

    return run


def test_a_whole_series_has_no_problem(collect):
    body = collect(chain())

    assert body["problems"] == []
    assert [one["command"] for one in body["reports"]] == ["backup"] * 3
    assert body["signers"] == {public(KEY): 3}
    assert body["unseen"] == [
        "runs that did not reach the store: they write no report, and a gap shows them"
    ]


def test_a_night_without_a_backup_is_a_gap(collect):
    items = chain(1)
    items.append(report(FIRST + timedelta(days=2), items))

    (problem,) = collect(items)["problems"]
    assert problem == (
        "no backup without problems from 2026-10-01T01:30:00+00:00 to 2026-10-03T01:30:00+00:00: "
        "at most 26 hours may lie between two"
    )


def test_a_failed_backup_is_named_and_is_no_backup(collect):
    items = chain(2)
    items.append(
        report(FIRST + timedelta(days=2), items[-1:], outcome="failure", problems=["one is lost"])
    )
    found = collect(items)["problems"]

    assert found[0] == "backup of 2026-10-03T01:30:00.000000+00:00: one is lost"
    assert found[1].startswith("no backup without problems from 2026-10-02T01:30:00+00:00")


def test_a_removed_report_is_found_where_a_later_one_names_it(collect):
    items = chain()
    removed = items.pop(1)

    assert (
        f"{removed['name']}: {items[1]['name']} names it, and it is gone or was forged"
        in (collect(items)["problems"])
    )


def test_a_report_that_was_changed_or_that_another_key_signed_is_no_report(collect):
    items = chain()
    changed = json.loads(items[2]["envelope"])
    changed["signed"] = changed["signed"].replace('"missing": 0', '"missing": 1')
    items[2] = items[2] | {"envelope": json.dumps(changed), "sha256": signing.sha256(changed)}
    forged = chain(1, key=OTHER)

    assert f"{items[2]['name']}: its signature is wrong" in collect(items)["problems"]
    assert (
        f"1 reports are signed with an unknown key: {public(OTHER)}"
        in (collect(forged)["problems"])
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stack": "staging"}, "is a report of the stack staging"),
        ({"form": "waqiti.legal-report/2"}, "has the form waqiti.legal-report/2"),
        ({"name": "reports/other"}, "its name or its hash is another"),
        ({"holds": None, "locks": None, "form": None}, "has the form None"),
    ],
)
def test_another_text_is_no_report(collect, changes, reason):
    items = chain(1, **changes)

    assert any(reason in problem for problem in collect(items)["problems"])


def test_what_the_pods_found_wrong_is_in_the_evidence(collect):
    assert collect(chain(), ["reports/x: it is gone"])["problems"] == ["reports/x: it is gone"]


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Provide the command; it returns its exit code and its output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_text(base64.b64encode(b"e" * 32).decode())
    monkeypatch.delenv("WAQITI_EVIDENCE_KEY", raising=False)

    def run(*arguments):
        words = ["waqiti", "evidence", "legal", "prod", "--reports=reports.json", *arguments]
        monkeypatch.setattr(sys, "argv", words)
        code = main()
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run


def test_the_command_writes_a_page_and_a_signed_file(command, tmp_path):
    (tmp_path / "reports.json").write_text(json.dumps({"reports": chain(), "problems": []}))
    code, output = command("--from=2026-10-01", "--to=2026-10-04", "--key=key", "--into=out")
    stem = "out/evidence.legal.prod.2026-10-01.2026-10-04"
    body = signing.verified(json.loads((tmp_path / f"{stem}.json").read_text()))
    page = (tmp_path / f"{stem}.md").read_text()

    assert code == 0
    assert output.splitlines()[:2] == [f"{stem}.json", f"{stem}.md"]
    assert len(body["envelopes"]) == 3
    assert "| a\\|b\\udc80 | 2026 | J | &lt;b> |" in page
    assert "## Problems\n\nNone was found." in page
    assert "- whose the signing keys are" in page


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--key=key", "--from=2026-10-04", "--to=2026-10-04"), "is not before --to: correct it"),
        (("--key=key", "--from=2999-10-01", "--to=2999-10-04"), "is in the future: correct it"),
        (("--from=2026-10-01", "--to=2026-10-04"), "no key signs the evidence: pass --key FILE"),
        (
            ("--key=reports.json", "--from=2026-10-01", "--to=2026-10-04"),
            "reports.json: is no key: write 32 bytes in base64",
        ),
        (
            ("--key=key", "--from=2026-10-01", "--to=2026-10-04"),
            "reports.json: its last line has no reports: pass what `legal_storage reports` prints",
        ),
    ],
)
def test_wrong_use_is_refused_with_its_remedy(command, tmp_path, arguments, reason):
    (tmp_path / "reports.json").write_text("nothing\n")
    code, output = command(*arguments)

    assert (code, reason in output) == (2, True)
