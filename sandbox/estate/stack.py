"""The Pulumi project and stack that run in the sandbox."""

PROJECT = "waqiti"
STACK = "local"
TRANSIT_KEY = "pulumi"  # encrypts the state
