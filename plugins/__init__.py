"""Pulumi plugins: folders that the engine runs."""
