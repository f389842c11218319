"""Kubeconfigs for clusters that a test provides."""

from pathlib import Path

import yaml


def write_kubeconfig(path: Path, context: str, server: str) -> None:
    """Write a kubeconfig with one context, which leads to *server*."""
    config = {
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
        "current-context": context,
    }
    path.write_text(yaml.safe_dump(config))
