"""The longest time without a run is that at which an alert fires."""

import re
from datetime import timedelta

from components.legal_storage.pods import TASKS
from tests.alert_rules.rule_files import RULES
from waqiti.evidence import audit, legal


def overdue(alert):
    """Return the age at which an alert about an overdue run fires."""
    found = re.search(r"> (\d+) \* (\d+)\s*$", RULES[alert].expr.strip())
    assert found
    return timedelta(seconds=int(found[1]) * int(found[2]))


def test_a_gap_in_an_evidence_is_one_that_an_alert_reported():
    wanted = {
        "backup": overdue("LegalBackupOverdue"),
        "verify": overdue("LegalIntegrityCheckOverdue"),
    }

    assert wanted == legal.LONGEST
    assert wanted.keys() <= TASKS.keys()
    assert overdue("AuditReconciliationOverdue") == audit.LONGEST
