"""The section `alerting`: the alert channels of the platform's services."""

from settings.sections import Section


class AlertingSettings(Section):
    """The alert channels that the platform's services use."""

    pagerduty_enabled: bool
    slack_enabled: bool
