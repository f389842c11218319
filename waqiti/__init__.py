"""What people do around `pulumi up`."""
