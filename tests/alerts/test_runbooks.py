"""Whoever is woken finds a page, and the page says what there is to do."""

import re

import pytest

from tests.alerts.rule_files import CATALOG, PAGES, RULES
from tests.conftest import ROOT

# A page of a procedure has a name of small letters; another page answers an alert or a question.
PROCEDURES = {page for page in PAGES if page.islower()}
ANSWERS = PAGES - PROCEDURES
HEADINGS = ["Meaning", "Impact", "First look", "Fix"]


def page(name):
    return (ROOT / f"runbooks/{name}.md").read_text()


def test_every_page_is_an_alert_s_or_a_question_s():
    """A question that no alert asks has a page too: a panel leads to it."""
    assert {sli.runbook for sli in CATALOG.slis.values()} | RULES.keys() == ANSWERS


def test_every_procedure_is_reached_from_an_answer():
    texts = [page(name) for name in ANSWERS]

    assert {p for p in PROCEDURES if not any(f"{p}.md" in text for text in texts)} == set()


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_a_page_has_its_five_parts_and_none_is_empty(name):
    _, *parts = re.split(r"^## (.+)$", page(name), flags=re.MULTILINE)

    assert page(name).startswith(f"# {name}\n")
    asked = "rule" if name in RULES else "panel"
    assert parts[::2] == [*HEADINGS, f"What this {asked} cannot see"]
    assert [
        heading for heading, text in zip(*[iter(parts)] * 2, strict=True) if not text.strip()
    ] == []


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_every_page_that_a_page_names_exists(name):
    words = set(re.findall(r"\b(?:[A-Z][a-z0-9]+){3,}\b", page(name)))
    ours = {
        word
        for word in words
        if re.match(r"(Alert|Saga|Encryption|Audit|Legal|Service[A-Z]|Idor|High|Circuit)", word)
    }

    assert ours - {"ServiceMonitor", "ServiceMonitors"} <= PAGES
