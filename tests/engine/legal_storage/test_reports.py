"""Each run writes a signed report; the series shows what was forged or removed."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

from legal_storage.store import opened

TODAY = datetime.now(UTC).date()
PERIOD = ("--from", str(TODAY - timedelta(days=1)), "--to", str(TODAY + timedelta(days=2)))


def signed(report):
    return json.loads(json.loads(report["envelope"])["signed"])


def test_each_run_writes_a_report_and_the_series_is_whole(pod):
    pod.write("rfpa/a.pdf", b"one")
    (pod.documents / "rfpa/link").symlink_to("/etc")
    pod.run("backup")
    (pod.documents / "rfpa/link").unlink()
    backup = pod.run("backup")
    pod.be("officer")
    pod.run("hold", "rfpa/a.pdf", "--by", "J. Doe", "--reason", "subpoena 2026-114")
    pod.be("backup")
    check = pod.run("verify")

    series = pod.run("reports", *PERIOD)
    reports = [signed(report) for report in series["reports"]]

    assert (series["code"], series["problems"]) == (0, [])
    assert [(r["command"], r["outcome"]) for r in reports] == [
        ("backup", "failure"),
        ("backup", "success"),
        ("hold", "success"),
        ("verify", "success"),
    ]
    last = reports[-1]
    until = last["locks"]["oldest"]
    assert {key: last[key] for key in ("stack", "retention_years", "documents", "locks")} == {
        "stack": "tests",
        "retention_years": 7,
        "documents": {"on_volume": 1, "size_bytes": 3, "missing": 0, "versions": 1},
        "locks": {"kind": "object lock", "oldest": until, "newest": until, "asked": 1},
    }
    assert until > str(TODAY.replace(year=TODAY.year + 7, day=1))
    assert last["last_backup"]["report"] == backup["report"]
    assert last["last_integrity_check"]["report"] is None  # it is this one
    assert last["name"] == check["report"]
    assert [hold["document"] for hold in last["holds"]] == ["rfpa/a.pdf"]
    assert last["image"].startswith("registry.example/legal-storage@sha256:")
    assert reports[0]["last_backup"] is None
    assert [r["previous"] for r in reports[1:]] == [
        [{"name": report["name"], "sha256": report["sha256"]}] for report in series["reports"][:-1]
    ]


def test_a_forged_report_is_named(pod):
    pod.run("backup")
    with opened(pod.configuration) as store:
        (genuine,) = store.reports.versions
        forged = f"{genuine}-forged"
        sealed = store.keys.seal(b'{"signed": "{}", "signature": "", "by": ""}')
        store.objects.put(forged, BytesIO(sealed), store.until, held=False)

    series = pod.run("reports", *PERIOD)

    assert [report["name"] for report in series["reports"]] == [genuine]
    assert (series["code"], series["problems"]) == (
        1,
        [f"{forged}: signed with an unknown key (): it is ignored"],
    )


def test_an_empty_series_is_empty(pod):
    assert pod.run("reports", *PERIOD)["reports"] == []
