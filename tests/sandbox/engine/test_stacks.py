"""Only the last copies of a state are kept."""

from sandbox.engine import stacks
from sandbox.world import World


def test_the_oldest_retained_checkpoints_are_deleted(tmp_path):
    folder = tmp_path / "state/.pulumi/stacks/waqiti"
    folder.mkdir(parents=True)
    kept = {
        "local.json",
        "local.json.bak",
        *(f"local.json.179597563898382877{n}" for n in range(9)),
    }
    for name in kept:
        (folder / name).touch()

    stacks._delete_old_checkpoints(World(tmp_path, 1, ()))  # noqa: SLF001 - the rest needs an engine

    assert {path.name for path in folder.iterdir()} == kept - {
        f"local.json.179597563898382877{n}" for n in range(4)
    }
