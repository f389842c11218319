// Stands in for the released Grafana plugin: folders and dashboards as release 0.16.3 was recorded,
// framed by the same bridge and on the same client.
package main

import (
	"os"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
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
		Name:                 plugin,
		Version:              version,
		MetadataInfo:         tfbridge.NewProviderMetadata([]byte("{}")),
		PreConfigureCallback: fromEnvironment,
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

// fromEnvironment fills options in already when the program is read: the state holds them, the credential as a secret.
func fromEnvironment(options resource.PropertyMap, _ shim.ResourceConfig) error {
	for option, variable := range map[resource.PropertyKey]string{"auth": "GRAFANA_AUTH", "url": "GRAFANA_URL"} {
		if value := os.Getenv(variable); value != "" && !options.HasValue(option) {
			options[option] = resource.NewStringProperty(value)
		}
	}
	return nil
}
