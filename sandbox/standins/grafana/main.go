// Stands in for the released Grafana plugin: folders and dashboards as release 0.16.3 was recorded,
// framed by the same bridge and on the same client.
package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"waqiti.com/sandbox/standins/frame"
)

const plugin = "grafana"

// The linker sets it: the engine starts only the version that the SDK names.
var version string

func main() {
	info := tfbridge.ProviderInfo{
		P: shimv2.NewProvider(&schema.Provider{
			Schema:               options(),
			ConfigureContextFunc: configure,
			ResourcesMap: map[string]*schema.Resource{
				"grafana_dashboard": dashboard(),
				"grafana_folder":    folder(),
			},
		}),
		Name:         plugin,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Config: map[string]*tfbridge.SchemaInfo{
			"auth": environment("GRAFANA_AUTH"),
			"url":  environment("GRAFANA_URL"),
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"grafana_dashboard": {Tok: "grafana:oss/dashboard:Dashboard"},
			"grafana_folder":    {Tok: "grafana:oss/folder:Folder"},
		},
	}
	info.SetAutonaming(255, "-")
	frame.Serve(info, func(bridge pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer {
		return bridge
	})
}

// environment fills an option in already when the program is read: the state holds it, a credential as a secret.
func environment(variable string) *tfbridge.SchemaInfo {
	return &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: []string{variable}}}
}
