"""Every system is asked at once; one that does not answer is never clean."""

import threading

from clients.failures import NoAnswerError
from tests.waqiti.states import provider, resource
from tests.waqiti.unmanaged.stacks import stack
from waqiti.report import Report
from waqiti.unmanaged import unmanaged
from waqiti.unmanaged.thing import Thing

KAFKA, GRAFANA = provider("kafka"), provider("grafana")
OWN = stack(
    KAFKA,
    GRAFANA,
    resource(KAFKA, "kafka:index/topic:Topic", "ours"),
    resource(GRAFANA, "grafana:oss/folder:Folder", "1:waqiti"),
)


def answering(*names):
    return lambda _: iter([Thing("Kafka topic", name) for name in names])


def silent(_):
    yield Thing("Grafana dashboard", "seen before")
    raise NoAnswerError("Grafana does not answer")


def ignore(folder, text):
    (folder / "Pulumi.prod.yaml").touch()
    ignored = folder / "ignored"
    ignored.mkdir()
    (ignored / "prod.yaml").write_text(text)
    return ignored


def test_what_each_system_has_is_sorted(tmp_path):
    questions = {"kafka": answering("b", "a")}

    assert unmanaged(OWN, tmp_path / "ignored", questions) == Report(
        (), [], ["Kafka topic a", "Kafka topic b"], []
    )


def test_a_silent_system_hides_nothing(tmp_path):
    questions = {"kafka": answering("a"), "grafana": silent}

    assert unmanaged(OWN, tmp_path / "ignored", questions) == Report(
        (), ["Grafana does not answer"], ["Grafana dashboard seen before", "Kafka topic a"], []
    )


def test_an_answer_of_an_unexpected_form_is_no_result(tmp_path):
    def strange(_):
        raise KeyError("items")

    report = unmanaged(OWN, tmp_path / "ignored", {"kafka": strange})

    assert (report.unmanaged, len(report.unknown)) == ([], 1)
    assert "an answer has an unexpected form (KeyError 'items')" in report.unknown[0]


def test_a_system_in_which_the_stack_has_nothing_is_not_asked(tmp_path):
    def never(_):
        raise AssertionError

    assert unmanaged(OWN, tmp_path / "ignored", {"slack": never, "vault": never}) == Report(
        (), [], [], []
    )


def test_the_systems_are_asked_at_once(tmp_path):
    both = threading.Barrier(2, timeout=60)

    def waiting(_):
        both.wait()
        return iter(())

    assert unmanaged(OWN, tmp_path / "ignored", {"kafka": waiting, "grafana": waiting}) == Report(
        (), [], [], []
    )


def test_what_is_ignored_is_not_reported(tmp_path):
    ignored = ignore(
        tmp_path,
        "- {kind: Kafka topic, name: theirs-*, reason: another team's topics}\n"
        "- {kind: Kafka topic, name: a, reason: made for a test}\n",
    )

    found = unmanaged(OWN, ignored, {"kafka": answering("a", "ab", "theirs-1", "theirs-2")})

    assert found == Report((), [], ["Kafka topic ab"], [])


def test_an_entry_that_matches_nothing_is_wrong_unless_its_system_is_silent(tmp_path):
    ignored = ignore(
        tmp_path,
        "- {kind: Kafka topic, name: gone, reason: another team's topic}\n"
        "- {kind: Grafana folder, name: theirs, reason: another team's folder}\n",
    )

    assert unmanaged(OWN, ignored, {"kafka": answering(), "grafana": silent}) == Report(
        (),
        ["Grafana does not answer"],
        ["Grafana dashboard seen before"],
        [
            (
                "ignored/prod.yaml: 0: there is no such unmanaged object: remove it (got Kafka "
                "topic gone)"
            )
        ],
    )
