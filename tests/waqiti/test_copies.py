"""The remedy for a damaged state names the newest copy that can be read."""

import os

import pytest

from waqiti.copies import remedy

STATE = ".pulumi/stacks/waqiti/prod.json"
BEFORE = f"{STATE}.bak"
RETAINED = f"{STATE}.1795975638983828770"
ATTRIBUTES = f"{STATE}.attrs"
AFTER = ".pulumi/history/waqiti/prod/prod-1.checkpoint.json"


@pytest.fixture
def backend(tmp_path):
    """Provide a backend; each of its files is a second older than the one before."""

    def write(**files):
        for age, (name, text) in enumerate(files.items()):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            os.utime(path, (1000 - age, 1000 - age))
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("files", "named", "second"),
    [
        ({AFTER: "[1]", BEFORE: "[1]"}, AFTER, 39),
        ({BEFORE: "[1]", AFTER: "[1]"}, BEFORE, 39),
        ({BEFORE: "[1", AFTER: "[1]"}, AFTER, 38),
        ({AFTER: "", BEFORE: "[1]"}, BEFORE, 38),
        ({RETAINED: "[1]", BEFORE: "[1]"}, RETAINED, 39),
        ({ATTRIBUTES: "[1]", BEFORE: "[1]"}, BEFORE, 38),
    ],
    ids=["after an update", "after an import", "damaged, too", "empty", "retained", "no state"],
)
def test_the_newest_copy_that_can_be_read_is_named(backend, files, named, second):
    folder = backend(**{STATE: "[", **files})

    assert remedy("organization/waqiti/prod", f"file://{folder}?metadata=skip") == (
        f"`cp {folder / named} {folder / STATE}` restores that of 1970-01-01 00:16:{second} UTC"
    )


def test_a_state_without_a_copy_is_reported(backend):
    folder = backend(**{STATE: ""})

    assert remedy("prod", f"file://{folder}") == (
        f"{folder / STATE} has no copy: restore it from a backup of {folder}"
    )


def test_a_bucket_has_versions_of_its_own():
    assert remedy("prod", "s3://states") == "restore an earlier version of it in s3://states"
