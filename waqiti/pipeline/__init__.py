"""What the steps of a pipeline run around `pulumi preview` and `pulumi up`."""
