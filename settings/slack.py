"""The section `slack`: the workspace that alerts are posted to."""

from typing import Annotated

from pydantic import AfterValidator, Field

from settings.pagerduty import token_is_protected
from settings.sections import Section, is_url

AppName = Annotated[str, Field(min_length=1, max_length=35)]


class SlackSettings(Section):
    """
    The Slack workspace and its channels.

    Args:
        enabled: Whether alerts are posted to Slack. Without it, no channel is declared, nothing is
            routed there and no secret of Slack is needed.
        api_url: The address of the API, if it is not Slack's own; for a simulator.
        app_name: The name of the app that has the token and the webhooks.
        war_room: Whether the stack has a channel for the people of an incident.
    """

    enabled: bool
    api_url: Annotated[str, AfterValidator(is_url), AfterValidator(token_is_protected)] | None = (
        None
    )
    app_name: AppName
    war_room: bool = False
