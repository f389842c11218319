"""
A simulator of Grafana on loopback: folders, dashboards, search.

It has the routes that this platform uses, written from the public HTTP API documents.
"""
