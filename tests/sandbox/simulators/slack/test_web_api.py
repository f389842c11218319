"""Tokens, scopes, bodies and rates of the Web API, with the official client."""

import json

import pytest

from tests.sandbox.simulators.slack.running import BOT, CONFIGURATION, LESS, USER

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
AUTHORIZATION = {"Authorization": f"Bearer {BOT}"}


def test_a_token_is_told_who_it_is_and_its_scopes(slack):
    bot, user = slack.api().auth_test(), slack.api(USER).auth_test()

    assert bot.data == {
        "ok": True,
        "url": f"{slack.url}/",
        "team": "Sandbox",
        "team_id": "TSANDBOX",
        "user": "ubot",
        "user_id": "UBOT",
        "bot_id": "BBOT",
        "is_enterprise_install": False,
    }
    assert (user["user_id"], "bot_id" in user.data) == ("UADMIN", False)
    assert bot.headers["x-oauth-scopes"].split(",")[:2] == ["channels:manage", "channels:read"]


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        (None, "auth.test", {"error": "not_authed"}),
        ("xoxb-other", "auth.test", {"error": "invalid_auth"}),
        (BOT, "users.list", {"error": "unknown_method", "req_method": "users.list"}),
        (None, "users.list", {"error": "unknown_method", "req_method": "users.list"}),
        (BOT, "apps.manifest.validate", {"error": "not_allowed_token_type"}),
        (CONFIGURATION, "auth.test", {"error": "not_allowed_token_type"}),
    ],
)
def test_a_wrong_token_or_method_is_refused(token, method, error, slack):
    assert slack.error(token, method) == error


def test_a_revoked_token_is_refused(slack):
    revoked = [slack.api(token).auth_revoke()["revoked"] for token in (BOT, USER)]

    assert revoked == [True, True]
    assert slack.error(BOT, "auth.test") == {"error": "account_inactive"}
    assert slack.error(USER, "auth.test") == {"error": "token_revoked"}


@pytest.mark.parametrize(
    ("headers", "body", "answer"),
    [
        (JSON, b"{", {"error": "invalid_json"}),
        (JSON, b"[]", {"error": "json_not_object"}),
        (FORM, b"name=%ff", {"error": "invalid_form_data"}),
        ({"Content-Type": "text/xml"}, b"<a/>", {"error": "invalid_post_type"}),
        ({}, b"name=a", {"error": "missing_post_type"}),
        (FORM, b"", {"error": "invalid_name_required"}),
    ],
)
def test_a_wrong_body_is_refused(headers, body, answer, slack):
    given = slack.ask(
        "POST", "/api/conversations.create", data=body, headers=AUTHORIZATION | headers
    )

    assert (given.status_code, given.json()) == (200, {"ok": False} | answer)


def test_a_missing_argument_is_named(slack):
    assert slack.error(BOT, "conversations.setTopic", channel="C1") == {
        "error": "invalid_arguments",
        "response_metadata": {"messages": ["[ERROR] missing required field: topic"]},
    }


def test_a_method_that_takes_forms_only_ignores_json(slack):
    channel = slack.channel("waqiti-local-critical")
    answered = slack.api().conversations_info(channel=channel)

    assert slack.error(BOT, "conversations.info", channel=channel)["error"] == "invalid_arguments"
    assert answered["channel"]["name"] == "waqiti-local-critical"


@pytest.mark.parametrize(
    ("method", "arguments", "needed"),
    [
        ("conversations.create", {"name": "a"}, "channels:manage"),
        ("conversations.create", {"name": "a", "is_private": True}, "groups:write"),
        ("conversations.setTopic", {"topic": "a"}, "channels:write.topic"),
        ("conversations.history", {}, "channels:history"),
        ("conversations.join", {}, "channels:join"),
        ("conversations.archive", {}, "channels:manage"),
        ("chat.postMessage", {"text": "a"}, "chat:write"),
    ],
)
def test_a_missing_scope_is_named(method, arguments, needed, slack):
    channel = slack.channel("waqiti-local-critical")

    assert slack.error(LESS, method, channel=channel, **arguments) == {
        "error": "missing_scope",
        "needed": needed,
        "provided": "channels:read",
    }


def test_the_call_after_the_tier_s_limit_waits_as_long_as_it_is_told(slack):
    for number in range(20):
        slack.api().conversations_create(name=f"channel-{number}")
    path = "/api/conversations.create"
    body = {"name": "channel-20"}
    refused = slack.ask("POST", path, json=body, headers=AUTHORIZATION)
    others = slack.api().auth_test()["ok"]
    wait = int(refused.headers["retry-after"])
    slack.ask("PUT", "/sandbox/clock", json={"advance_seconds": wait})
    later = slack.ask("POST", path, json=body, headers=AUTHORIZATION).json()

    assert (refused.status_code, refused.json()) == (429, {"ok": False, "error": "ratelimited"})
    assert 50 <= wait <= 60
    assert (others, later["ok"]) == (True, True)


def test_a_fault_answers_as_documented_for_a_method(slack):
    answers = []
    for status in (429, 500, 503):
        slack.ask("POST", "/sandbox/faults", json={"status": status, "path": "/api/auth.test"})
        answer = slack.ask("POST", "/api/auth.test", headers=AUTHORIZATION)
        answers.append(
            (answer.status_code, answer.json()["error"], "retry-after" in answer.headers)
        )

    assert answers == [
        (429, "ratelimited", True),
        (500, "internal_error", False),
        (503, "service_unavailable", False),
    ]


def test_no_token_is_in_the_log(slack):
    before = len(slack.log.read_text())
    slack.api().auth_test()
    slack.ask("GET", f"/api/auth.test?token={BOT}")
    slack.ask("GET", f"/api/{BOT}")
    reported = slack.log.read_text()[before:]

    assert [line.split("methods ")[1] for line in reported.splitlines()] == [
        "auth.test: ok",
        "auth.test: ok",
        "?: unknown_method",
    ]


MANIFEST = {
    "display_information": {"name": "Alerts"},
    "features": {"bot_user": {"display_name": "alerts"}},
    "oauth_config": {"scopes": {"bot": ["incoming-webhook"]}},
}


def test_a_right_manifest_is_accepted(slack):
    answer = slack.api(CONFIGURATION).apps_manifest_validate(manifest=MANIFEST)

    assert answer["errors"] == []


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"display_information": {"name": "x" * 36}}, ["/display_information/name"]),
        ({"display_information": {}}, ["/display_information/name"]),
        ({"colour": "red", "features": 1}, ["/features", "/colour"]),
        ({"features": {}}, ["/features/bot_user"]),
        ({"oauth_config": {"scopes": {"bot": ["a:b"]}}}, ["/oauth_config/scopes/bot/0"]),
    ],
)
def test_every_error_of_a_manifest_has_its_place(change, pointers, slack):
    answer = slack.error(CONFIGURATION, "apps.manifest.validate", manifest=_json(MANIFEST | change))

    assert answer["error"] == "invalid_manifest"
    assert [each["pointer"] for each in answer["errors"]] == pointers


def _json(document: object) -> str:
    return json.dumps(document)
