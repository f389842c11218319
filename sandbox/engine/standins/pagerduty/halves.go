package main

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// halves answers about the provider's own options as the released plugin does, which is an older
// and a newer provider behind one interface; all types that the program uses are the older one's.
type halves struct {
	pulumirpc.ResourceProviderServer
}

// CheckConfig writes the one default that the newer half writes, and returns refused options too.
func (h halves) CheckConfig(ctx context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	answer, err := h.ResourceProviderServer.CheckConfig(ctx, request)
	if err != nil {
		return nil, err
	}
	if answer.Inputs == nil {
		answer.Inputs = request.News
	}
	const option = "skipCredentialsValidation"
	if _, given := answer.Inputs.Fields[option]; !given {
		answer.Inputs.Fields[option] = structpb.NewStringValue("false")
	}
	return answer, nil
}

// DiffConfig says that its details are all there is.
func (h halves) DiffConfig(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	answer, err := h.ResourceProviderServer.DiffConfig(ctx, request)
	if err == nil {
		answer.HasDetailedDiff = len(answer.DetailedDiff) > 0
	}
	return answer, err
}

// Configure reports its one error without a list around it.
func (h halves) Configure(
	ctx context.Context, request *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	answer, err := h.ResourceProviderServer.Configure(ctx, request)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "1 error occurred:\n\t* ")
		return nil, errors.New(strings.TrimSuffix(reason, "\n\n"))
	}
	return answer, nil
}
