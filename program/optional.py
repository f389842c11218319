"""Components of a system that a stack may switch off."""

from collections.abc import Callable
from typing import TypeVar

import pulumi

Args = TypeVar("Args")
Component = TypeVar("Component", bound=pulumi.ComponentResource)


def optional(
    component: Callable[[str, Args, pulumi.ResourceOptions], Component],
    name: str,
    args: Args | None,
    opts: pulumi.ResourceOptions,
) -> Component | None:
    """Declare *component*, or nothing without arguments."""
    return None if args is None else component(name, args, opts)
