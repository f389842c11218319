"""
A PagerDuty account on loopback: REST API v2 and Events API v2, with incidents that escalate.

Not PagerDuty: it imitates the routes that this platform uses, from the public API documents.
"""
