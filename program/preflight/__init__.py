"""
Preflight checks of an `up`; a preview makes no request.

Each module asks one system for what the plan needs, so an `up` with something missing changes
nothing and reports all that is missing at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pulumi

import grants
from clients.failures import NoAnswerError
from grants import Declared, declare_current
from program.preflight import grafana, kafka, kubernetes, pagerduty, slack, vault
from settings import Settings
from systems.kubernetes import is_published


def require_systems(settings: Settings) -> None:
    """
    Stop an `up` if a system that it needs is not ready; a preview asks no system.

    Raises:
        pulumi.RunError: A check failed. The message has all problems; nothing was changed.
    """
    if pulumi.runtime.is_dry_run():
        for sentence in _image_problems(settings):
            pulumi.log.warn(f"{sentence}: until then, every `pulumi up` is refused")
        return
    require(checks(declare_current(settings)))
    if settings.pagerduty.enabled and not settings.refuses_uncovered_hours:
        for sentence in problems([partial(pagerduty.uncovered, settings.pagerduty)]):
            pulumi.log.warn(sentence)


def require(questions: Sequence[Callable[[], Iterable[str]]]) -> None:
    """Stop an `up` if one of *questions* finds a problem; a preview asks none."""
    if pulumi.runtime.is_dry_run():
        return
    # Two questions to a system that does not answer have the same sentence.
    if found := list(dict.fromkeys(problems(questions))):
        raise pulumi.RunError(_report(found))


def checks(declared: Declared) -> Sequence[partial[Iterator[str]]]:
    """Return what is asked for the plan of *declared*, one question for each system."""
    settings = declared.settings
    command = f"python -m waqiti grants {settings.stack}"
    return [
        partial(grafana.problems, settings.grafana.url),
        partial(kafka.problems, settings.kafka, *grants.kafka.rights(declared), f"{command} kafka"),
        partial(
            kubernetes.problems,
            settings.kubernetes.context,
            declared.kinds(),
            grants.kubernetes.rights(declared),
            f"{command} kubernetes",
        ),
        *_of_pagerduty(settings),
        *_of_slack(declared, f"{command} slack"),
        partial(
            vault.problems,
            settings.vault,
            settings.required_before_up,
            grants.vault.rights(declared),
            f"{command} vault",
        ),
        # Last: they are no system, but a file of the stack.
        partial(_image_problems, settings),
    ]


def _of_pagerduty(settings: Settings) -> Iterator[partial[Iterator[str]]]:
    if settings.pagerduty.enabled:
        yield partial(pagerduty.problems, settings.pagerduty)
        if settings.refuses_uncovered_hours:
            yield partial(pagerduty.uncovered, settings.pagerduty)


def _of_slack(declared: Declared, command: str) -> Iterator[partial[Iterator[str]]]:
    account = declared.settings.slack
    if account.enabled:
        yield partial(slack.problems, account.api_url, grants.slack.scopes(declared), command)


def problems(questions: Sequence[Callable[[], Iterable[str]]]) -> list[str]:
    """Ask all *questions* at once; return their sentences in the order of the questions."""
    with ThreadPoolExecutor(len(questions)) as pool:
        return [sentence for found in pool.map(_sentences, questions) for sentence in found]


def _sentences(check: Callable[[], Iterable[str]]) -> list[str]:
    found: list[str] = []
    try:
        found.extend(check())
    except NoAnswerError as error:
        found.append(str(error))
    return found


def _report(found: Sequence[str]) -> str:
    if len(found) == 1:
        return f"{found[0]}: nothing was changed"
    return "\n  ".join([f"{len(found)} problems, and nothing was changed:", *found])


def _image_problems(settings: Settings) -> Iterator[str]:
    """Yield each image with the placeholder's digest, with which no pod could start."""
    images = {
        "audit_reconciliation": settings.audit_reconciliation.image,
        "legal_storage": settings.legal_storage.image,
    }
    for section, image in images.items():
        if not is_published(image):
            yield (
                f"{section}.image {image} is not published: build {section}/Containerfile, push "
                "the image and write its digest into the stack file"
            )
