// Stands in for the released Vault plugin 7.7.0: the types that the program uses and two more on
// which the provider's options were recorded, framed by the same bridge and on the same client.
package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"waqiti.com/sandbox/standins/frame"
)

const plugin = "vault"

// The linker sets it: the engine starts only the version that the SDK names.
var version string

func main() {
	info := tfbridge.ProviderInfo{
		P: shimv2.NewProvider(&schema.Provider{
			Schema:        options(),
			ConfigureFunc: configure,
			ResourcesMap: map[string]*schema.Resource{
				"vault_kv_secret_v2": namespaced(secret()),
				"vault_mount":        namespaced(mount()),
				"vault_policy":       namespaced(policy()),
			},
		}),
		Name:         plugin,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			"vault_kv_secret_v2": {Tok: "vault:kv/secretV2:SecretV2"},
			"vault_mount":        {Tok: "vault:index/mount:Mount"},
			"vault_policy":       {Tok: "vault:index/policy:Policy"},
		},
	}
	info.SetAutonaming(255, "-")
	frame.Serve(info, func(bridge pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
		return bridge
	})
}
