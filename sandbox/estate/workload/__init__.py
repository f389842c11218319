"""A simulation of Waqiti's services: their metrics, audit records and health."""
