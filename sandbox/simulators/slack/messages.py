"""The payload of a message: JSON in the body or in a form field."""

import json
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from sandbox.simulators.slack.answers import refused

_FORM = "application/x-www-form-urlencoded"
MOST_ATTACHMENTS = 100


class Message(BaseModel):
    """The part of a payload that decides whether Slack accepts it; the whole payload is kept."""

    model_config = ConfigDict(frozen=True, extra="allow")

    text: str | None = None
    attachments: tuple[dict[str, Any], ...] | None = None
    blocks: tuple[dict[str, Any], ...] | None = None


def read(raw: bytes, content_type: str) -> dict[str, Any]:
    """Return the payload of a request as it was received, or refuse it."""
    try:
        payload = from_json(_json(raw, content_type), allow_inf_nan=False)
        json.dumps(payload, allow_nan=False)  # 1e999 is read as infinity, which is no JSON
        message = Message.model_validate(payload)
    except ValueError:
        raise refused(400, "invalid_payload") from None
    if not (message.text or message.attachments or message.blocks):
        raise refused(400, "no_text")
    if len(message.attachments or ()) > MOST_ATTACHMENTS:
        raise refused(400, "too_many_attachments")
    return dict(payload)


def _json(raw: bytes, content_type: str) -> bytes | str:
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return raw
    return parse_qs(raw.decode(), errors="strict").get("payload", [""])[0]
