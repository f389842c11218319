"""Every alert has a runbook page with instructions."""

import re

import pytest

from tests.alert_rules.rule_files import CATALOG, PAGES, RULES
from tests.conftest import ROOT

# A procedure has a lower-case file name; every other page belongs to an alert or an SLI.
PROCEDURES = {page for page in PAGES if page.islower()}
ANSWERS = PAGES - PROCEDURES
HEADINGS = ["Meaning", "Impact", "First look", "Fix"]


def page(name):
    return (ROOT / f"runbooks/{name}.md").read_text()


def test_every_page_belongs_to_an_alert_or_a_question():
    """An SLI without an alert has a page too, because its panel links to it."""
    assert {sli.runbook for sli in CATALOG.slis.values()} | RULES.keys() == ANSWERS


def test_every_procedure_is_linked_from_another_page():
    texts = [page(name) for name in ANSWERS]

    assert {p for p in PROCEDURES if not any(f"{p}.md" in text for text in texts)} == set()


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_a_page_leads_to_how_people_work_in_an_incident(name):
    assert "[incident.md](incident.md)" in page(name)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_a_page_has_five_parts_and_none_is_empty(name):
    _, *parts = re.split(r"^## (.+)$", page(name), flags=re.MULTILINE)

    assert page(name).startswith(f"# {name}\n")
    asked = "rule" if name in RULES else "panel"
    assert parts[::2] == [*HEADINGS, f"What this {asked} cannot see"]
    assert [
        heading for heading, text in zip(*[iter(parts)] * 2, strict=True) if not text.strip()
    ] == []


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_every_link_to_a_page_is_valid(name):
    words = set(re.findall(r"\b(?:[A-Z][a-z0-9]+){3,}\b", page(name)))
    ours = {
        word
        for word in words
        if re.match(r"(Alert|Saga|Encryption|Audit|Legal|Service[A-Z]|Idor|High|Circuit)", word)
    }

    assert ours - {"ServiceMonitor", "ServiceMonitors"} <= PAGES
