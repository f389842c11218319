"""Only `sandbox/estate` contains names of Waqiti."""

import re

from sandbox.estate.kafka import services, topics
from sandbox.estate.s3 import BUCKET
from sandbox.estate.secrets import operator_provided_secrets
from sandbox.estate.slack import channels
from sandbox.estate.stack import PROJECT
from sandbox.servers import SERVERS
from sandbox.world import World
from tests.conftest import ROOT
from tests.test_layout import TRACKED

# The sandbox's own name: in its cache folder, the simulators' answers, the marker of its
# processes, and the paths of its Go modules.
OWN_NAME = re.compile(r"waqiti-sandbox|waqiti_sandbox|waqiti\.com/sandbox")


def test_only_the_estate_contains_names_of_waqiti(tmp_path):
    world = World(tmp_path / "world", 20000, SERVERS)
    world.create()
    folders = {path.partition("/")[0] for path in operator_provided_secrets(world)}
    names = {
        *(PROJECT, BUCKET, *topics(), *services()),
        *(f"{folder}/" for folder in folders),
        *(f'"{channel}"' for channel in channels() if channel != "critical"),
    }
    named = re.compile("|".join(map(re.escape, sorted(names))))
    found = {
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in TRACKED
        if path.is_relative_to(ROOT / "sandbox")
        and not path.is_relative_to(ROOT / "sandbox" / "estate")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if named.search(OWN_NAME.sub("", line.lower()))
    }

    assert found == set()
