"""
What the pods of the legal documents run: copies that cannot be lost, and proof that they are good.

Each document version is one encrypted, locked object; a manifest of each run names them all.
"""
