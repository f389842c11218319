"""
Preflight checks of an `up`; a preview makes no request.

Each module asks one system for what the plan needs, so an `up` with something missing changes
nothing and reports all that is missing at once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pulumi

from clients.failures import NoAnswerError
from program.preflight import grafana, kafka, kubernetes, pagerduty, vault
from settings import Settings
from systems.kubernetes import is_published


def require_systems(
    settings: Settings, kinds: Iterable[tuple[str, str]], kept_secrets: Mapping[str, Sequence[str]]
) -> None:
    """
    Stop an `up` if a system that it needs is not ready; do nothing in a preview.

    Args:
        settings: The settings of the stack.
        kinds: The custom resources that the cluster must serve: (apiVersion, kind).
        kept_secrets: The keys of the operator-provided secrets in Vault, by path.

    Raises:
        pulumi.RunError: A check failed. The message has all problems; nothing was changed.
    """
    require(
        [
            partial(grafana.problems, settings.grafana.url),
            partial(kafka.problems, settings.kafka.bootstrap_servers),
            partial(kubernetes.problems, settings.kubernetes.context, kinds),
            partial(pagerduty.problems, settings.pagerduty),
            partial(vault.problems, settings.vault, kept_secrets),
            # Last: it is no system, but a file of the stack.
            partial(_image_problems, settings.legal_storage.image),
        ]
    )


def require(checks: Sequence[Callable[[], Iterable[str]]]) -> None:
    """Stop an `up` if one of *checks* finds a problem; do nothing in a preview."""
    if pulumi.runtime.is_dry_run():
        return
    if found := problems(checks):
        raise pulumi.RunError(_report(found))


def problems(checks: Sequence[Callable[[], Iterable[str]]]) -> list[str]:
    """Run *checks* at once; return their sentences in the order of the checks."""
    with ThreadPoolExecutor(len(checks)) as pool:
        return [sentence for found in pool.map(_sentences, checks) for sentence in found]


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


def _image_problems(image: str) -> Iterator[str]:
    """Yield an image with the placeholder's digest, with which no pod could start."""
    if not is_published(image):
        yield (
            f"legal_storage.image {image} is not published: build legal_storage/Containerfile, "
            "push the image and write its digest into the stack file"
        )
