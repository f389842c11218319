"""Where the copies of a state are that cannot be read."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

_STATES = Path(".pulumi", "stacks")
_HISTORY = Path(".pulumi", "history")


def remedy(stack: str, backend: str) -> str:
    """
    Return how to restore the damaged state of *stack*, as an imperative.

    Args:
        stack: The name of the stack.
        backend: The URL of the backend, as `pulumi whoami --json` prints it.
    """
    url = urlsplit(backend)
    if url.scheme != "file":
        return f"restore an earlier version of it in {backend}"
    name = stack.rpartition("/")[2]
    for state in sorted(Path(url.path).glob(f"{_STATES}/*/{name}.json")):
        if not _is_whole(state):
            return _restore(Path(url.path), state)
    return f"restore it in {url.path}"


def _restore(backend: Path, state: Path) -> str:
    copies = [copy for copy in _copies(backend, state) if _is_whole(copy)]
    if not copies:
        return f"{state} has no copy: restore it from a backup of {backend}"
    newest = max(copies, key=lambda copy: copy.stat().st_mtime)
    moment = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    return f"`cp {newest} {state}` restores that of {moment:%Y-%m-%d %H:%M:%S} UTC"


def _copies(backend: Path, state: Path) -> Iterator[Path]:
    """
    Yield what the engine keeps: the state before the last write, and that after each update.

    With PULUMI_RETAIN_CHECKPOINTS it also keeps the state after each write.
    """
    for copy in state.parent.glob(f"{state.name}.*"):
        if copy.suffix == ".bak" or copy.suffix[1:].isdigit():
            yield copy
    yield from (backend / _HISTORY / state.parent.name / state.stem).glob("*.checkpoint.json")


def _is_whole(file: Path) -> bool:
    try:
        return bool(json.loads(file.read_text()))
    except ValueError:
        return False
