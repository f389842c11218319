"""The engine's values as plain ones, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue
from pulumi.runtime import rpc

Values = Mapping[str, Any]

# In a preview, a value that is known only after an `up`.
UNKNOWN = object()  # the SDK's own cannot be compared


def plain(values: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """Return *values* without the engine's marks; what is absent or null is left out."""
    return {
        name: _plain(value)
        for name, value in values.items()
        if value.value is not None and not name.startswith("__")
    }


def marked(values: Values, given: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
    """Return *values* as the engine's; what is a secret in *given* stays one."""
    secret = {name for name, value in given.items() if value.contains_secret()}
    return {name: _marked(value).with_secret(name in secret) for name, value in values.items()}


def _plain(value: PropertyValue) -> Any:  # noqa: ANN401 - any value
    inner = value.value
    if isinstance(inner, Computed):
        return UNKNOWN
    if isinstance(inner, Mapping):
        return {name: _plain(one) for name, one in inner.items()}
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [_plain(one) for one in inner]
    if isinstance(inner, float) and inner.is_integer():
        return int(inner)  # the engine's numbers are floats
    return inner


def _marked(value: Any) -> PropertyValue:  # noqa: ANN401 - any value
    if value is UNKNOWN:
        return PropertyValue(rpc.UNKNOWN)  # the SDK cannot send its own mark of one
    if isinstance(value, Mapping):
        return PropertyValue({name: _marked(one) for name, one in value.items()})
    if isinstance(value, list):
        return PropertyValue([_marked(one) for one in value])
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(value)
