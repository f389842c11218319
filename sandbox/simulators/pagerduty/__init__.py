"""
A simulator of PagerDuty on loopback: REST API v2, Events API v2, and escalation.

It has the routes that this platform uses, written from the public API documents.
"""
