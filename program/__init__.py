"""The parts of `__main__`: wiring, providers and preflight checks."""
