"""A name is one that PagerDuty takes."""

import pytest

from systems import pagerduty


@pytest.mark.parametrize("name", ["Waqiti Production", "a", "é" * 100])
def test_a_name_of_pagerduty_is_accepted(name):
    assert pagerduty.check_name(name) == name


@pytest.mark.parametrize("name", ["", " a", "a ", "a/b", "a&b", "<a>", "a\nb", "x" * 101])
def test_another_name_is_refused(name):
    with pytest.raises(ValueError, match="is no name for PagerDuty: use 1 to 100 characters"):
        pagerduty.check_name(name)
