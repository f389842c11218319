"""What people did in the workspace stays: over a restart, and for webhooks and tokens alike."""

from tests.sandbox.simulators.slack.running import BOT, CRITICAL, FRAUD, USER, started


def test_a_renamed_channel_keeps_its_webhook(slack):
    slack.api(USER).conversations_rename(channel=slack.channel("waqiti-local-fraud"), name="fraud")
    slack.official(FRAUD).send(text="a")

    assert slack.messages() == [("fraud", {"text": "a"})]


def test_a_removed_webhook_is_no_service(slack):
    removed = slack.ask("DELETE", "/sandbox/webhooks/BCRITICAL").status_code
    unknown = slack.ask("DELETE", "/sandbox/webhooks/BOTHER").status_code
    answer = slack.official(CRITICAL).send(text="a")

    assert (removed, unknown) == (204, 404)
    assert (answer.status_code, answer.body) == (404, "no_service")
    assert slack.official(FRAUD).send(text="a").body == "ok"


def test_every_state_survives_a_kill_and_a_reset_ends_it(tmp_path):
    with started(tmp_path) as first:
        fraud = first.channel("waqiti-local-fraud")
        created = first.api().conversations_create(name="created")["channel"]["id"]
        first.api().conversations_setTopic(channel=created, topic="kept")
        first.api(USER).conversations_rename(channel=fraud, name="renamed")
        first.api(USER).conversations_archive(channel=fraud)
        first.ask("DELETE", "/sandbox/webhooks/BCRITICAL")
        first.api().auth_revoke()
        first.process.kill()
        first.process.wait()
    with started(tmp_path) as second:
        user = second.api(USER)
        listed = user.conversations_list(types="public_channel,private_channel")["channels"]
        kept = {each["name"]: (each["topic"]["value"], each["is_archived"]) for each in listed}
        words = [second.official(webhook).send(text="a").body for webhook in (CRITICAL, FRAUD)]
        token = second.error(BOT, "auth.test")
        second.start_anew()
        anew = [second.official(webhook).send(text="a").body for webhook in (CRITICAL, FRAUD)]
        anew_token = second.api().auth_test()["ok"]

    assert kept == {
        "waqiti-local-critical": ("", False),
        "renamed": ("", True),
        "created": ("kept", False),
    }
    assert words == ["no_service", "channel_is_archived"]
    assert token == {"error": "account_inactive"}
    assert (anew, anew_token) == (["ok", "ok"], True)
