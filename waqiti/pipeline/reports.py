"""The files that one job of a pipeline leaves for the next, and a job's summary."""

import json
import os
import re
from pathlib import Path
from typing import Any

# Not a hidden folder: an upload of artifacts leaves those out.
_FOLDER = Path("reports")
STARTED = "{}.started"  # of a stack: its `up` may have changed something


def write(name: str, text: str) -> None:
    """Write the report *name*."""
    _FOLDER.mkdir(exist_ok=True)
    (_FOLDER / name).write_text(text, encoding="utf-8")


def write_json(name: str, document: object) -> None:
    """Write the report *name* as JSON."""
    write(name, json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def read(name: str) -> str | None:
    """Return the report *name*, or None if no job wrote one."""
    try:
        return (_FOLDER / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def read_json(name: str) -> dict[str, Any] | None:
    """Return the report *name*, or None if no job wrote one, or not to its end."""
    try:
        found = json.loads(read(name) or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def publish(text: str) -> None:
    """Print Markdown, and add it to the summary of the job if there is one."""
    print(text)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def run_url() -> str:
    """Return the address of this run of the workflow, or an empty text outside of one."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name, "") for name in names)
    return f"{server}/{repository}/actions/runs/{run}" if run else ""


def plain(text: str) -> str:
    """Return *text* so that Markdown shows it as it is, and notifies nobody."""
    return re.sub(r"([\\`*_<>\[\]#|~])", r"\\\1", text).replace("@", "@\u200b")
