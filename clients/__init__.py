"""
The requests that the program and the command send to the systems themselves.

They reach a system as its provider does: the same certificate authorities, proxies, tokens and
namespaces. They change nothing.
"""
