"""Programs that the sandbox runs, each built once into a cache outside the checkout."""
