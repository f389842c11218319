"""Simulators that are killed and started again: processes of their own, for each test."""
