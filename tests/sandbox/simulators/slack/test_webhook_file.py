"""Webhooks are read from a private file; its problems are reported without secrets."""

import pytest

from sandbox.simulators.slack.webhooks import load

SECRET = "oneSecret0123456789abcde"  # noqa: S105 - of a simulator on loopback
FORM = "`channel public /services/T…/B…/…`, or private"
GOOD = f"alerts public /services/T1/B1/{SECRET}"


def test_each_line_has_the_channel_and_the_path_of_a_webhook(tmp_path):
    file = tmp_path / "webhooks"
    file.write_text(f"{GOOD}\n\nfraud\tprivate /services/T1/B2/{SECRET}\n")

    assert [(each.id, each.channel, each.visibility) for each in load(file)] == [
        ("T1/B1", "alerts", "public"),
        ("T1/B2", "fraud", "private"),
    ]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (
            "\n",
            [f"it holds no webhook: write {FORM}, one per line"],
        ),
        (
            f"{GOOD}\n\n/services/T1/B2/{SECRET} fraud\n#fraud private /services/T1/B3/{SECRET}\n",
            [f"line {number}: write {FORM}" for number in (3, 4)],
        ),
        (
            f"{GOOD}\n{GOOD}\n",
            [
                "channel alerts is there more than once: keep one line of it",
                "service B1 is there more than once: keep one line of it",
            ],
        ),
    ],
)
def test_every_problem_is_reported_at_once_without_secrets(content, wrong, tmp_path):
    file = tmp_path / "webhooks"
    file.write_text(content)
    with pytest.raises(SystemExit) as reported:
        load(file)

    assert reported.value.code == "\n  ".join([f"{file} is not valid:", *wrong])


def test_an_unreadable_file_is_reported(tmp_path):
    with pytest.raises(SystemExit) as missing:
        load(tmp_path / "nowhere")
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(SystemExit) as binary:
        load(tmp_path / "binary")

    assert missing.value.code == f"{tmp_path / 'nowhere'}: No such file or directory"
    assert binary.value.code == f"{tmp_path / 'binary'}: it is not text in UTF-8"
