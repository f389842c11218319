"""
A Slack workspace's incoming webhooks on loopback: what is posted is kept, by channel, in order.

Not Slack: it imitates the one route that this platform uses, from the public API documents.
"""
