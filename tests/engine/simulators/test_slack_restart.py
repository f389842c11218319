"""Every answered message survives a kill."""

from tests.sandbox.simulators.slack.running import CRITICAL, started


def test_every_accepted_message_survives_a_kill_in_order(tmp_path):
    with started(tmp_path) as first:
        sent = [first.ask("POST", CRITICAL, json={"text": str(n)}).text for n in range(5)]
        first.process.kill()
        first.process.wait()
    with started(tmp_path) as second:
        second.ask("POST", CRITICAL, json={"text": "after"})
        kept = [payload["text"] for _, payload in second.messages()]

    assert sent == ["ok"] * 5
    assert kept == [*map(str, range(5)), "after"]
