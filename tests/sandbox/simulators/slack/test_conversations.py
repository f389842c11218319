"""Channels are created, found and changed as Slack documents it, with the official client."""

import pytest

from tests.sandbox.simulators.slack.running import BOT, CRITICAL, LESS, USER

PUBLIC, PRIVATE = "waqiti-local-critical", "waqiti-local-fraud"
BOTH = "public_channel,private_channel"


def test_a_created_channel_has_its_creator_and_no_topic(slack):
    channel = slack.api().conversations_create(name="a_channel-1", is_private=True)["channel"]
    members = slack.api().conversations_members(channel=channel["id"])["members"]
    shown = {key: channel[key] for key in ("name", "is_private", "is_archived", "creator", "topic")}

    assert shown == {
        "name": "a_channel-1",
        "is_private": True,
        "is_archived": False,
        "creator": "UBOT",
        "topic": {"value": "", "creator": "", "last_set": 0},
    }
    assert members == ["UBOT"]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("Alerts", "invalid_name_specials"),
        ("#alerts", "invalid_name_specials"),
        ("--_", "invalid_name_punctuation"),
        (PUBLIC, "name_taken"),
        ("hidden", "name_taken"),
        ("old", "name_taken"),
    ],
)
def test_a_wrong_or_taken_name_is_refused(name, error, slack):
    slack.api(USER).conversations_create(name="hidden", is_private=True)
    old = slack.api().conversations_create(name="old")["channel"]["id"]
    slack.api().conversations_archive(channel=old)

    assert slack.error(BOT, "conversations.create", name=name)["error"] == error
    renamed = (
        slack.error(USER, "conversations.rename", channel=slack.channel(PUBLIC), name=name)
        if name != PUBLIC
        else {"error": "name_taken"}
    )
    assert renamed["error"] == error


def test_channels_are_listed_by_page_type_and_state(slack):
    api = slack.api()
    slack.api(USER).conversations_create(name="hidden", is_private=True)
    api.conversations_archive(channel=api.conversations_create(name="old")["channel"]["id"])
    pages = [
        [channel["name"] for channel in page["channels"]]
        for page in api.conversations_list(types=BOTH, limit=2)
    ]
    public = api.conversations_list()["channels"]
    current = api.conversations_list(types=BOTH, exclude_archived=True)["channels"]

    assert pages == [[PUBLIC, PRIVATE], ["old"]]
    assert [each["name"] for each in public] == [PUBLIC, "old"]
    assert [each["name"] for each in current] == [PUBLIC, PRIVATE]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("cursor=nonsense", "invalid_cursor"),
        ("cursor=cGxhY2U6OTk=", "invalid_cursor"),
        ("limit=0", "invalid_limit"),
        ("limit=1001", "invalid_limit"),
        ("limit=many", "invalid_limit"),
        ("types=room", "invalid_types"),
    ],
)
def test_a_wrong_page_or_type_is_refused(arguments, error, slack):
    headers = {"Authorization": f"Bearer {BOT}"}
    answer = slack.ask("GET", f"/api/conversations.list?{arguments}", headers=headers)

    assert answer.json()["error"] == error


def test_a_private_channel_exists_for_its_members_only(slack):
    hidden = slack.api(USER).conversations_create(name="hidden", is_private=True)["channel"]["id"]
    calls = ["archive", "setTopic", "rename", "join", "invite", "history"]
    errors = {
        slack.error(BOT, f"conversations.{call}", channel=hidden, topic="a", name="b")["error"]
        for call in calls
    }

    assert errors == {"channel_not_found"}


def test_topic_and_purpose_are_set_by_a_member(slack):
    api = slack.api()
    channel = slack.channel(PRIVATE)
    topic = api.conversations_setTopic(channel=channel, topic="Who is paged")["channel"]["topic"]
    api.conversations_setPurpose(channel=channel, purpose="Fraud")
    shown = api.conversations_info(channel=channel, include_num_members=True)["channel"]
    long = slack.error(BOT, "conversations.setPurpose", channel=channel, purpose="x" * 251)

    assert topic["value"] == "Who is paged"
    assert (shown["topic"]["creator"], shown["purpose"]["value"]) == ("UBOT", "Fraud")
    assert shown["num_members"] == 3
    assert long == {"error": "too_long"}


def test_a_public_channel_is_joined_before_it_is_changed(slack):
    channel = slack.api(USER).conversations_create(name="open")["channel"]["id"]
    before = slack.error(BOT, "conversations.setTopic", channel=channel, topic="a")
    first = slack.api().conversations_join(channel=channel)
    second = slack.api().conversations_join(channel=channel)

    assert before == {"error": "not_in_channel"}
    assert "warning" not in first.data
    assert second["response_metadata"] == {"warnings": ["already_in_channel"]}
    assert slack.api().conversations_setTopic(channel=channel, topic="a")["ok"]


def test_only_its_creator_and_the_administrator_rename_a_channel(slack):
    theirs = slack.channel(PUBLIC)
    own = slack.api().conversations_create(name="own")["channel"]["id"]
    slack.api(USER).conversations_join(channel=own)
    renamed = slack.api(USER).conversations_rename(channel=own, name="other")["channel"]

    assert slack.error(BOT, "conversations.rename", channel=theirs, name="mine") == {
        "error": "not_authorized"
    }
    assert (renamed["name"], renamed["previous_names"]) == ("other", ["own"])


def test_an_archived_channel_refuses_changes_and_a_bot_cannot_unarchive_it(slack):
    channel = slack.channel(PUBLIC)
    slack.api(USER).conversations_archive(channel=channel)
    calls = {
        "conversations.archive": "already_archived",
        "conversations.unarchive": "not_in_channel",
        "conversations.rename": "is_archived",
        "conversations.setTopic": "is_archived",
        "conversations.join": "is_archived",
        "chat.postMessage": "is_archived",
    }
    errors = {
        call: slack.error(BOT, call, channel=channel, name="a", topic="a", text="a")["error"]
        for call in calls
    }
    hook = slack.official(CRITICAL).send(text="lost")
    slack.api(USER).conversations_unarchive(channel=channel)

    assert errors == calls
    assert (hook.status_code, hook.body) == (410, "channel_is_archived")
    assert slack.official(CRITICAL).send(text="arrives").body == "ok"
    assert slack.error(BOT, "conversations.unarchive", channel=channel) == {"error": "not_archived"}


def test_people_are_invited_and_every_wrong_invitation_is_named(slack):
    channel = slack.channel(PRIVATE)
    users = ["UMEMBER", "UADMIN", "UBOT", "UNOBODY"]
    refused = slack.error(BOT, "conversations.invite", channel=channel, users=",".join(users))
    slack.api().conversations_invite(channel=channel, users=users, force=True)
    members = slack.api().conversations_members(channel=channel)["members"]

    assert {each["user"]: each["error"] for each in refused["errors"]} == {
        "UADMIN": "already_in_channel",
        "UBOT": "cant_invite_self",
        "UNOBODY": "user_not_found",
    }
    assert members == ["UADMIN", "UBOT", "ULESS", "UMEMBER"]
    assert slack.error(BOT, "conversations.invite", channel=channel) == {"error": "no_user"}
    assert slack.error(LESS, "conversations.invite", channel=channel, users="UMEMBER") == {
        "error": "missing_scope",
        "needed": "groups:write.invites",
        "provided": "channels:read",
    }
