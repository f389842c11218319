"""
Verifies the audit trail: every operation of the services' ledger has a record in the topic.

The code of the image that the pods of `components/audit_reconciliation` run.
"""
