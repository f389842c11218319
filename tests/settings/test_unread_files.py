"""A file that nothing can read, or nothing reads, is refused."""

import pytest

from tests.settings.copied_folders import report


def test_every_duplicate_key_of_a_file_is_reported_with_its_line(top):
    path = top / "catalog/channels.yaml"
    path.write_text("a: {team: fraud, team: fraud}\na: {}\n")

    assert report("staging", top)[1:3] == [
        "not valid YAML: duplicate key 'team' in line 1, first in line 1: correct it",
        "not valid YAML: duplicate key 'a' in line 2, first in line 1: correct it",
    ]


FILES = [
    "catalog/channels.yaml",
    "catalog/metrics.yaml",
    "catalog/topics.yaml",
    "alert_rules/services.yaml",
    "alert_rules/messages.tmpl",
    "dashboards/waqiti-security.json",
    "runbooks/IdorAttempts.md",
]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a\n\xe9", "line 2 is not UTF-8: save the file as UTF-8"),
        (
            "a: 1".encode("utf-16"),
            "starts with a byte order mark: save the file as UTF-8 without one",
        ),
        (b"\xef\xbb\xbfa", "starts with a byte order mark: save the file as UTF-8 without one"),
        (
            "a\n\0".encode("utf-16-le"),
            "line 1 has the control character '\\x00': remove it",
        ),
    ],
)
def test_a_file_in_another_encoding_is_refused(file, content, problem, top):
    (top / file).write_bytes(content)

    found = report("staging", top)

    assert found[found.index(f"{file} is not valid:") + 1] == problem


UNREAD = [
    ("alert_rules/refunds.yml", "give it a name that ends in .yaml, or remove it"),
    ("alert_rules/notes.txt", "give it a name that ends in .yaml, or remove it"),
    ("alert_rules/.services.yaml.swp", "give it a name that ends in .yaml, or remove it"),
    ("alert_rules/more/refunds.yaml", "is a folder, and nothing reads it: move its files or it"),
    ("dashboards/X.JSON", "give it a name that ends in .json, or remove it"),
    ("dashboards/more/x.json", "is a folder, and nothing reads it: move its files or it"),
    ("runbooks/Page.markdown", "give it a name that ends in .md, or remove it"),
    ("catalog/topics.yml", "give it a name that ends in .yaml, or remove it"),
    ("catalog/queues.yaml", "nothing reads it: use one of channels.yaml, dashboards.yaml"),
]


@pytest.mark.parametrize(("file", "problem"), UNREAD)
def test_a_file_that_nothing_reads_is_refused(file, problem, top):
    path = top / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")

    name, found = report("prod", top)

    assert name == f"{'/'.join(file.split('/')[:2])} is not valid:"
    assert problem in found


def test_a_folder_without_rules_is_refused(top):
    for path in (top / "alert_rules").glob("*.yaml"):
        path.unlink()

    assert report("prod", top) == [
        "alert_rules is not valid:",
        "contains no rule file: add one",
    ]
