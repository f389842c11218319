"""Hosts the library as the Pulumi package `waqiti`, for programs in any language."""

import gc
import sys
from pathlib import Path

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

# The engine clones the whole repository and runs this folder: the library is two folders above.
sys.path.insert(0, str(Path(__file__).parents[2]))

import components

PACKAGE = "waqiti"
# The engine knows the package by its commit or tag; a schema without a version is refused.
VERSION = "0.0.0"


class Library(ComponentProvider):
    """The components; wrong arguments are reported as one sentence, without a traceback."""

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Construct the component *name*."""
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as failed:
            if isinstance(failed.inner, InputPropertiesError):
                # The sentence names every argument already; without a list, the SDK fails.
                raise InputPropertiesError(failed.inner.message, []) from None
            raise


def hosted() -> list[type[pulumi.ComponentResource]]:
    """Return every component that the library exports."""
    exported = (getattr(components, name) for name in components.__all__)
    return [
        item
        for item in exported
        if isinstance(item, type) and issubclass(item, pulumi.ComponentResource)
    ]


def library() -> Library:
    """Return the provider, with the schema inferred from the components' annotations."""
    # A garbage collection inside the parser can fail it (CPython gh-106905), and the SDK then
    # leaves out a description.
    gc.disable()
    try:
        return Library(hosted(), PACKAGE, version=VERSION)
    finally:
        gc.enable()


if __name__ == "__main__":
    main(library(), sys.argv[1:])
