"""A topic has only the values that differ from its class, and an audit topic keeps its records."""

import shutil

import pytest

from catalog.problems import Problems
from catalog.topic_config import TopicRules
from catalog.topics import CATALOG, read_topics

ENTRY = """\
{name}:
  {{class: {class_}, purpose: Orders of one shop., partitions: 6,
   expected: {{records_per_second: 10, record_bytes: 500}},
   producers: [shop], consumers: [kitchen]{config}}}
"""


def entry(name="orders", class_="event", **config):
    keys = ", ".join(f"{key.replace('_', '.')}: {value}" for key, value in config.items())
    return ENTRY.format(name=name, class_=class_, config=f", config: {{{keys}}}" if keys else "")


@pytest.fixture
def read(tmp_path):
    shutil.copy(CATALOG / "topic_classes.yaml", tmp_path)

    def from_text(text):
        (tmp_path / "topics.yaml").write_text(text)
        found = Problems()
        topics = read_topics(found, TopicRules(), tmp_path)
        return topics, [line for lines in found.by_file.values() for line in lines]

    return from_text


def test_a_catalog_can_have_a_hundred_topics_of_four_lines(read):
    topics, problems = read("".join(entry(f"orders-{number}") for number in range(100)))

    assert problems == []
    assert len(topics) == 100
    assert topics["orders-7"].config.as_kafka()["retention.ms"] == "604800000"


def test_a_topic_overrides_its_class(read):
    topics, _ = read(entry(retention_ms=1000))

    assert topics["orders"].config.retention_ms == 1000
    assert not topics["orders"].audit


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cleanup_policy": "compact"}, "must have delete, because compaction removes records"),
        ({"retention_bytes": 10}, "must have -1, because a limit of size deletes records before"),
        ({"message_timestamp_type": "CreateTime"}, "must have LogAppendTime, because the wrong"),
        ({"unclean_leader_election_enable": "true"}, "must have false, because an unclean leader"),
        ({"retention_ms": 1000}, "keeps its records for at least 220752000000 ms (2,555 days)"),
    ],
)
def test_an_audit_topic_must_not_override_what_keeps_its_records(read, change, sentence):
    _, (problem,) = read(entry(class_="audit", **change))
    (key,) = change

    assert problem.startswith(f"orders.config.{key.replace('_', '.')}: an audit topic {sentence}")


def test_a_number_in_quotes_is_refused(read):
    _, (problem,) = read(entry(min_insync_replicas="'2'"))

    assert problem == (
        "orders.config.min.insync.replicas: not a whole number: write one, without quotes (got '2')"
    )


def test_an_unknown_class_is_refused(read):
    _, (problem,) = read(entry(class_="log"))

    assert problem == "orders.class: unknown value: use 'audit' or 'event' (got 'log')"


def test_a_duplicate_topic_is_refused_with_its_line(read):
    topics, (problem,) = read(entry() + entry())

    assert topics == {}
    assert problem == (
        "not valid YAML: duplicate key 'orders' in line 5, first in line 1: correct it"
    )
