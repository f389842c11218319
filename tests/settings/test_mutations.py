"""One mistake anywhere in a valid file is refused in sentences, or loads as it is written."""

import json
import os
from itertools import islice

import pytest

from program import records, wiring
from settings import InvalidSettingsError, load_settings
from settings.sections import Section
from tests.conftest import STACKS, stack_config
from tests.settings import mutations
from tests.settings.written_files import DATA, READERS, content_of, intended, place, read

# The number of mistakes in each file. `MUTATIONS=1000000` makes all, which takes five minutes.
_SAMPLE = int(os.environ.get("MUTATIONS", "12"))


def sampled(mistakes, size):
    """Return *size* of the mistakes, evenly spread."""
    every = list(mistakes)
    return list(islice(every, 0, None, max(1, len(every) // size)))


def check_data(name, file, mistakes):
    """Assert the property for each mistake; the data is written as JSON, which is YAML."""
    top = file.parent.parent
    for what, make in mistakes:
        data = make()
        file.write_text(json.dumps(data))
        report, content = read(name, top)
        if report:
            assert_sentences(what, report)
        else:
            assert (what, content) == (what, intended(name, data))


def check_text(name, file, mistakes):
    top = file.parent.parent
    for what, make in mistakes:
        file.write_bytes(make())
        report, _ = read(name, top)
        if what.startswith(("utf", "byte order", "Latin", "empty", "control")):
            assert report, what
        assert_sentences(what, report)


def assert_sentences(what, report):
    wordless = [
        line
        for line in report
        if not (line.endswith(" is not valid:") or (line.startswith("  ") and ": " in line))
    ]
    assert (what, wordless) == (what, [])
    assert "Traceback" not in "".join(report)


def check_stack(stack, mistakes):
    """Assert the property for mistakes in the config of *stack*, up to the components."""
    for what, make in mistakes:
        config = make()
        if not isinstance(config, dict):
            continue  # the engine reads the file, and its config is a map
        own = {f"waqiti:{name}": json.dumps(value) for name, value in config.items()}
        try:
            settings = load_settings(stack, own)
        except InvalidSettingsError as problems:
            assert_sentences(what, str(problems).splitlines())
            continue
        wiring.kafka_topics(settings)
        wiring.paging(settings)
        wiring.alert_routing(settings)
        wiring.slack_channels(settings)
        records.legal_storage(settings)
        records.audit_reconciliation(settings)
        for section, value in config.items():
            loaded = getattr(settings, section)
            if isinstance(loaded, Section):
                loaded = loaded.model_dump(mode="json", by_alias=True, exclude_unset=True)
            assert (what, loaded) == (what, value)


def sections_of(stack):
    config = stack_config(stack)
    return {k.removeprefix("waqiti:"): v for k, v in config.items() if k.startswith("waqiti:")}


@pytest.mark.parametrize("name", DATA)
def test_a_wrong_value_is_refused_or_loads_as_it_is_written(name, tmp_path):
    check_data(
        name,
        place(name, tmp_path),
        sampled(mutations.of_data(content_of(name)), _SAMPLE),
    )


@pytest.mark.parametrize("name", READERS)
def test_a_wrong_line_or_encoding_is_refused_or_loads(name, tmp_path):
    file = place(name, tmp_path)
    check_text(name, file, sampled(mutations.of_text(file.read_text("utf-8")), _SAMPLE))


@pytest.mark.parametrize("stack", STACKS)
def test_a_wrong_value_of_a_stack_is_refused_or_loads_as_it_is_written(stack):
    check_stack(stack, sampled(mutations.of_data(sections_of(stack)), _SAMPLE))


@pytest.mark.parametrize("name", DATA)
def test_the_file_itself_loads_as_it_is_written(name, tmp_path):
    file = place(name, tmp_path)

    assert read(name, file.parent.parent) == ([], intended(name, content_of(name)))
