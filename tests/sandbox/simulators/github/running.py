"""The GitHub simulator with a person, and a bot for each permission of a job."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.sandbox.simulators.processes import running

REPOSITORY = "waqiti/platform"
PERSON, ISSUES, PULL_REQUESTS = "of-a-person", "of-issues", "of-pull-requests"
ACTIONS, READS = "of-actions", "of-nothing"


@contextmanager
def github(folder: Path) -> Iterator[str]:
    """Run the simulator; yield its address."""
    users = folder / "users"
    users.write_text(
        f"alice issues,pull-requests {PERSON}\n"
        f"github-actions[bot] issues {ISSUES}\n"
        f"github-actions[bot] pull-requests {PULL_REQUESTS}\n"
        f"github-actions[bot] actions {ACTIONS}\n"
        f"github-actions[bot] nothing {READS}\n"
    )
    options = (f"--repository={REPOSITORY}", f"--user-file={users}")
    with running("github", folder, *options) as (url, _):
        yield url
