"""What was answered is kept, however the process ends."""

from tests.simulators.slack.running import CRITICAL, started


def test_every_message_that_was_taken_is_there_after_a_kill_in_its_order(tmp_path):
    with started(tmp_path) as first:
        sent = [first.ask("POST", CRITICAL, json={"text": str(n)}).text for n in range(5)]
        first.process.kill()
        first.process.wait()
    with started(tmp_path) as second:
        second.ask("POST", CRITICAL, json={"text": "after"})
        kept = [payload["text"] for _, payload in second.messages()]

    assert sent == ["ok"] * 5
    assert kept == [*map(str, range(5)), "after"]
