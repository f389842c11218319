"""Settings refuse a dashboard that Grafana would accept although nobody could use it."""

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


def refusal(folder, **change):
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


def test_a_uid_that_differs_from_the_file_name_is_refused(folder):
    change(folder, uid="security")

    assert refusal(folder) == [
        "dashboards/waqiti-security.json is not valid:",
        "  uid: must be the file name: set it to 'waqiti-security' (got 'security')",
    ]


def test_fields_that_grafana_counts_are_accepted(folder):
    """The component removes these fields before it applies a dashboard."""
    change(folder, id=7, version=3)

    assert settings("prod", folder).dashboards.keys() == {
        path.stem for path in folder.glob("*.json")
    }


def test_a_file_that_is_no_json_is_refused_in_one_sentence(folder):
    (folder / FILE).write_text("{")

    (_, problem) = refusal(folder)
    assert problem.startswith("  not valid JSON: Expecting property name")


def test_another_runbook_address_is_refused_once_for_each_file(folder):
    problems = refusal(folder, runbook_base_url="https://docs.example")

    assert len(problems) == 8
    assert problems[1] == (
        "  4 links do not start with monitoring.runbook_base_url 'https://docs.example': "
        "use one address in all stacks and run `make dashboards` (got 'https://git.waqiti.internal/platform"
        "/infrastructure/blob/main/runbooks/HighAlertDeliveryLatency.md')"
    )


def test_a_folder_without_dashboards_is_refused(tmp_path):
    assert refusal(tmp_path) == [
        f"{tmp_path.name} is not valid:",
        "  contains no valid dashboard: run `make dashboards`",
    ]
