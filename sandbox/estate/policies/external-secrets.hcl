# The cluster's external-secrets reads what alerting and the legal documents need.
path "secret/data/alerting/*" { capabilities = ["read"] }
path "secret/data/legal-documents/*" { capabilities = ["read"] }
