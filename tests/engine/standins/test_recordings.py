import os

import pytest

from tests.engine.standins.recordings import KEPT, ORIGINAL, VERSIONS, chosen


@pytest.mark.parametrize("package", VERSIONS)
def test_the_kept_cases_are_those_of_the_original_recording(package: str) -> None:
    if not ORIGINAL.is_dir():
        if "WAQITI_VECTORS" in os.environ:
            pytest.fail(
                f"WAQITI_VECTORS names {ORIGINAL}, which is no folder: name the recordings' folder"
            )
        pytest.skip(
            f"the original recording is not beside this clone ({ORIGINAL}); the kept cases are"
        )
    file = KEPT / f"{package}.jsonl"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(chosen(package))

    assert file.read_text() == chosen(package), "run again with UPDATE_GOLDEN=1 and read the diff"
