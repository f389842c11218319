"""From the files of `dashboards/` to texts, or to every fault that Grafana would not tell."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from settings.problems import Problems, sentence

DASHBOARDS = Path(__file__).parent.parent / "dashboards"


class _Link(BaseModel):
    url: str


class _Panel(BaseModel):
    links: tuple[_Link, ...] = ()


class _Dashboard(BaseModel):
    """What we ask of a file; Grafana knows the rest."""

    uid: str
    panels: tuple[_Panel, ...] = ()


_FILE = TypeAdapter(_Dashboard)


def read_dashboards(
    folder: Path, runbook_base_url: str | None, found: Problems
) -> Mapping[str, str]:
    """
    Read every dashboard of *folder*, by its uid, as the text that Grafana gets.

    Args:
        folder: Where the files are.
        runbook_base_url: Where this stack's people read runbooks; none if that is not known.
        found: Takes what is wrong.
    """
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        name = f"{folder.name}/{path.name}"
        text = path.read_text(encoding="utf-8")
        try:
            dashboard = _FILE.validate_json(text)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                found.add(name, sentence("", problem | {"input": _short(problem["input"])}))
            continue
        if dashboard.uid != path.stem:
            found.add(
                name,
                f"uid: it is the file's name, {path.stem!r} (got {dashboard.uid!r}): correct it",
            )
        elsewhere = [
            link.url
            for panel in dashboard.panels
            for link in panel.links
            if runbook_base_url is not None and not link.url.startswith(f"{runbook_base_url}/")
        ]
        if elsewhere:
            found.add(
                name,
                f"{len(elsewhere)} links leave this stack's monitoring.runbook_base_url, "
                f"{runbook_base_url!r}: make the stacks' equal and run `make dashboards` "
                f"(got {elsewhere[0]!r})",
            )
        texts[path.stem] = text
    if not texts:
        found.add(folder.name, "no valid dashboard is here: run `make dashboards`")
    return texts


def _short(given: object) -> str:
    text = str(given)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - a line of a terminal
