"""The whole platform on one machine: the world of the stack `local`, on loopback only."""
