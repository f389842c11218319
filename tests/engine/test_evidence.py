"""The evidence of the audit trail, as the brokers of the sandbox and its Prometheus have it."""

import base64
import json
import re

import pytest

from tests.engine.kafka_clients import TOPIC
from waqiti.evidence import signing

pytestmark = pytest.mark.minutes(1)


@pytest.fixture(scope="module")
def written(sandbox, tmp_path_factory):
    """Provide the output of the command, its signed text, and its page."""
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "key").write_text(base64.b64encode(b"k" * 32).decode())
    done = sandbox.waqiti("evidence audit", f"--key={folder}/key", f"--into={folder}")
    (file,) = folder.glob("evidence.audit.local.*.json")
    envelope = json.loads(file.read_text())
    return done, signing.verified(envelope), file.with_suffix(".md").read_text()


def test_it_has_the_topic_as_the_brokers_have_it(written):
    _, body, page = written
    (topic,) = body["topics"]

    assert topic["name"] == TOPIC
    assert {
        "retention.ms": "220752000000",
        "cleanup.policy": "delete",
        "min.insync.replicas": "2",
        "message.timestamp.type": "LogAppendTime",
    }.items() <= topic["config"].items()
    assert [one["partition"] for one in topic["partitions"]] == list(range(10))
    written_records = [p for p in topic["partitions"] if p["end_offset"] > p["first_offset"]]
    assert written_records
    assert all(re.fullmatch(r"20\d\d-.*\+00:00", p["oldest_record"]) for p in written_records)
    assert "| retention.ms | 220752000000 |" in page


def test_it_names_everyone_who_may_do_something_with_the_topic(written):
    _, body, _ = written
    (topic,) = body["topics"]
    may = {
        (one["action"], one["principal"], one["operation"], one["permission"], one["denied"])
        for one in topic["access"]
    }

    assert may == {
        ("write", "User:encryption-audit-service", "Write", "Allow", False),
        ("read", "User:audit-query-service", "Read", "Allow", False),
        ("read", "User:audit-reconciliation", "Read", "Allow", False),
        ("alter", "User:pulumi", "Alter", "Allow", False),
        ("alter", "User:pulumi", "AlterConfigs", "Allow", False),
        ("delete", "User:*", "Delete", "Deny", False),
    }
    assert body["may_change_acls"] == ["User:pulumi"]


def test_it_names_what_it_could_not_see(written):
    done, body, page = written
    begins = [sentence.partition(":")[0] for sentence in body["unseen"]]

    assert "super users, whom no ACL binds" in begins
    assert "drift that was found and corrected within the period" in begins
    assert all(f"not seen: {sentence}" in done.stdout for sentence in body["unseen"])
    assert "- super users, whom no ACL binds: not seen" in page
    # The shared sandbox is younger than the first nightly run.
    assert [p for p in body["problems"] if not p.startswith("no reconciliation")] == []
