from collections.abc import Mapping
from concurrent.futures import Future

import pytest

from tests.engine.standins.differences import differences, tolerated
from tests.engine.standins.recordings import VERSIONS, Case, kept
from tests.engine.standins.replay import Outcome

CASES = [case for package in VERSIONS for case in kept(package)]
TOLERATED = tolerated()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.package}-{case.name}")
def test_the_stand_in_answers_and_sends_what_the_released_plugin_does(
    case: Case, replays: Mapping[tuple[str, str], Future[Mapping[int, Outcome]]]
) -> None:
    found = differences(case, replays[case.package, case.name].result())

    rows = [row for row in TOLERATED if row.case == case.name]
    unexplained = [one for one in found if not any(row.covers(one) for row in rows)]
    assert not unexplained, "\n".join(map(str, unexplained))
    covered = sum(row.covers(one) for row in rows for one in found)
    assert covered == sum(len(row.ours) for row in rows), "a row of tolerated.yaml is no difference"


def test_every_tolerated_difference_belongs_to_a_case() -> None:
    assert {row.case for row in TOLERATED} <= {case.name for case in CASES}
