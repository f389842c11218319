"""Simulators of hosted services, written from their public API documents."""
