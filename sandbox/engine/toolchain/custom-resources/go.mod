module waqiti.com/sandbox/toolchain/custom-resources

go 1.26

require (
	github.com/external-secrets/external-secrets v1.3.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
