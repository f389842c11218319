"""The list of ignored objects is strict: what nothing reads, or nobody means, is an error."""

import pytest

from catalog.problems import InvalidFilesError
from tests.conftest import ROOT, STACKS
from waqiti.unmanaged.ignored import IGNORED, read_ignored
from waqiti.unmanaged.thing import KINDS


def refusal(folder, text, name="prod.yaml"):
    (folder / "Pulumi.prod.yaml").touch()
    ignored = folder / "ignored"
    ignored.mkdir()
    (ignored / name).write_text(text)
    with pytest.raises(InvalidFilesError) as refused:
        read_ignored("prod", ignored)
    return str(refused.value)


@pytest.mark.parametrize("stack", STACKS)
def test_the_committed_lists_are_valid(stack):
    assert isinstance(read_ignored(stack, ROOT / IGNORED), tuple)


def test_every_entry_needs_a_kind_a_name_and_a_reason(tmp_path):
    reported = refusal(tmp_path, "- {kind: Kafka thing, name: '', reason: why, until: tomorrow}\n")

    assert [line.strip() for line in reported.splitlines() if "ignored/prod.yaml" not in line] != []
    for part in ("0.kind", "0.name", "0.reason", "0.until", *KINDS["kafka"]):
        assert part in reported


def test_an_entry_that_is_there_twice_is_refused(tmp_path):
    entry = "- {kind: Kafka topic, name: theirs, reason: another team's topic}\n"

    assert "1: Kafka topic theirs is there twice: remove one" in refusal(tmp_path, entry * 2)


def test_a_file_of_no_stack_is_refused(tmp_path):
    assert "there is no Pulumi.qa.yaml: correct the name" in refusal(tmp_path, "[]\n", "qa.yaml")
