// Stands in for the released PagerDuty plugin 4.29.9: the types that the program uses, framed by
// the same bridge, so that what can differ is only the code in this folder.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"waqiti.com/sandbox/standins/frame"
)

const plugin = "pagerduty"

// The linker sets it: the engine starts only the version that the SDK names.
var version string

func main() {
	managed := map[string]*tfbridge.SchemaInfo{
		"description": {Default: &tfbridge.DefaultInfo{Value: "Managed by Pulumi"}},
	}
	info := tfbridge.ProviderInfo{
		P:            shimv2.NewProvider(provider()),
		Name:         plugin,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			"pagerduty_escalation_policy": {Fields: managed},
			"pagerduty_service":           {Fields: managed},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("pagerduty_", "index", tokens.MakeStandard(plugin)))
	info.SetAutonaming(255, "-")
	frame.Serve(info, func(bridge pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
		return halves{bridge}
	})
}
