"""The result as a table, as JSON and as JUnit's XML, whole."""

import json

from waqiti.verify.path.result import Result, as_json, as_junit, table

RESULTS = [
    Result("RecordsLost", "compliance", 1.04, 31.2, 61.0, []),
    Result("Slow", "engineering", None, None, None, ["no message", "no end"]),
]


def test_the_table_has_the_seconds_of_each_hop_and_every_problem():
    assert list(table(RESULTS)) == [
        "alert        channel      incident  message  end     result",
        "RecordsLost  compliance   1.0 s     31.2 s   61.0 s  ok",
        "Slow         engineering  -         -        -       failed",
        "Slow: no message",
        "Slow: no end",
    ]


def test_the_json_has_everything():
    assert json.loads(as_json(RESULTS)) == [
        {
            "rule": "RecordsLost",
            "channel": "compliance",
            "incident": 1.04,
            "message": 31.2,
            "end": 61.0,
            "problems": [],
        },
        {
            "rule": "Slow",
            "channel": "engineering",
            "incident": None,
            "message": None,
            "end": None,
            "problems": ["no message", "no end"],
        },
    ]


def test_each_alert_is_a_case_of_junit():
    assert (
        as_junit(RESULTS)
        == """\
<testsuite name="alert path" tests="2" failures="1">
  <testcase classname="compliance" name="RecordsLost" time="31.200" />
  <testcase classname="engineering" name="Slow" time="0.000">
    <failure message="no message; no end" />
  </testcase>
</testsuite>
"""
    )
