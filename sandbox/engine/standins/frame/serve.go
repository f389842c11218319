package frame

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	plugin "github.com/pulumi/pulumi/pkg/v3/resource/provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Serve runs a stand-in on the bridge of the released plugins; *around* may adapt its answers.
func Serve(
	info tfbridge.ProviderInfo, around func(pulumirpc.ResourceProviderServer) pulumirpc.ResourceProviderServer,
) {
	info.Description = "Stand-in for the released " + info.Name + " plugin: talks to loopback addresses only."
	if slices.Contains(os.Args[1:], "--version") {
		fmt.Printf("%s\n%s\n", info.Version, info.Description)
		return
	}
	ctx := context.Background()
	schema := fmt.Appendf(nil, `{"name":%q,"version":%q,"description":%q}`, info.Name, info.Version, info.Description)
	info.P.InitLogging(ctx)
	err := plugin.Main(info.Name, func(host *plugin.HostClient) (pulumirpc.ResourceProviderServer, error) {
		return around(tfbridge.NewProvider(ctx, host, info.Name, info.Version, info.P, info, schema)), nil
	})
	if err != nil {
		cmdutil.ExitError(err.Error())
	}
}
