"""The sandbox's rights are those that the command prints."""

import re

import pytest

from sandbox.estate import grants
from sandbox.world import SandboxError


def test_a_command_that_fails_is_reported_with_its_reason(monkeypatch):
    monkeypatch.setattr(grants, "STACK", "qa")

    reason = "the rights of Pulumi are not known: error: there is no Pulumi.qa.yaml"
    with pytest.raises(SandboxError, match=re.escape(reason)):
        grants.granted("vault")
