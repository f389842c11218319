"""A plan that is not the reviewed one is refused, and each deviation is named."""

from tests.waqiti.pipeline.plan.previews import urn
from waqiti.pipeline.plan import Change, Plan, Value
from waqiti.pipeline.plan.review import deviations


def plan(*changes):
    return Plan("prod", changes)


def change(operation="update", name="a", **values):
    listed = [Value(path, *one) for path, one in values.items()]
    return Change(operation, urn("T", name), listed)


def test_the_same_plan_deviates_in_nothing():
    one = plan(change(x=("1", "2")), change("create", "b", y=(None, "3")))

    assert list(deviations(one, one)) == []


def test_every_deviation_is_named():
    reviewed = plan(
        change(x=("1", "2"), gone=("1", "2")), change("delete", "b"), change("update", "c")
    )
    found = plan(
        change(x=("1", "3"), new=(None, "2")), change("create", "d"), change("replace", "c")
    )

    assert list(deviations(reviewed, found)) == [
        "T a: gone: it would be unchanged, and was reviewed as '1' → '2'",
        "T a: new: it would be 'nothing' → '2', and was reviewed as unchanged",
        "T a: x: it would be '1' → '3', and was reviewed as '1' → '2'",
        "T b: it was to be deleted, and is not in the plan any more",
        "T c: it would be replaced, and was reviewed as changed",
        "T d: it would be created, and was not in the reviewed plan",
    ]
