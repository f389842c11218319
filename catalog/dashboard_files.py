"""The reader of `dashboards/`: Grafana's JSON, written by `authoring/`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.problems import Problems
from catalog.reading import file_name, files_of, parse_json, read_text
from systems import grafana

DASHBOARDS = Path(__file__).parent.parent / "dashboards"


@dataclass(frozen=True, kw_only=True)
class DashboardFile:
    """
    One file of `dashboards/`.

    Args:
        text: The file byte for byte, as Grafana gets it.
        content: The same, parsed.
    """

    text: str
    content: Mapping[str, Any]


def read_dashboard_files(
    found: Problems,
    folder: Path = DASHBOARDS,
    runbook_base_url: str | None = None,
    folder_uid: str | None = None,
) -> Mapping[str, DashboardFile]:
    """
    Return every dashboard of *folder* by uid.

    Args:
        found: Collects the problems.
        folder: The folder of the files.
        runbook_base_url: The address of this stack's runbooks, which all links must start with;
            None skips the check.
        folder_uid: The uid of the folder in Grafana, which no dashboard may have.
    """
    files: dict[str, DashboardFile] = {}
    titles: dict[str, str] = {}
    for path in files_of(folder, ".json", found, others=("README.md",)):
        name = file_name(path)
        text = read_text(path, found)
        content = None if text is None else parse_json(text, name, found)
        if text is None or content is None:
            continue
        if not isinstance(content, dict):
            found.add(name, "(whole file): not an object: write a dashboard")
            continue
        for problem in _problems(content, path.stem, runbook_base_url):
            found.add(name, problem)
        if path.stem == folder_uid:
            found.add(name, f"uid: grafana.folder_uid is {folder_uid!r}, too: rename one")
        title = str(content.get("title"))
        if title in titles:
            found.add(name, f"title: also in {titles[title]}: rename one (got {title!r})")
        titles[title] = name
        files[path.stem] = DashboardFile(text=text, content=content)
    if not files:
        found.add(folder.name, "contains no valid dashboard: run `make dashboards`")
    return files


def _problems(content: Mapping[str, Any], stem: str, runbook_base_url: str | None) -> Iterator[str]:
    faults = grafana.faults(content)
    yield from (f"{place}: {reason}" for place, reason in faults)
    uid = content.get("uid")
    if isinstance(uid, str) and uid != stem:
        yield f"uid: must be the file name: set it to {stem!r} (got {uid!r})"
    elsewhere = [
        link["url"]
        for _, panel in grafana.panels(content)
        for link in grafana.links(panel)
        if runbook_base_url is not None and not link["url"].startswith(f"{runbook_base_url}/")
    ]
    if elsewhere:
        yield (
            f"{len(elsewhere)} links do not start with monitoring.runbook_base_url "
            f"{runbook_base_url!r}: use one address in all stacks and run `make dashboards` "
            f"(got {elsewhere[0]!r})"
        )
