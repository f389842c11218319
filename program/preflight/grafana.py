"""Grafana must answer, and let the token create a folder and dashboards."""

from collections.abc import Iterator

from clients import grafana

_NEEDED = ("dashboards:create", "folders:create")


def problems(url: str) -> Iterator[str]:
    """
    Yield what the token in GRAFANA_AUTH may not do at *url*.

    Raises:
        NoAnswerError: Grafana does not answer, or refuses.
    """
    permitted = grafana.permissions(url)
    if lacking := [action for action in _NEEDED if action not in permitted]:
        yield (
            f"Grafana at {url}: the token in GRAFANA_AUTH lacks {', '.join(lacking)}: give its "
            "service account the role Editor"
        )
