"""What the stacks declare: each is run once for all tests."""

from functools import cache

from grants import Declared, declare


@cache
def declared_by(stack: str) -> Declared:
    return declare(stack, "pulumi", None)
