"""The app manifest: the part of Slack's published schema that an app without interaction uses."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.simulators.slack.answers import Json
from sandbox.simulators.slack.scopes import BOT, USER


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Metadata(_Part):
    major_version: int = 1
    minor_version: int = 1


class _DisplayInformation(_Part):
    name: Annotated[str, Field(min_length=1, max_length=35)]
    description: Annotated[str, Field(min_length=1, max_length=140)] | None = None
    background_color: Annotated[str, Field(pattern=r"^#([0-9a-fA-F]{3}){1,2}$")] | None = None
    long_description: Annotated[str, Field(min_length=175, max_length=4000)] | None = None


class _BotUser(_Part):
    display_name: Annotated[str, Field(min_length=1, max_length=80)]
    always_online: bool = False


class _Features(_Part):
    bot_user: _BotUser | None = None


class _Scopes(_Part):
    bot: list[str] = []
    user: list[str] = []


class _OauthConfig(_Part):
    scopes: _Scopes = _Scopes()


class _IncomingWebhooks(_Part):
    incoming_webhooks_enabled: bool = False


class _Settings(_Part):
    incoming_webhooks: _IncomingWebhooks = _IncomingWebhooks()
    org_deploy_enabled: bool = False
    socket_mode_enabled: bool = False
    token_rotation_enabled: bool = False


class _Manifest(_Part):
    metadata: _Metadata = Field(default=_Metadata(), alias="_metadata")
    display_information: _DisplayInformation
    features: _Features = _Features()
    oauth_config: _OauthConfig = _OauthConfig()
    settings: _Settings = _Settings()


def errors(source: str) -> list[Json]:
    """Return what is wrong in a manifest: a message, and a JSON pointer to its place."""
    try:
        manifest = _Manifest.model_validate_json(source)
    except ValidationError as error:
        return [
            {"message": each["msg"], "pointer": "/" + "/".join(map(str, each["loc"]))}
            for each in error.errors(include_url=False)
        ]
    found: list[Json] = []
    scopes = manifest.oauth_config.scopes
    for kind, given, known in (("bot", scopes.bot, BOT), ("user", scopes.user, USER)):
        found += [
            {"message": f"Unknown scope {each}", "pointer": f"/oauth_config/scopes/{kind}/{place}"}
            for place, each in enumerate(given)
            if each not in known
        ]
    if scopes.bot and manifest.features.bot_user is None:
        message = "A bot user is required for bot scopes"
        found.append({"message": message, "pointer": "/features/bot_user"})
    return found
