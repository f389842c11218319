"""
The part of `ExternalSecret` that the sandbox supports; it refuses every other field.

The fields are those of external-secrets v1. A field with one accepted value accepts its default.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from sandbox.servers.kubernetes.api import Object

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}

# In a template: `{{ .key }}`, and `{{ "{{" }}`, which stands for literal braces.
_ACTION = re.compile(r'\{\{\s*(?:\.(?P<key>[A-Za-z0-9_]+)|"(?P<text>[^"]*)")\s*\}\}')


class Unanswerable(Exception):  # noqa: N818 - what external-secrets calls a condition, not an error
    """No Secret can be made from the object now; the message has the reason, and no value."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class StoreRef(_Strict):
    """The store of the values."""

    name: str
    kind: Literal["ClusterSecretStore", "SecretStore"]


class RemoteRef(_Strict):
    """A secret of the store, or one key in it."""

    key: str
    property: str | None = None
    conversion_strategy: Literal["Default"] = "Default"
    decoding_strategy: Literal["None"] = "None"
    metadata_policy: Literal["None"] = "None"
    null_byte_policy: Literal["Ignore"] = "Ignore"


class Entry(_Strict):
    """One key of the Secret."""

    secret_key: str
    remote_ref: RemoteRef


class Extraction(_Strict):
    """All keys of a secret of the store."""

    extract: RemoteRef


class TemplateMetadata(_Strict):
    """The labels and annotations of the Secret."""

    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}


class Template(_Strict):
    """The template of the Secret; without one, the Secret holds the values as they are."""

    engine_version: Literal["v2"] = "v2"
    merge_policy: Literal["Replace"] = "Replace"
    type: str = "Opaque"
    metadata: TemplateMetadata = TemplateMetadata()
    data: Mapping[str, str] = {}


class Target(_Strict):
    """The Secret."""

    name: str | None = None
    creation_policy: Literal["Owner"] = "Owner"
    deletion_policy: Literal["Retain"] = "Retain"
    template: Template = Template()


class Spec(_Strict):
    """The whole spec of an object."""

    secret_store_ref: StoreRef
    refresh_policy: Literal["Periodic"] = "Periodic"
    refresh_interval: str = "1h0m0s"
    target: Target = Target()
    data: tuple[Entry, ...] = ()
    data_from: tuple[Extraction, ...] = Field(default=())

    @property
    def refresh_every(self) -> timedelta:
        """Return the interval at which the values are read again; zero means once."""
        parts = re.findall(r"([0-9.]+)(ms|h|m|s)", self.refresh_interval)
        return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in parts))

    def secret_data(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return the data of the Secret, from the values that were read."""
        if not self.target.template.data:
            return values
        return {key: _fill(text, values) for key, text in self.target.template.data.items()}


def read_spec(described: Object) -> Spec:
    """
    Read the spec of an object.

    Raises:
        Unanswerable: The spec has something that the sandbox does not support.
    """
    try:
        return Spec.model_validate(described["spec"])
    except ValidationError as error:
        places = [".".join(("spec", *map(str, fault["loc"]))) for fault in error.errors()]
        raise Unanswerable(f"the sandbox does not do {', '.join(places)}") from None


def _fill(text: str, values: Mapping[str, str]) -> str:
    rest = _ACTION.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise Unanswerable('the sandbox fills in {{ .key }} and {{ "text" }} and no other action')

    def value(action: re.Match[str]) -> str:
        if action["key"] is None:
            return str(action["text"])
        if action["key"] not in values:
            raise Unanswerable(f"the template names a key that was not read: {action['key']}")
        return values[action["key"]]

    return _ACTION.sub(value, text)
