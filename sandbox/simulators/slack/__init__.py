"""
A simulator of Slack's incoming webhooks on loopback: it keeps messages by channel, in order.

It has the one route that this platform uses, written from the public API documents.
"""
