"""The ledger of the services over HTTP: what it answers, and what is inconclusive."""

import json
import re

import pytest

from audit_reconciliation.operations import LedgerEndpoint, Operations
from audit_reconciliation.outcome import CouldNotTellError, Window
from tests.web_answers import answering

WINDOW = Window(since=100, until=200)
ANSWER = {"ledger": "book", "kept_since": 100.0, "ranges": [[1, 5], [8, 8]]}


@pytest.fixture
def web():
    with answering() as web:
        yield web


def asked(web, status, document):
    web.answers["/operations"] = (status, document)
    return LedgerEndpoint(f"{web.url}/operations").between(WINDOW)


def test_the_operations_of_the_window_are_asked_for(web):
    assert asked(web, 200, ANSWER) == Operations(ledger="book", ranges=((1, 5), (8, 8)))
    assert [path for path, _ in web.requests] == ["/operations?since=100&until=200"]


@pytest.mark.parametrize(
    ("status", "document", "reason"),
    [
        (200, ANSWER | {"kept_since": 101}, "keeps nothing from before 1970-01-01T00:01:41+00:00"),
        (200, ANSWER | {"ranges": []}, "no operation in the window: nothing was verified"),
        (200, ANSWER | {"ranges": [[5, 1]]}, "answers with ranges that do not ascend"),
        (200, {"ledger": "book"}, "does not answer as a ledger: compare it with docs/adr/0037"),
        (200, json.dumps("text"), "does not answer as a ledger"),
        (503, {"error": "no such table: book"}, "answers 503: no such table: book"),
        (404, "gone", "answers 404: Not Found"),
    ],
)
def test_another_answer_is_inconclusive(web, status, document, reason):
    with pytest.raises(CouldNotTellError, match=re.escape(reason)):
        asked(web, status, document)


def test_no_answer_is_inconclusive():
    with pytest.raises(CouldNotTellError, match=r"does not answer \(.*refused"):
        LedgerEndpoint("http://127.0.0.1:1/operations").between(WINDOW)
