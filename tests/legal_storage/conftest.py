"""A configuration with a local volume and without a store."""

import os

import pytest

from legal_storage.configuration import Configuration


def described(folder):
    return {
        "documents": str(folder / "documents"),
        "owner": {"uid": os.getuid() or 10001, "gid": os.getgid() or 10001},
        "scratch": str(folder / "scratch"),
        "secrets": str(folder / "secrets"),
        "retention_years": 7,
        "largest_loss_percent": 1,
        "stack": "tests",
        "image": "registry.example/legal-storage@sha256:" + "a" * 64,
        "store": {
            "kind": "s3",
            "endpoint": "https://s3.example",
            "region": "eu-west-1",
            "bucket": "legal",
        },
        "logs": {"folder": str(folder / "logs"), "megabytes": 1, "files": 3},
    }


@pytest.fixture
def configuration(tmp_path):
    return Configuration.model_validate(described(tmp_path))
