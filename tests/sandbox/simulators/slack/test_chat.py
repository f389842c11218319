"""Messages are posted, read and changed as Slack documents it, with the official client."""

import pytest

from tests.sandbox.simulators.slack.running import BOT, CRITICAL, USER

PUBLIC = "waqiti-local-critical"
BLOCKS = [{"type": "divider"}]


def test_messages_of_webhooks_and_bots_are_in_the_history_newest_first(slack):
    channel = slack.channel(PUBLIC)
    slack.official(CRITICAL).send(text="from a webhook")
    posted = slack.api().chat_postMessage(channel=f"#{PUBLIC}", text="from a bot", blocks=BLOCKS)
    pages = [
        [
            (message["text"], message.get("user"), message.get("bot_id"))
            for message in page["messages"]
        ]
        for page in slack.api().conversations_history(channel=channel, limit=1)
    ]
    since = slack.api().conversations_history(channel=channel, oldest=posted["ts"], inclusive=True)

    assert posted["channel"] == channel
    assert pages == [[("from a bot", "UBOT", None)], [("from a webhook", None, "BWEBHOOK")]]
    assert [message["blocks"] for message in since["messages"]] == [BLOCKS]
    assert [payload for _, payload in slack.messages()][1] == {
        "text": "from a bot",
        "blocks": BLOCKS,
    }


def test_a_message_is_changed_by_its_author_only(slack):
    channel = slack.channel(PUBLIC)
    stamp = slack.api().chat_postMessage(channel=channel, text="fires")["ts"]
    theirs = slack.error(USER, "chat.update", channel=channel, ts=stamp, text="mine")
    missing = slack.error(BOT, "chat.update", channel=channel, ts="1.000000", text="a")
    changed = slack.api().chat_update(channel=channel, ts=stamp, text="resolved")
    (message,) = slack.api().conversations_history(channel=channel)["messages"]
    slack.api(USER).conversations_archive(channel=channel)

    assert theirs == {"error": "cant_update_message"}
    assert missing == {"error": "message_not_found"}
    assert (changed["text"], message["text"], message["ts"]) == ("resolved", "resolved", stamp)
    assert message["edited"]["user"] == "UBOT"
    assert slack.error(BOT, "chat.update", channel=channel, ts=stamp, text="a") == {
        "error": "is_inactive"
    }


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"blocks": "{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"attachments": [1]}, "invalid_attachments"),
        ({"attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "a", "channel": "#nowhere"}, "channel_not_found"),
        ({"text": "a", "channel": "#open"}, "not_in_channel"),
    ],
)
def test_a_wrong_message_is_refused(message, error, slack):
    slack.api(USER).conversations_create(name="open")
    given = {"channel": PUBLIC} | message

    assert slack.error(BOT, "chat.postMessage", **given) == {"error": error}
    assert slack.messages() == []


def test_a_burst_of_messages_into_one_channel_is_limited(slack):
    for number in range(10):
        slack.api().chat_postMessage(channel=PUBLIC, text=str(number))
    other = slack.api().chat_postMessage(channel="waqiti-local-fraud", text="a")["ok"]

    assert slack.error(BOT, "chat.postMessage", channel=PUBLIC, text="10") == {
        "error": "ratelimited"
    }
    assert other is True


@pytest.mark.parametrize("place", ["oldest", "latest"])
def test_a_wrong_time_stamp_is_refused(place, slack):
    answer = slack.error(
        BOT, "conversations.history", channel=slack.channel(PUBLIC), **{place: "yesterday"}
    )

    assert answer == {"error": f"invalid_ts_{place}"}
