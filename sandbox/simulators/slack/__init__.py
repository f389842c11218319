"""
A simulator of one Slack workspace on loopback: its channels, messages, webhooks and tokens.

It has what this platform uses, written from the public API documents.
"""
