"""Messages are accepted or refused as Slack documents it."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.sandbox.simulators.slack.running import CRITICAL, FRAUD, MONDAY

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
# A request of Alertmanager 0.28.1 with another channel; it has no text outside the attachments.
ALERT = {
    "channel": "#some-other-channel",
    "username": "Alertmanager",
    "attachments": [
        {
            "title": "[FIRING:1] HandCheck ",
            "title_link": "http://vm:24017/#/alerts?receiver=s",
            "text": "",
            "fallback": "[FIRING:1] HandCheck  | http://vm:24017/#/alerts?receiver=s",
            "callback_id": "",
            "footer": "",
            "color": "danger",
            "mrkdwn_in": ["fallback", "pretext", "text"],
        }
    ],
}


def test_the_official_client_s_message_is_listed_with_channel_and_time(slack):
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Fire*"}}]
    sent = slack.official(CRITICAL).send(text="Fire", blocks=blocks)
    (message,) = slack.ask("GET", "/sandbox/messages").json()["messages"]
    at = datetime.fromisoformat(message.pop("at"))

    assert (sent.status_code, sent.body, sent.headers["content-type"]) == (
        200,
        "ok",
        "text/plain; charset=utf-8",
    )
    assert message == {
        "channel": "waqiti-local-critical",
        "payload": {"text": "Fire", "blocks": blocks},
    }
    assert timedelta(0) <= at - datetime.fromisoformat(MONDAY) < timedelta(seconds=30)


def test_an_alert_goes_to_the_webhook_s_own_channel_whatever_channel_it_names(slack):
    answer = slack.ask("POST", FRAUD, json=ALERT)

    assert (answer.status_code, answer.text) == (200, "ok")
    assert slack.messages() == [("waqiti-local-fraud", ALERT)]


def test_messages_are_listed_in_the_order_of_arrival(slack):
    sent = [(CRITICAL, "one"), (FRAUD, "two"), (CRITICAL, "three"), (CRITICAL, "one")]
    for webhook, text in sent:
        slack.ask("POST", webhook, json={"text": text})

    assert slack.messages() == [
        ("waqiti-local-critical", {"text": "one"}),
        ("waqiti-local-fraud", {"text": "two"}),
        ("waqiti-local-critical", {"text": "three"}),
        ("waqiti-local-critical", {"text": "one"}),
    ]


def test_a_payload_in_a_form_field_is_accepted(slack):
    body = urlencode({"payload": json.dumps({"text": "für & über"})})
    answer = slack.ask("POST", CRITICAL, data=body, headers={"Content-Type": f"{FORM}; q=1"})

    assert (answer.status_code, answer.text) == (200, "ok")
    assert slack.messages() == [("waqiti-local-critical", {"text": "für & über"})]


@pytest.mark.parametrize(
    ("content_type", "body", "word"),
    [
        (JSON, b"", "invalid_payload"),
        (JSON, b"{", "invalid_payload"),
        (JSON, b"[]", "invalid_payload"),
        (JSON, b'{"text": "\xff"}', "invalid_payload"),
        (JSON, b'{"text": "\\ud800"}', "invalid_payload"),
        (JSON, b'{"text": "a", "b": NaN}', "invalid_payload"),
        (JSON, b'{"text": "a", "b": 1e999}', "invalid_payload"),
        (JSON, b"[" * 5000, "invalid_payload"),
        (JSON, b'{"text": 1}', "invalid_payload"),
        (JSON, b'{"attachments": {"text": "a"}}', "invalid_payload"),
        (JSON, b'{"attachments": ["a"]}', "invalid_payload"),
        (JSON, b'payload={"text": "a"}', "invalid_payload"),
        (FORM, b'{"text": "a"}', "invalid_payload"),
        (FORM, b"payload=%7B%22text%22:%22%ff%22%7D", "invalid_payload"),
        (FORM, b"payload=\xff", "invalid_payload"),
        (JSON, b"{}", "no_text"),
        (JSON, b'{"text": "", "attachments": [], "blocks": []}', "no_text"),
        (JSON, b'{"channel": "#general", "text": null}', "no_text"),
        (JSON, json.dumps({"attachments": [{"text": "a"}] * 101}).encode(), "too_many_attachments"),
    ],
)
def test_an_invalid_message_is_refused_with_slack_s_error(content_type, body, word, slack):
    answer = slack.ask("POST", CRITICAL, data=body, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.text) == (400, word)
    assert slack.messages() == []


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/services/TOTHER/BCRITICAL/oneSecret0123456789abcde", 404, "no_team"),
        ("/services/", 404, "no_team"),
        ("/services/TSANDBOX/BOTHER/oneSecret0123456789abcde", 404, "no_service"),
        ("/services/TSANDBOX", 404, "no_service"),
        (FRAUD.replace("otherSecret", "wrongSecret"), 403, "invalid_token"),
        (FRAUD.replace("otherSecret", "ötherSecret"), 403, "invalid_token"),
        (f"{FRAUD}/more", 403, "invalid_token"),
        ("/services/TSANDBOX/BFRAUD", 403, "invalid_token"),
        ("/other", 404, "Not Found"),
    ],
)
def test_an_unknown_webhook_is_refused(path, status, word, slack):
    answer = slack.ask("POST", path, json={"text": "a"})

    assert (answer.status_code, answer.text) == (status, word)
    assert slack.messages() == []


def test_only_post_requests_are_accepted(slack):
    answer = slack.ask("GET", CRITICAL)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("status", "word", "headers"),
    [
        (400, "invalid_payload", {}),
        (403, "action_prohibited", {}),
        (404, "no_service", {}),
        (410, "channel_is_archived", {}),
        (429, "", {"retry-after": "30"}),
        (500, "rollup_error", {}),
        (503, "", {}),
    ],
)
def test_a_fault_answers_once_as_documented_for_its_status(status, word, headers, slack):
    slack.ask("POST", "/sandbox/faults", json={"status": status, "path": "/BCRITICAL/"})
    client, other = slack.official(CRITICAL), slack.official(FRAUD)
    unaffected = other.send(text="fits no fault")
    affected = client.send(text="lost")
    reported = (affected.status_code, affected.body, {k: affected.headers[k] for k in headers})
    after = client.send(text="arrives")

    assert reported == (status, word, headers)
    assert (unaffected.body, after.body) == ("ok", "ok")
    assert [payload["text"] for _, payload in slack.messages()] == ["fits no fault", "arrives"]


def test_every_answer_reports_that_it_is_not_from_slack(slack):
    asked = [("POST", CRITICAL), ("GET", CRITICAL), ("GET", "/"), ("GET", "/sandbox/messages")]

    assert {slack.ask(*each).headers["server"] for each in asked} == {"sandbox-slack-simulator"}


def test_a_reset_leaves_no_message(slack):
    slack.ask("POST", CRITICAL, json={"text": "a"})
    slack.ask("POST", "/sandbox/reset")

    assert slack.messages() == []


def test_a_webhook_s_secret_is_in_no_log_and_no_listing(slack):
    wrong = CRITICAL.replace("oneSecret", "aSecretOfAnotherWorld")
    before = len(slack.log.read_text())
    for path in (CRITICAL, f"{CRITICAL}?q=1", wrong, f"/{CRITICAL}"):
        slack.ask("POST", path, json={"text": "a"})
    slack.ask("POST", FRAUD, data=b"{")
    slack.ask("GET", FRAUD)
    reported = slack.log.read_text()[before:]
    listed = slack.ask("GET", "/sandbox/messages").text

    assert [line.split("webhooks ")[1] for line in reported.splitlines()] == [
        "waqiti-local-critical: ok",
        "waqiti-local-critical: ok",
        "no channel: invalid_token",
        "waqiti-local-fraud: invalid_payload",
    ]
    assert "Secret" not in listed
