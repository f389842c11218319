"""The evidence of the legal documents: the signed reports of their pods, verified and collected."""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from clients.failures import NoAnswerError
from waqiti.evidence import signing
from waqiti.evidence.period import Period, WrongUseError

FORM = "waqiti.legal-report/1"
# As the rules LegalBackupOverdue and LegalIntegrityCheckOverdue have it.
LONGEST = {"backup": timedelta(hours=26), "verify": timedelta(days=8)}
_NAMES = {"backup": "backup without problems", "verify": "integrity check without problems"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this kind."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--reports", type=Path, help="a file with what `legal_storage reports` printed in a pod"
    )
    source.add_argument(
        "--configuration",
        type=Path,
        help="the configuration of the pods, with which `legal_storage reports` runs here",
    )
    parser.add_argument(
        "--signer",
        action="append",
        default=[],
        metavar="KEY",
        help="a public key (base64) that may have signed the reports; several are possible",
    )


def collected(arguments: argparse.Namespace, covered: Period) -> dict[str, Any]:
    """
    Return the evidence.

    Raises:
        NoAnswerError: The store does not answer.
        WrongUseError: A file is not what the pods print.
    """
    series = _read(arguments, covered)
    problems = [str(problem) for problem in series["problems"]]
    unseen: list[str] = []
    reports, signers = [], Counter[str]()
    for item in series["reports"]:
        try:
            body = _report(item, arguments.stack)
        except signing.ForgedError as error:
            problems.append(f"{item.get('name')}: {error}")
            continue
        if covered.has(datetime.fromisoformat(body["at"])):
            signers[json.loads(item["envelope"])["by"]] += 1
            reports.append((item, body))
    problems.extend(_breaks(reports, covered))
    problems.extend(_failures(body for _, body in reports))
    problems.extend(_gaps([body for _, body in reports], covered))
    if not arguments.signer:
        unseen.append(
            "whose the signing keys are: no known public key was passed with --signer to compare"
        )
    elif unknown := sorted(signers.keys() - set(arguments.signer)):
        problems.extend(
            f"{signers[key]} reports are signed with an unknown key: {key}" for key in unknown
        )
    unseen.append("runs that did not reach the store: they write no report, and a gap shows them")
    if any(body["locks"]["kind"] != "object lock" for _, body in reports):
        unseen.append("the locks: the store's own policy locks, and was not asked")
    return {
        "form": "waqiti.legal-evidence/1",
        "stack": arguments.stack,
        **covered.shown(),
        "reports": [body for _, body in reports],
        "envelopes": [item for item, _ in reports],
        "signers": dict(sorted(signers.items())),
        "problems": problems,
        "unseen": unseen,
    }


def _read(arguments: argparse.Namespace, covered: Period) -> dict[str, Any]:
    if arguments.reports is not None:
        source = str(arguments.reports)
        try:
            text = arguments.reports.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WrongUseError(f"{source}: cannot be read ({error})") from None
    else:
        source = "legal_storage reports"
        text = _asked(arguments.configuration, covered)
    try:
        # The pods print one line; a log may have others before it.
        series = json.loads(text.strip().splitlines()[-1])
        if isinstance(series["reports"], list) and isinstance(series["problems"], list):
            return dict(series)
    except (IndexError, KeyError, TypeError, ValueError):
        pass
    raise WrongUseError(
        f"{source}: its last line has no reports: pass what `legal_storage reports` prints"
    )


def _asked(configuration: Path, covered: Period) -> str:
    days = [f"--from={covered.since:%Y-%m-%d}", f"--to={covered.until:%Y-%m-%d}"]
    command = [sys.executable, "-m", "legal_storage", f"--configuration={configuration}"]
    done = subprocess.run([*command, "reports", *days], capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise NoAnswerError(f"`legal_storage reports` failed: {said[-1] if said else 'no output'}")
    return done.stdout


def _report(item: Mapping[str, Any], stack: str) -> dict[str, Any]:
    """Return the signed text of a report."""
    try:
        envelope = json.loads(item["envelope"])
        body = signing.verified(envelope)
        if signing.sha256(envelope) != item["sha256"] or body["name"] != item["name"]:
            raise signing.ForgedError("its name or its hash is another")
        if body["form"] != FORM:
            raise signing.ForgedError(f"has the form {body['form']}: use a newer `waqiti`")
        if body["stack"] != stack:
            raise signing.ForgedError(f"is a report of the stack {body['stack']}")
        datetime.fromisoformat(body["at"])
        for key in ("command", "outcome", "documents", "locks", "problems", "previous", "holds"):
            body[key]
    except (KeyError, TypeError, ValueError):
        raise signing.ForgedError("it has not the form of a report") from None
    return body


def _breaks(
    reports: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], covered: Period
) -> Iterator[str]:
    """Yield what the chain misses within the period."""
    known = {item["name"]: item["sha256"] for item, _ in reports}
    first = min(known, default="")
    for item, body in reports:
        if not body["previous"] and item["name"] != first:
            yield f"{item['name']}: it names no report before it, and there are some"
        for before in body["previous"]:
            name, sha256 = before["name"], before["sha256"]
            if name in known:
                if known[name] != sha256:
                    yield f"{name}: it is not the one that {item['name']} names"
            elif _day_of(name) >= f"{covered.since:%Y-%m-%d}":
                yield f"{name}: {item['name']} names it, and it is gone or was forged"


def _day_of(name: str) -> str:
    return str(name).rpartition("/")[2][: len("2026-11-29")]


def _failures(reports: Iterator[Mapping[str, Any]]) -> Iterator[str]:
    for body in reports:
        for problem in body["problems"]:
            yield f"{body['command']} of {body['at']}: {problem}"


def _gaps(reports: Sequence[Mapping[str, Any]], covered: Period) -> Iterator[str]:
    for command, longest in LONGEST.items():
        at = [
            datetime.fromisoformat(body["at"])
            for body in reports
            if (body["command"], body["outcome"]) == (command, "success")
        ]
        yield from covered.gaps(_NAMES[command], at, longest)
