import pytest

# A failed comparison outside of a test module shows both sides.
pytest.register_assert_rewrite("tests.engine.faults.observing", "tests.engine.faults.page")
