"""What the program declares is recorded while another program runs."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pulumi_pagerduty as pagerduty
from pulumi.runtime.settings import get_monitor

from grants.declared import declare_current
from tests.conftest import stack_config, stack_settings
from tests.grants.stacks import declared_by


def monitors():
    """Return the connection to the engine as this thread and as a new one see it."""
    with ThreadPoolExecutor(1) as pool:
        return get_monitor(), pool.submit(get_monitor).result()


def by_text(resources):
    return sorted(map(repr, resources))


def test_a_running_program_goes_on_as_if_nothing_was_recorded(deploy, monkeypatch, capfd):
    config = json.dumps({key: json.dumps(v) for key, v in stack_config("prod").items()})
    monkeypatch.setenv("PULUMI_CONFIG", config)
    seen = []

    def program():
        pagerduty.Team("before")
        seen.append(monitors())
        declared = declare_current(stack_settings("prod"))
        seen.append(monitors())
        pagerduty.Team("after")
        assert by_text(declared.resources) == by_text(declared_by("prod").resources)

    plan = deploy(program)

    assert {resource.name for resource in plan.resources} == {"before", "after"}
    assert seen[0] == seen[1]
    assert os.environ["PULUMI_CONFIG"] == config
    assert capfd.readouterr() == ("", "")
