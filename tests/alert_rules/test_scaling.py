"""The short durations of the engine's tests are the real ones divided by one factor."""

from tests.alert_rules.rule_files import FILES
from tests.alert_rules.scaling import scaled, shorten


def test_every_duration_is_divided_and_nothing_else_changes():
    (group,) = scaled(
        {
            "groups": [
                {
                    "name": "g",
                    "interval": "15s",
                    "rules": [
                        {
                            "alert": "A",
                            "expr": "sum(rate(a_5m_total[5m] offset 150s)) * 2 > 300",
                            "for": "1h",
                            "labels": {"severity": "critical"},
                            "annotations": {"summary": "5m"},
                        }
                    ],
                }
            ]
        }
    )["groups"]

    assert group == {
        "name": "g",
        "interval": "750ms",
        "rules": [
            {
                "alert": "A",
                "expr": "sum(rate(a_5m_total[15000ms] offset 7500ms)) * 2 > 300",
                "for": "180000ms",
                "labels": {"severity": "critical"},
                "annotations": {"summary": "5m"},
            }
        ],
    }


def test_no_duration_of_a_rule_file_is_left_as_it_was():
    for data in FILES.values():
        for group in scaled(data)["groups"]:
            for rule in group["rules"]:
                assert shorten(rule["expr"]) == rule["expr"]
                assert rule["for"].endswith("ms")
