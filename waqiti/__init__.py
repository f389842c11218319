"""The operator commands around `pulumi up`."""
