"""The Pulumi package `waqiti`: the library's components, and resources of its own."""

PACKAGE = "waqiti"
# The engine knows the package by its commit or tag; a schema without a version is refused.
VERSION = "0.0.0"
