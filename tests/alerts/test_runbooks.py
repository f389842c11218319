"""Whoever is woken finds a page, and the page says what there is to do."""

import re

import pytest

from tests.alerts.rule_files import PAGES, RULES
from tests.conftest import ROOT

HEADINGS = ["Meaning", "Impact", "First look", "Fix", "What this rule cannot see"]


def page(alert):
    return (ROOT / f"runbooks/{alert}.md").read_text()


def test_every_alert_has_its_page():
    assert RULES.keys() <= PAGES


@pytest.mark.parametrize("alert", sorted(RULES))
def test_a_page_has_its_five_parts_and_none_is_empty(alert):
    _, *parts = re.split(r"^## (.+)$", page(alert), flags=re.MULTILINE)

    assert page(alert).startswith(f"# {alert}\n")
    assert parts[::2] == HEADINGS
    assert [
        heading for heading, text in zip(*[iter(parts)] * 2, strict=True) if not text.strip()
    ] == []


@pytest.mark.parametrize("alert", sorted(RULES))
def test_every_alert_that_a_page_names_exists(alert):
    words = set(re.findall(r"\b(?:[A-Z][a-z0-9]+){3,}\b", page(alert)))
    ours = {
        word
        for word in words
        if re.match(r"(Alert|Saga|Encryption|Audit|Legal|Service[A-Z]|Idor|High)", word)
    }

    assert ours - {"ServiceMonitor", "ServiceMonitors"} <= RULES.keys()
