"""
Print as JSON the packages of the Python that runs this file.

The program's interpreter runs this file, not the host's: standard library only, nothing newer than
Python 3.10.
"""

import json
import re
from importlib import metadata, util
from pathlib import Path
from typing import Any


def packages() -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for distribution in metadata.distributions():
        headers = distribution.metadata
        requirements = headers.get_all("Requires-Dist") or []
        name = _normalized(headers["Name"])
        package = {
            "name": name,
            "version": headers["Version"],
            "requires": [_normalized(text) for text in requirements if not _optional(text)],
            "plugin": _plugin(headers["Name"]),
        }
        # The first package on the path hides later ones, as with `import`.
        found.setdefault(name, package)
    return sorted(found.values(), key=lambda package: package["name"])


def _normalized(requirement: str) -> str:
    name = re.match(r"[\w.-]*", requirement)
    return re.sub(r"[-_.]+", "-", name.group() if name else "").lower()


def _optional(requirement: str) -> bool:
    # The packages of an extra are required only if the extra is requested, as with pip.
    return bool(re.search(r";.*\bextra\b", requirement))


def _plugin(distribution: str) -> dict[str, Any] | None:
    spec = util.find_spec(re.sub("[-.]", "_", distribution))
    for folder in (spec and spec.submodule_search_locations) or ():
        described = Path(folder, "pulumi-plugin.json")
        if described.is_file():
            return dict(json.loads(described.read_text(encoding="utf-8")))
    return None


if __name__ == "__main__":
    print(json.dumps(packages()))
