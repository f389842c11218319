"""The folders that people write, copied, and the report of a stack with them."""

import json
import shutil

from settings import InvalidSettingsError, load_settings
from tests.conftest import ROOT, stack_config

_FOLDERS = ("catalog", "alert_rules", "dashboards", "runbooks")


def copied(top):
    """Copy every folder that people write to *top*, and return it."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, top / name, ignore=shutil.ignore_patterns("__pycache__"))
    return top


def report(stack, top=ROOT, **sections):
    config = stack_config(stack)
    for section, changes in sections.items():
        config[f"waqiti:{section}"] |= changes
    texts = {key: json.dumps(value) for key, value in config.items()}
    folders = {name: top / name for name in ("catalog", "alert_rules", "dashboards")}
    try:
        load_settings(stack, texts, **folders)
    except InvalidSettingsError as problems:
        return [line.strip() for line in str(problems).splitlines()]
    return []


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
