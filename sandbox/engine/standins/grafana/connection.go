package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	httptransport "github.com/go-openapi/runtime/client"
	goapi "github.com/grafana/grafana-openapi-client-go/client"
	"github.com/grafana/grafana-openapi-client-go/pkg/transport"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

// connection is the configured provider; without an address or a credential it serves previews only.
type connection struct {
	address *url.URL
	config  *goapi.TransportConfig
}

// api speaks for one organisation; 0 is the one of the token.
type api struct {
	*goapi.GrafanaHTTPAPI
	org     int64
	address *url.URL
}

func configure(_ context.Context, d *schema.ResourceData) (any, diag.Diagnostics) {
	connection, err := newConnection(d)
	if err != nil {
		return nil, diag.FromErr(err)
	}
	return connection, nil
}

func newConnection(d *schema.ResourceData) (*connection, error) {
	var wrong []error
	noted := func(err error) { wrong = append(wrong, err) }
	retries, err := number(d, "retries", "GRAFANA_RETRIES", defaultRetries)
	noted(err)
	wait, err := number(d, "retry_wait", "GRAFANA_RETRY_WAIT", 0)
	noted(err)
	address, err := url.Parse(given(d, "url", "GRAFANA_URL"))
	noted(err)
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	auth := given(d, "auth", "GRAFANA_AUTH")
	if address.Host == "" || auth == "" {
		return &connection{}, nil
	}
	config := &goapi.TransportConfig{
		Host:             address.Host,
		BasePath:         path.Join("/", address.Path, "api"),
		Schemes:          []string{address.Scheme},
		NumRetries:       retries,
		RetryTimeout:     time.Duration(wait) * time.Second,
		RetryStatusCodes: []string{"429", "5xx", "401"}, // Grafana under load answers 401 to good tokens
		HTTPHeaders: map[string]string{
			"Grafana-Terraform-Provider":         "true",
			"Grafana-Terraform-Provider-Version": version,
		},
	}
	authorize(config, auth)
	return &connection{address: address, config: config}, nil
}

// authorize takes `user:password` for the main organisation, a token for its own, or `anonymous`.
func authorize(config *goapi.TransportConfig, auth string) {
	user, password, isBasic := strings.Cut(auth, ":")
	switch {
	case isBasic:
		config.BasicAuth = url.UserPassword(strings.TrimSpace(user), strings.TrimSpace(password))
		config.OrgID = 1
	case auth != "anonymous":
		config.APIKey = strings.TrimSpace(auth)
	}
}

// The library writes into http.DefaultTransport for each client: a request that used it at that moment
// could end the process. So clients are created one at a time, and requests have their own transport.
var (
	creation sync.Mutex
	requests = http.DefaultTransport.(*http.Transport).Clone()
)

func newClient(config *goapi.TransportConfig) *goapi.GrafanaHTTPAPI {
	creation.Lock()
	defer creation.Unlock()
	return goapi.NewHTTPClientWithConfig(nil, config)
}

// connect gives the client for an organisation; 0 leaves the choice to the credential.
func connect(meta any, org int64) (*api, error) {
	connection := meta.(*connection)
	if connection.config == nil {
		return nil, errors.New(
			"the Grafana client is required for this resource. Set the auth and url provider attributes")
	}
	if err := frame.RefuseElsewhere(plugin, connection.address.String()); err != nil {
		return nil, err
	}
	config := *connection.config
	if org > 0 {
		config.OrgID = org
	}
	client := newClient(&config)
	runtime := client.Transport.(*httptransport.Runtime)
	runtime.Transport.(*transport.RetryableTransport).Transport = requests
	runtime.Transport = frame.Loopback{Plugin: plugin, Next: runtime.Transport}
	return &api{client, max(org, config.OrgID), connection.address}, nil
}

// identify is the id of an object in the client's organisation.
func (a *api) identify(uid string) string {
	return fmt.Sprintf("%d:%s", a.org, uid)
}

// link is the full address of a path that Grafana gave.
func (a *api) link(to string) string {
	return a.address.JoinPath(strings.TrimPrefix(to, a.address.Path)).String()
}

// split parts `ORG:UID`; an id without an organisation is all uid.
func split(id string) (int64, string) {
	if org, uid, ok := strings.Cut(id, ":"); ok {
		if number, err := strconv.ParseInt(org, 10, 64); err == nil {
			return number, uid
		}
	}
	return 0, id
}

type operation = func(context.Context, *schema.ResourceData, any) diag.Diagnostics

// made does what makes or saves an object in the organisation that it asks for, and reads it back.
func made(do func(context.Context, *schema.ResourceData, *api) error, read operation) operation {
	return func(ctx context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		org, _ := strconv.ParseInt(d.Get("org_id").(string), 10, 64)
		client, err := connect(meta, org)
		if err == nil {
			err = do(ctx, d, client)
		}
		if err != nil {
			return diag.FromErr(err)
		}
		return read(ctx, d, meta)
	}
}

// known does something to an object by its uid; what is missing there leaves the state.
func known(kind string, do func(d *schema.ResourceData, client *api, uid string) error) operation {
	return func(_ context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
		org, uid := split(d.Id())
		client, err := connect(meta, org)
		if err != nil {
			return diag.FromErr(err)
		}
		if err = do(d, client, uid); isMissing(err) {
			id := d.Id()
			d.SetId("")
			return diag.Diagnostics{{
				Severity: diag.Warning,
				Summary: fmt.Sprintf(
					"%s with ID %q is in Terraform state, but no longer exists in Grafana", kind, id),
				Detail: fmt.Sprintf("%q will be recreated when you apply", id),
			}}
		}
		return diag.FromErr(err)
	}
}

func isMissing(err error) bool {
	var status interface{ IsCode(code int) bool }
	return errors.As(err, &status) && status.IsCode(http.StatusNotFound)
}

func unreadable(kind string, d *schema.ResourceData, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("error reading %s with ID`%s`: %w", kind, d.Id(), err)
}

func organisation() *schema.Schema {
	org := frame.Replaces(frame.Optional(schema.TypeString))
	org.DiffSuppressFunc = func(_, _, wanted string, _ *schema.ResourceData) bool { return wanted == "" }
	return org
}

// setAll writes values to the state and stops at the first one that does not fit the schema.
func setAll(d *schema.ResourceData, values map[string]any) error {
	for key, value := range values {
		if err := d.Set(key, value); err != nil {
			return err
		}
	}
	return nil
}
