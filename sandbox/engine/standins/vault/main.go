// Stand-in for the released Vault plugin 7.7.0. It serves the types that the program declares, on
// the bridge and the API client of the released plugin.
package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"waqiti.com/sandbox/standins/frame"
)

const plugin = "vault"

// Set by the linker: the engine starts only the version that the SDK names.
var version string

func main() {
	info := tfbridge.ProviderInfo{
		P: shimv2.NewProvider(&schema.Provider{
			Schema:        options(),
			ConfigureFunc: configure,
			ResourcesMap: map[string]*schema.Resource{
				"vault_kubernetes_auth_backend_role": kubernetesRole(),
				"vault_kv_secret_v2":                 secret(),
				"vault_policy":                       policy(),
			},
		}),
		Name:         plugin,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			"vault_kubernetes_auth_backend_role": {Tok: "vault:kubernetes/authBackendRole:AuthBackendRole"},
			"vault_kv_secret_v2":                 {Tok: "vault:kv/secretV2:SecretV2"},
			"vault_policy":                       {Tok: "vault:index/policy:Policy"},
		},
	}
	info.SetAutonaming(255, "-")
	frame.Serve(info, func(bridge pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
		return bridge
	})
}
