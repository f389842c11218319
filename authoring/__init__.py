"""Generators of committed files; Pulumi never runs them."""
