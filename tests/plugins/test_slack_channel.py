"""The resource `waqiti:slack:Channel` on the simulator."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from clients.slack import Slack
from plugins.waqiti.failures import RefusedError
from plugins.waqiti.slack import KINDS
from plugins.waqiti.values import Values
from tests.sandbox.simulators.slack.running import BOT, LESS, USER, Simulator, started

CHANNEL = KINDS["waqiti:slack:Channel"]
SET = "set SLACK_BOT_TOKEN to the Bot User OAuth Token of the app"
ADOPTED, HIDDEN = "waqiti-local-critical", "hidden"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with started(tmp_path_factory.mktemp("slack")) as simulator:
        yield simulator


@pytest.fixture
def slack(process: Simulator, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    process.start_anew()
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
    return process


@pytest.fixture
def system(slack: Simulator) -> Slack:
    return Slack(slack.url)


def inputs(name: str = "alerts", **more: object) -> dict[str, object]:
    return {"name": name, "private": False, "topic": "Who", "purpose": "Why"} | more


def shown(slack: Simulator, channel: str) -> tuple[str, str, str, bool]:
    now = slack.api(USER).conversations_info(channel=channel)["channel"]
    return now["name"], now["topic"]["value"], now["purpose"]["value"], now["is_archived"]


def found(system: Slack, recorded: Values) -> Values:
    seen = CHANNEL.read(system, recorded)
    assert seen
    return seen


def refusal(action: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as refused:
        action()
    return str(refused.value)


def test_a_channel_is_created_with_its_texts(slack, system):
    done = CHANNEL.create(system, inputs())
    channel = done.values["channel"]

    assert shown(slack, channel) == ("alerts", "Who", "Why", False)
    assert done.values == inputs() | {"channel": channel, "archived": False}
    assert (CHANNEL.identity(done.values), done.warnings) == (channel, ())
    assert found(system, done.values) == done.values


@pytest.mark.parametrize(("name", "private"), [(ADOPTED, False), ("waqiti-local-fraud", True)])
def test_an_existing_channel_is_adopted_with_its_members(name, private, slack):
    said: list[str] = []
    system = Slack(slack.url, said.append)
    before = slack.channel(name)
    slack.api(USER).conversations_invite(channel=before, users="UMEMBER")
    done = CHANNEL.create(system, inputs(name, private=private))
    members = slack.api(USER).conversations_members(channel=before)["members"]

    assert (done.values["channel"], shown(slack, before)) == (before, (name, "Who", "Why", False))
    assert said == [f"#{name} exists already, and is managed from now on"]
    assert members == ["UADMIN", "UBOT", "ULESS", "UMEMBER"]


def test_a_public_channel_of_others_is_joined(slack, system):
    theirs = slack.api(USER).conversations_create(name="theirs")["channel"]["id"]
    CHANNEL.create(system, inputs("theirs"))

    assert slack.api(USER).conversations_members(channel=theirs)["members"] == ["UADMIN", "UBOT"]


def test_a_lost_answer_leaves_one_channel(system):
    first = CHANNEL.create(system, inputs()).values["channel"]

    assert CHANNEL.create(system, inputs()).values["channel"] == first


def test_a_channel_that_cannot_be_managed_is_explained(slack, system):
    slack.api(USER).conversations_create(name=HIDDEN, is_private=True)
    slack.api(USER).conversations_archive(channel=slack.channel(ADOPTED))

    assert refusal(partial(CHANNEL.create, system, inputs(HIDDEN, private=True))) == (
        f"{system.name} has a channel #hidden, but the app sees no private one: invite the app to "
        "it with `/invite`, make it private in Slack, or pass another name"
    )
    assert refusal(partial(CHANNEL.create, system, inputs(ADOPTED))) == (
        f"{system.name}: #{ADOPTED} is archived and keeps its name, and no app can open it again: "
        "unarchive it in Slack and invite the app, or pass another name"
    )


def test_what_people_change_is_drift_and_is_corrected(slack, system):
    done = CHANNEL.create(system, inputs())
    channel, user = done.values["channel"], slack.api(USER)
    user.conversations_join(channel=channel)
    user.conversations_rename(channel=channel, name="other")
    user.conversations_setTopic(channel=channel, topic="edited")
    drifted = found(system, done.values)
    CHANNEL.update(system, drifted, inputs())

    assert drifted == dict(done.values) | {"name": "other", "topic": "edited"}
    assert shown(slack, channel) == ("alerts", "Who", "Why", False)


@pytest.mark.parametrize(
    "shown_as", ["A &amp; B: <https://r/incident.md>", "A &amp; B: <https://r/incident.md|link>"]
)
def test_a_topic_is_the_same_however_slack_shows_its_link(shown_as, slack, system):
    given = inputs(topic="A & B: https://r/incident.md")
    done = CHANNEL.create(system, given)
    slack.api().conversations_setTopic(channel=done.values["channel"], topic=shown_as)

    assert found(system, done.values) == done.values


def test_another_name_renames_the_channel(slack, system):
    done = CHANNEL.create(system, inputs())
    CHANNEL.update(system, done.values, inputs("incidents"))
    theirs = CHANNEL.create(system, inputs(ADOPTED)).values

    assert shown(slack, done.values["channel"])[0] == "incidents"
    assert refusal(partial(CHANNEL.update, system, theirs, inputs("mine"))) == (
        f"{system.name} refuses #mine (not_authorized): only who created it may rename it: rename "
        "it in Slack, or keep its name"
    )


def test_an_archived_channel_is_drift_that_a_person_corrects(slack, system):
    done = CHANNEL.create(system, inputs())
    slack.api().conversations_archive(channel=done.values["channel"])
    archived = found(system, done.values)

    assert list(CHANNEL.drifted(archived, inputs())) == ["archived"]
    assert list(CHANNEL.drifted(done.values, inputs())) == []
    assert refusal(partial(CHANNEL.update, system, archived, inputs())) == (
        f"{system.name} refuses #alerts (is_archived): it is archived, and no app can open it "
        "again: unarchive it in Slack"
    )


@pytest.mark.parametrize(
    ("private", "sentence"),
    [
        (
            False,
            (
                "#alerts is public, and no app can make it private: change it in Slack under the "
                "settings of the channel, and run it again"
            ),
        ),
        (
            True,
            "#alerts is private, and Slack makes no private channel public: pass private: true",
        ),
    ],
)
def test_a_channel_stays_public_or_private(private, sentence, system):
    done = CHANNEL.create(system, inputs(private=private))

    assert refusal(partial(CHANNEL.update, system, done.values, inputs(private=not private))) == (
        sentence
    )


def test_a_channel_is_archived_only_if_the_program_asks_for_it(slack, system):
    kept, ended = (
        CHANNEL.create(system, inputs(name, archive=archive)).values
        for name, archive in (("kept", False), ("ended", True))
    )
    for recorded in (kept, ended, ended):
        CHANNEL.delete(system, recorded)

    assert [shown(slack, one["channel"])[3] for one in (kept, ended)] == [False, True]


def test_a_channel_that_the_app_sees_no_more_is_gone(system):
    assert CHANNEL.read(system, inputs() | {"channel": "CNOWHERE"}) is None


def test_a_rate_limit_is_waited_out_and_reported(slack):
    said: list[str] = []

    def wait(seconds: float) -> None:
        slack.ask("PUT", "/sandbox/clock", json={"advance_seconds": int(seconds)})

    system = Slack(slack.url, said.append, wait)
    for number in range(25):
        CHANNEL.create(system, inputs(f"channel-{number}"))

    assert said
    assert all(sentence.startswith(f"{system.name} limits conversations.") for sentence in said)
    assert shown(slack, slack.channel("channel-24")) == ("channel-24", "Who", "Why", False)


def test_an_endless_rate_limit_is_reported(slack):
    slack.ask("POST", "/sandbox/faults", json={"status": 429, "times": 99})
    waits: list[float] = []

    assert refusal(partial(CHANNEL.create, Slack(slack.url, wait=waits.append), inputs())) == (
        f"Slack at {slack.url} still limits conversations.create after 600 s: run it again later"
    )
    assert waits == [30] * 20


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("", f"gets no token: {SET}"),
        ("xoxb-other", f"refuses the token in SLACK_BOT_TOKEN: {SET}"),
    ],
)
def test_a_wrong_token_is_reported_without_it(token, sentence, system, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", token)

    assert refusal(partial(CHANNEL.create, system, inputs())) == f"{system.name} {sentence}"


def test_a_missing_scope_and_a_revoked_token_are_reported(slack, system, monkeypatch):
    slack.api().auth_revoke()
    revoked = refusal(partial(CHANNEL.create, system, inputs()))
    monkeypatch.setenv("SLACK_BOT_TOKEN", LESS)
    poorer = Slack(slack.url)

    assert "its token revoked: install it again" in revoked
    assert refusal(partial(CHANNEL.create, poorer, inputs())) == (
        f"{system.name}: the token in SLACK_BOT_TOKEN lacks the scope channels:manage for "
        "conversations.create: add it to the app and install the app again"
    )


def test_a_slack_that_fails_or_is_silent_is_reported(slack, system):
    slack.ask("POST", "/sandbox/faults", json={"status": 503})

    assert refusal(partial(CHANNEL.create, system, inputs())) == (
        f"{system.name} answers 503 to conversations.create"
    )
    assert "does not answer (connection refused)" in refusal(
        partial(CHANNEL.create, Slack("http://127.0.0.1:9"), inputs())
    )


def test_every_wrong_argument_is_named():
    given = {"name": "#Alerts", "topic": "x" * 251, "archive": 1, "colour": "red"}

    assert dict(CHANNEL.problems(given)) == {
        "private": "missing: pass it",
        "name": "'#Alerts': use lower-case letters, digits, hyphens and underscores, at most 80, "
        "without #",
        "topic": f"'{'x' * 59}…: use a text of at most 250 characters",
        "archive": "1: pass true or false",
        "colour": "unknown argument: remove it or correct its name",
    }
    assert list(CHANNEL.problems(inputs())) == []
