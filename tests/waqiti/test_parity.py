"""Two stacks have the same component graph, but for what a file allows with a reason."""

import argparse
from functools import cache

import pytest

from catalog.problems import InvalidFilesError
from grants.declared import graph
from grants.recording import Node
from tests.conftest import ROOT
from waqiti import parity
from waqiti.parity import ALLOWED, Allowed, Declaring, compare, read_allowed
from waqiti.report import Report

TOPICS = Node("waqiti:index:KafkaTopics", "topics", "")
TOPIC = Node("kafka:index/topic:Topic", "topics-orders", "topics")
MOVED = TOPIC._replace(parent="others")
EXTRA = Allowed(
    only_in="prod",
    not_in="staging",
    type=TOPIC.type,
    name=TOPIC.name,
    reason="orders exist in prod only",
)


recorded = cache(graph)  # the program runs for seconds


@pytest.fixture(autouse=True)
def _once(monkeypatch):
    monkeypatch.setattr(parity, "graph", recorded)


def stacks(prod: list[Node], staging: list[Node]) -> tuple[Declaring, Declaring]:
    return Declaring("prod", frozenset(prod)), Declaring("staging", frozenset(staging))


def run(one, other):
    return parity.run(argparse.Namespace(stack=one, other=other))


def test_equal_graphs_do_not_differ():
    assert compare(*stacks([TOPICS, TOPIC], [TOPICS, TOPIC]), ()) == Report([], wrong=[])


def test_each_difference_is_named_with_its_place():
    assert compare(*stacks([TOPICS, TOPIC], [MOVED]), ()) == Report(
        [
            "kafka:index/topic:Topic topics-orders below topics: prod has it, staging does not",
            "waqiti:index:KafkaTopics topics at the top: prod has it, staging does not",
            "kafka:index/topic:Topic topics-orders below others: staging has it, prod does not",
        ],
        wrong=[],
    )


def test_an_allowed_difference_is_none_in_its_direction_only():
    assert compare(*stacks([TOPICS, TOPIC], [TOPICS]), [EXTRA]) == Report([], wrong=[])
    assert compare(*stacks([TOPICS], [TOPICS, TOPIC]), [EXTRA]).lines == [
        "kafka:index/topic:Topic topics-orders below topics: staging has it, prod does not"
    ]


def test_an_entry_that_allows_nothing_is_wrong_for_its_own_stacks_only():
    same = stacks([TOPICS], [TOPICS])
    elsewhere = EXTRA.model_copy(update={"not_in": "local"})

    assert compare(*same, [elsewhere, EXTRA]) == Report(
        [],
        wrong=[
            (
                "parity.yaml: 1: prod and staging do not differ in it: remove it (got "
                "kafka:index/topic:Topic topics-orders)"
            )
        ],
    )


def test_an_entry_needs_a_reason(tmp_path):
    file = tmp_path / "parity.yaml"
    file.write_text("- {only_in: prod, not_in: staging, type: a, name: b}\n")

    with pytest.raises(InvalidFilesError, match=r"0\.reason"):
        read_allowed(file)


def test_without_a_file_nothing_may_differ(tmp_path):
    assert read_allowed(tmp_path / "parity.yaml") == ()


def test_staging_and_prod_have_the_same_components(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)

    assert (run("staging", "prod"), capsys.readouterr()) == (0, ("", ""))


def test_without_its_entry_the_heartbeat_is_a_difference(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)

    assert not ALLOWED.exists()
    assert (run("staging", "prod"), capsys.readouterr().out) == (
        1,
        (
            "kubernetes:monitoring.coreos.com/v1:PrometheusRule alert-rules-heartbeat below "
            "alert-rules: prod has it, staging does not\n"
        ),
    )


def test_a_stack_without_a_file_is_wrong(capsys):
    assert (run("prod", "qa"), capsys.readouterr().err) == (
        2,
        "error: there is no Pulumi.qa.yaml: name a stack that has such a file\n",
    )
