"""The Pulumi project that runs in the sandbox."""

PROJECT = "waqiti"
