"""The example programs of `docs/library.md`."""

import re

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "library.md"


def blocks(kind: str) -> list[str]:
    """Return the code blocks of the page that are marked as *kind*."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
