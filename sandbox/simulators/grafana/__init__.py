"""
A Grafana on loopback: folders, dashboards with their versions, search, data sources.

Not Grafana: it imitates the routes that this platform uses, from the public HTTP API documents.
"""
