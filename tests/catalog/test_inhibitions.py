"""Only symptoms of the team engineering are muted, and only by alerts that exist."""

import pytest

from catalog.inhibitions import read_inhibitions
from catalog.problems import Problems
from tests.alert_rules.rule_files import MODELS, RULES
from tests.conftest import STACKS, stack_settings
from tests.settings.copied_folders import copied, edit, report

GATE = "ServiceErrorRateAboveGate"


def problems(tmp_path, text):
    path = tmp_path / "inhibitions.yaml"
    path.write_text(text)
    found = Problems()
    read_inhibitions(found, MODELS, path)
    return [message for messages in found.by_file.values() for message in messages]


@pytest.mark.parametrize("stack", STACKS)
def test_no_alert_of_compliance_fraud_legal_or_security_is_muted(stack):
    muted = {target for targets in stack_settings(stack).inhibitions.values() for target in targets}

    assert {RULES[alert].labels.team for alert in muted} == {"engineering"}


REFUSALS = {
    f"ServiceDown: [{GATE}]": [
        "ServiceDown: no alert of alert_rules/: correct its name or remove it"
    ],
    f"ServiceUnavailable: [ServiceSlow, {GATE}]": [
        (
            "ServiceUnavailable.0: no alert of alert_rules/: correct its name or remove it "
            "(got 'ServiceSlow')"
        )
    ],
    "ServiceUnavailable: [IdorAttempts, EncryptionAuditGap]": [
        (
            "ServiceUnavailable.0: an alert of the team fraud is always notified: remove it "
            "(got 'IdorAttempts')"
        ),
        (
            "ServiceUnavailable.1: an alert of the team compliance is always notified: remove it "
            "(got 'EncryptionAuditGap')"
        ),
    ],
    "ServiceUnavailable: [ServiceUnavailable]": [
        (
            "ServiceUnavailable.0: an alert does not mute itself: remove it "
            "(got 'ServiceUnavailable')"
        )
    ],
    "ServiceUnavailable: []": ["ServiceUnavailable: empty: add at least one (got [])"],
}


@pytest.mark.parametrize("text", REFUSALS)
def test_a_wrong_inhibition_is_refused_with_its_remedy(tmp_path, text):
    assert problems(tmp_path, text) == REFUSALS[text]


def test_a_renamed_alert_is_refused_at_preview(tmp_path):
    edit(copied(tmp_path) / "catalog/inhibitions.yaml", f"[{GATE}]", "[ServiceErrorsAboveGate]")

    assert report("prod", tmp_path) == [
        "catalog/inhibitions.yaml is not valid:",
        (
            "ServiceErrorRateHigh.0: no alert of alert_rules/: correct its name or remove it "
            "(got 'ServiceErrorsAboveGate')"
        ),
    ]


def test_an_invalid_rule_file_is_the_only_problem(tmp_path):
    edit(copied(tmp_path) / "alert_rules/services.yaml", "severity: critical", "severity: high")

    assert [line for line in report("prod", tmp_path) if line.endswith("is not valid:")] == [
        "alert_rules/services.yaml is not valid:"
    ]
