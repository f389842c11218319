"""The text of a plan, whole."""

from tests.waqiti.pipeline.plan.previews import urn
from waqiti.pipeline.plan import Change, Plan, Value
from waqiti.pipeline.plan.markdown import markdown


def test_an_unchanged_plan_is_one_line():
    assert markdown(Plan("prod")) == "**prod**: no changes\n"


def test_a_plan_shows_each_change_with_its_values():
    plan = Plan(
        "prod",
        [
            Change("delete", urn("T", "gone"), []),
            Change(
                "update", urn("T", "topic"), [Value("partitions", "10", "12"), Value("x", "a", "a")]
            ),
            Change("create", urn("T", "new"), [Value("name", None, "new\ntopic")]),
        ],
    )

    assert (
        markdown(plan)
        == """\
### prod: 1 deleted, 1 changed, 1 created

**deleted** `T` `gone`

**changed** `T` `topic`
```diff
- partitions: 10
+ partitions: 12
! x: another secret
```

**created** `T` `new`
```diff
+ name: new⏎topic
```
"""
    )


def test_of_a_text_of_many_lines_only_the_changed_lines_are_shown():
    plan = Plan(
        "prod", [Change("update", urn("T", "t"), [Value("file", "a\nb\nc\n", "a\nB\nc\n")])]
    )

    assert markdown(plan).splitlines()[3:] == ["```diff", "! file:", "-   b", "+   B", "```"]


def test_of_long_texts_the_place_where_they_differ_is_shown():
    same = "x" * 1000
    plan = Plan("prod", [Change("update", urn("T", "t"), [Value("v", same + "a", same + "b")])])

    before, now = markdown(plan).splitlines()[4:6]
    shown = "x" * 150
    assert (before, now) == (
        f"- v: …{shown}a (1,001 characters)",
        f"+ v: …{shown}b (1,001 characters)",
    )


def test_no_value_ends_the_block_that_shows_it():
    plan = Plan("prod", [Change("create", urn("T", "t"), [Value("v", None, "``` ````@all")])])

    assert markdown(plan).splitlines()[3:] == ["`````diff", "+ v: ``` ````@all", "`````"]


def test_a_refusal_notifies_nobody_and_shows_no_markup():
    assert markdown(Plan("prod", refusals=["a_b: <b> @ops `x`"])) == (
        "### prod: the preview refuses this\n\n- a\\_b: \\<b\\> @\u200bops \\`x\\`\n"
    )


def test_a_plan_that_is_longer_than_a_comment_is_cut_between_two_changes():
    values = [Value(f"v{number}", None, "x" * 250) for number in range(60)]
    plan = Plan("prod", [Change("create", urn("T", f"t{number}"), values) for number in range(10)])

    text = markdown(plan)

    assert len(text) < 65_000
    assert text.endswith("```\n\n7 more: the file `prod.json` of this run has them.\n")
