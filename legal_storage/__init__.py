"""
The commands of the pods for legal documents: backup, integrity check, restore, legal hold.

Each version of a document is one encrypted, locked object. Each backup writes a manifest of all
versions.
"""
