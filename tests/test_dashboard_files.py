"""A dashboard that Grafana would take and nobody could use is refused when settings are loaded."""

import json
import shutil

import pytest

from settings import InvalidSettingsError, load_settings
from tests.conftest import ROOT, STACKS, stack_config

FILE = "waqiti-security.json"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "dashboards", tmp_path / "dashboards")
    return tmp_path / "dashboards"


def settings(stack, folder, **change):
    config = stack_config(stack)
    config["waqiti:monitoring"] |= change
    texts = {key: json.dumps(value) for key, value in config.items()}
    return load_settings(stack, texts, dashboards=folder)


def told(folder, **change):
    with pytest.raises(InvalidSettingsError) as caught:
        settings("prod", folder, **change)
    return str(caught.value).splitlines()


def change(folder, **keys):
    path = folder / FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | keys))


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_gets_the_files_byte_for_byte(stack, folder):
    assert settings(stack, folder).dashboards == {
        path.stem: path.read_bytes().decode() for path in (ROOT / "dashboards").glob("*.json")
    }


def test_another_uid_than_the_file_s_name_is_refused(folder):
    change(folder, uid="security")

    assert told(folder) == [
        "dashboards/waqiti-security.json is not valid:",
        "  uid: it is the file's name, 'waqiti-security' (got 'security'): correct it",
    ]


def test_what_grafana_counts_itself_is_no_fault(folder):
    """The component leaves it out of what it applies."""
    change(folder, id=7, version=3)

    assert settings("prod", folder).dashboards.keys() == {
        path.stem for path in folder.glob("*.json")
    }


def test_a_file_that_is_no_json_is_one_sentence(folder):
    (folder / FILE).write_text("{")

    (_, problem) = told(folder)
    assert problem.startswith("  (whole file): Invalid JSON: EOF while parsing an object")


def test_a_stack_whose_runbooks_are_elsewhere_is_told_once_for_each_file(folder):
    problems = told(folder, runbook_base_url="https://docs.example")

    assert len(problems) == 8
    assert problems[1] == (
        "  4 links leave this stack's monitoring.runbook_base_url, 'https://docs.example': "
        "make the stacks' equal and run `make dashboards` (got 'https://git.waqiti.internal/platform"
        "/infrastructure/blob/main/runbooks/HighAlertDeliveryLatency.md')"
    )


def test_a_folder_without_dashboards_is_refused(tmp_path):
    assert told(tmp_path) == [
        f"{tmp_path.name} is not valid:",
        "  no valid dashboard is here: run `make dashboards`",
    ]
