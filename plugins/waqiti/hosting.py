"""The library's components for programs in any language, and the schema of the whole package."""

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import pulumi
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

import components
from plugins.waqiti import PACKAGE, VERSION

Host = TypeVar("Host", bound=ComponentProvider)

# The plugin's resources by the module of their tokens; their arguments describe them.
RESOURCES: Mapping[str, list[Any]] = {
    "slack": [components.Channel],
    "vault": [components.ExpectedSecret, components.GeneratedSecret, components.PasswordPolicy],
}


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
    """Return the components' provider, with the schema of the whole package."""
    hosting = _described(Library, hosted())
    schema = _schema(hosting)
    for module, kinds in RESOURCES.items():
        own = _schema(_described(ComponentProvider, kinds))["resources"]
        schema["resources"] |= {
            f"{PACKAGE}:{module}:{token.rpartition(':')[2]}": {**resource, "isComponent": False}
            for token, resource in own.items()
        }
    (provider,) = _schema(_described(ComponentProvider, [components.Provider]))[
        "resources"
    ].values()
    schema["provider"] = {name: provider[name] for name in ("description", "inputProperties")}
    hosting.schema = json.dumps(schema)
    return hosting


def _described(hosting: type[Host], kinds: list[Any]) -> Host:
    """Return a host of *kinds*, with the schema inferred from their annotations."""
    with _uncollected():
        return hosting(kinds, PACKAGE, version=VERSION)


def _schema(hosting: ComponentProvider) -> dict[str, Any]:
    inferred: dict[str, Any] = json.loads(hosting.schema or "{}")
    return inferred


@contextmanager
def _uncollected() -> Iterator[None]:
    # A garbage collection inside the parser can fail it (CPython gh-106905), and the SDK then
    # leaves out a description.
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
