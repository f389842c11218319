"""`waqiti verify local all`: every rule's test alert arrives once, in its places, and ends."""

import json
from xml.etree import ElementTree as ET

import pytest

from tests.alert_rules.rule_files import MODELS

pytestmark = pytest.mark.minutes(3)

TIMES = "components/alert_routing/configuration.py"
SHORT = {
    'GROUP_WAIT = "30s"': 'GROUP_WAIT = "5s"',
    'GROUP_INTERVAL = "5m"': 'GROUP_INTERVAL = "5s"',
    '"group_interval": "1m", "repeat_interval": "4h"': (
        '"group_interval": "5s", "repeat_interval": "4h"'
    ),
}


@pytest.fixture
def impatient(sandbox, program):
    """Provide the sandbox with shorter intervals, so that no test waits for five minutes."""
    file = program / TIMES
    text = file.read_text()
    for old, new in SHORT.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    sandbox.up(program=program)
    yield sandbox
    sandbox.up()


def rules():
    """Return every rule that goes to Slack."""
    return sorted(
        rule.alert
        for name, model in MODELS.items()
        if name != "heartbeat"
        for group in model.groups
        for rule in group.rules
    )


def test_every_rule_s_alert_arrives_once_in_its_places_and_ends(impatient, tmp_path):
    files = [tmp_path / "path.json", tmp_path / "path.xml"]

    done = impatient.waqiti(
        *("verify", "all", "--within", "30", f"--json={files[0]}", f"--junit={files[1]}")
    )

    assert done.returncode == 0, done.stdout
    results = json.loads(files[0].read_text())
    assert sorted(one["rule"] for one in results) == rules()
    assert ET.parse(files[1]).getroot().attrib["failures"] == "0"  # noqa: S314 - our own file
