"""A picture has the content of its dashboard, is small, and is reproducible."""

import math
import sys

import pytest

from sandbox import pictures
from sandbox.panels import Series, read_boards
from sandbox.world import SandboxError

BOARDS = {board.uid: board for board in read_boards()}
START, END = 1_700_000_000.0, 1_700_000_900.0


def waves(_url, query, start, end, step):
    """Answer each query with two series that rise and fall."""
    moments = [start + number * step for number in range(int((end - start) / step))]
    names = ("first", "second") if "{{" in query.legend else (query.legend,)
    return [
        Series(name, {}, [(at, round(1 + math.sin(at / 60 + shift))) for at in moments])
        for shift, name in enumerate(names)
    ]


@pytest.mark.parametrize("uid", BOARDS)
def test_a_picture_has_titles_and_series_as_text_and_is_small(monkeypatch, tmp_path, uid):
    monkeypatch.setattr(pictures, "ask", waves)
    file = tmp_path / "new" / "picture.svg"
    pictures.draw(BOARDS[uid], "", START, END, file)
    text = file.read_text()

    wanted = [BOARDS[uid].title, *(panel.title for panel in BOARDS[uid].panels)]
    assert [title for title in wanted if f">{title}<" not in text] == []
    assert "until 2023-11-14 22:28 UTC" in text
    assert len(text) < 200_000


def test_the_same_data_result_in_the_same_picture(monkeypatch, tmp_path):
    monkeypatch.setattr(pictures, "ask", waves)
    for name in ("one", "two"):
        pictures.draw(BOARDS["waqiti-alerting"], "", START, END, tmp_path / name)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_panel_without_data_is_reported_and_nothing_is_drawn(monkeypatch, tmp_path):
    monkeypatch.setattr(
        pictures,
        "ask",
        lambda url, query, *time: [] if "idor" in query.expr else waves(url, query, *time),
    )

    with pytest.raises(SandboxError, match="Security: no data yet of IDOR attempt count"):
        pictures.draw(BOARDS["waqiti-security"], "", START, END, tmp_path / "picture.svg")

    assert list(tmp_path.iterdir()) == []


def test_chosen_dashboards_are_drawn_into_a_folder_as_soon_as_they_have_data(
    monkeypatch, tmp_path, capsys
):
    answers = []

    def late(*query):
        answers.append(query)
        return waves(*query) if len(answers) > 20 else []

    monkeypatch.setattr(pictures, "ask", late)
    monkeypatch.setattr(pictures, "_POLL_SECONDS", 0)
    monkeypatch.chdir(tmp_path)
    chosen = ["dashboards/waqiti-security.json", "dashboards/waqiti-alerting.json"]
    options = [f"--world={tmp_path}", "--within=60", "--into=reports", *chosen]
    monkeypatch.setattr(sys, "argv", ["pictures", *options])

    assert pictures.main() == 0
    assert capsys.readouterr().out.split() == [
        "reports/waqiti-alerting.svg",
        "reports/waqiti-security.svg",
    ]


def test_a_dashboard_without_data_is_an_error_after_the_deadline(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(pictures, "ask", lambda *_: [])
    options = [f"--world={tmp_path}", f"--into={tmp_path}", "dashboards/waqiti-security.json"]
    monkeypatch.setattr(sys, "argv", ["pictures", *options])

    assert pictures.main() == 2
    assert "Security: no data yet of" in capsys.readouterr().err
