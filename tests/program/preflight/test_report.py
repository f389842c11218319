"""An `up` stops before it changes anything, and reports all that is missing at once."""

import threading
from dataclasses import replace

import pulumi
import pytest

from clients.failures import NoAnswerError
from grants import Declared
from program import preflight
from program.preflight import problems, require, require_systems
from tests.conftest import STACKS, stack_settings


@pytest.fixture
def ready(monkeypatch):
    """Make every system ready, and provide a function that makes one lack something."""

    def lacks(system, *sentences):
        monkeypatch.setattr(getattr(preflight, system), "problems", lambda *_: sentences)

    monkeypatch.setattr(preflight, "declare_current", nothing_declared)
    monkeypatch.setattr(preflight.pagerduty, "uncovered", lambda _: ())
    for system in ("grafana", "kafka", "kubernetes", "pagerduty", "slack", "vault"):
        lacks(system)
    return lacks


def nothing_declared(settings):
    return Declared(settings=settings, resources=[])


IMAGES = [
    f"{section}.image registry.waqiti.internal/{section.replace('_', '-')}@sha256:"
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 is not published: build "
    f"{section}/Containerfile, push the image and write its digest into the stack file"
    for section in ("audit_reconciliation", "legal_storage")
]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("stack", STACKS)
def test_an_up_without_a_published_image_changes_nothing(stack):
    with pytest.raises(pulumi.RunError) as refused:
        require_systems(stack_settings(stack))

    assert str(refused.value) == "\n  ".join(["2 problems, and nothing was changed:", *IMAGES])


def test_all_that_is_missing_is_reported_at_once_by_system(ready):
    ready("vault", "Vault lacks a key", "Vault lacks a mount")
    ready("grafana", "Grafana does not answer")

    with pytest.raises(pulumi.RunError) as refused:
        require_systems(stack_settings("prod"))

    assert str(refused.value) == (
        "5 problems, and nothing was changed:\n"
        "  Grafana does not answer\n"
        "  Vault lacks a key\n"
        "  Vault lacks a mount\n"
        f"  {IMAGES[0]}\n"
        f"  {IMAGES[1]}"
    )


@pytest.mark.usefixtures("ready")
def test_a_gap_of_a_schedule_refuses_an_up_of_prod_and_warns_elsewhere(monkeypatch):
    warned: list[str] = []
    monkeypatch.setattr(preflight.pagerduty, "uncovered", lambda _: ["nobody is on call"])
    monkeypatch.setattr(preflight, "is_published", lambda _: True)
    monkeypatch.setattr("pulumi.log.warn", warned.append)

    with pytest.raises(pulumi.RunError) as refused:
        require_systems(stack_settings("prod"))
    require_systems(stack_settings("staging"))

    assert str(refused.value) == "nobody is on call: nothing was changed"
    assert warned == ["nobody is on call"]


def test_a_system_that_fails_half_way_keeps_what_was_found():
    def half():
        yield "first"
        raise NoAnswerError("then it did not answer")

    assert problems([half, lambda: ["last"]]) == ["first", "then it did not answer", "last"]


def test_a_system_that_answers_no_question_is_reported_once():
    def silent():
        yield from ()
        raise NoAnswerError("it does not answer")

    with pytest.raises(pulumi.RunError) as refused:
        require([silent, silent])

    assert str(refused.value) == "it does not answer: nothing was changed"


def test_the_systems_are_asked_at_the_same_time():
    meeting = threading.Barrier(2, timeout=10)  # breaks if one check waits for the other

    def check():
        meeting.wait()
        yield "asked"

    assert problems([check, check]) == ["asked", "asked"]


@pytest.fixture
def previewed(deploy, monkeypatch):
    """Provide a function that previews a stack, and returns the warnings of the preview."""

    def preview(settings):
        warnings: list[str] = []
        monkeypatch.setattr(pulumi.log, "warn", warnings.append)

        def program():
            pulumi.runtime.settings.SETTINGS.dry_run = True
            require_systems(settings)

        deploy(program)
        return warnings

    return preview


def test_a_preview_asks_nothing_and_warns_of_what_an_up_refuses(previewed, ready):
    ready("kafka", "a question")

    assert previewed(stack_settings("prod")) == [
        f"{image}: until then, every `pulumi up` is refused" for image in IMAGES
    ]


def test_a_preview_with_a_published_image_warns_of_nothing(previewed):
    settings = stack_settings("prod")
    image = {"image": f"registry.example/pods@sha256:{'0123456789abcdef0' * 4:.64}"}
    published = replace(
        settings,
        audit_reconciliation=settings.audit_reconciliation.model_copy(update=image),
        legal_storage=settings.legal_storage.model_copy(update=image),
    )

    assert previewed(published) == []
