# Pulumi writes the secrets that the program declares; the provider reads them back to detect drift.
path "secret/data/alerting/*" { capabilities = ["create", "read", "update", "delete"] }
path "secret/metadata/alerting/*" { capabilities = ["create", "read", "update", "delete"] }

# Of operator-provided secrets it reads the names of the keys, and no value.
path "secret/subkeys/alerting/slack" { capabilities = ["read"] }
path "secret/subkeys/legal-documents/*" { capabilities = ["read"] }

# Its state is encrypted with one transit key.
path "transit/encrypt/pulumi" { capabilities = ["update"] }
path "transit/decrypt/pulumi" { capabilities = ["update"] }
