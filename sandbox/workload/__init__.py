"""Waqiti's services, imitated: their metrics, their audit records and their health."""
