package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"waqiti.com/sandbox/standins/frame"
)

const (
	noCredentials = "\nNo valid credentials found for PagerDuty provider.\n" +
		"Please see https://www.terraform.io/docs/providers/pagerduty/index.html\n" +
		"for more information on providing credentials for this provider.\n"
	abilities      = "/abilities"
	validationLoop = 2 * time.Minute
)

// connection is the configured provider: a client, and whether its credentials were checked.
type connection struct {
	client  client
	mutex   sync.Mutex
	checked bool
}

// configure checks the credentials as the released plugin's newer half does: once, at the start.
func configure(ctx context.Context, d *schema.ResourceData) (any, diag.Diagnostics) {
	connection := &connection{
		checked: d.Get("skip_credentials_validation").(bool),
		client: client{
			base:      address(d),
			token:     d.Get("token").(string),
			userAgent: userAgent("0.11+compatible"),
			http: &http.Client{
				Timeout:   30 * time.Second,
				Transport: frame.Loopback{Plugin: plugin, Next: http.DefaultTransport},
			},
		},
	}
	first := connection.client
	first.userAgent = userAgent("pulumi-terraform-bridge")
	if first.token == "" {
		return nil, unconfigured(noCredentials)
	}
	if connection.checked {
		return connection, nil
	}
	if err := frame.RefuseElsewhere(plugin, first.base); err != nil {
		return nil, diag.FromErr(err)
	}
	if err := retry.RetryContext(ctx, validationLoop, first.ask); err != nil {
		return nil, unconfigured(err.Error() + "\n" + noCredentials)
	}
	return connection, nil
}

func unconfigured(reason string) diag.Diagnostics {
	return diag.Diagnostics{{
		Severity: diag.Error, Summary: "Cannot obtain plugin client", Detail: reason,
	}}
}

func address(d *schema.ResourceData) string {
	if override := d.Get("api_url_override").(string); override != "" {
		return override
	}
	if region := strings.ToLower(d.Get("service_region").(string)); region != "us" && region != "" {
		return "https://api." + region + ".pagerduty.com"
	}
	return "https://api.pagerduty.com"
}

func userAgent(caller string) string {
	return fmt.Sprintf("(%s %s) Terraform/%s", runtime.GOOS, runtime.GOARCH, caller)
}

// ask lists the account's abilities, in the words of the released plugin's newer half.
func (c *client) ask() *retry.RetryError {
	response, content, err := c.send(http.MethodGet, abilities, nil)
	switch {
	case err != nil:
		return retry.RetryableError(fmt.Errorf("error calling the API endpoint: %w", err))
	case response.StatusCode/100 == 2:
		return nil
	}
	var known struct {
		Error struct {
			Code    int
			Message string
			Errors  []string
		}
	}
	if json.Unmarshal(content, &known) != nil {
		err = fmt.Errorf(
			"HTTP response with status code %d does not contain Content-Type: application/json", response.StatusCode)
	} else {
		err = fmt.Errorf("HTTP response failed with status code %d, message: %s (code: %d)",
			response.StatusCode, known.Error.Message, known.Error.Code)
	}
	if response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden {
		return retry.NonRetryableError(err)
	}
	return retry.RetryableError(err)
}

// connect checks the credentials as the released plugin's older half does: twice, before the first
// use, and again before the next one if that failed.
func connect(meta any) (*client, error) {
	connection := meta.(*connection)
	connection.mutex.Lock()
	defer connection.mutex.Unlock()
	api := &connection.client
	if err := frame.RefuseElsewhere(plugin, api.base); err != nil {
		return nil, err
	}
	if connection.checked {
		return api, nil
	}
	err := retry.Retry(validationLoop, func() *retry.RetryError {
		if err := api.call(http.MethodGet, abilities, nil, nil); err != nil {
			return retry.NonRetryableError(err)
		}
		return retryable(api.call(http.MethodGet, abilities, nil, nil))
	})
	if err != nil {
		return nil, fmt.Errorf("%w\n\n%s", err, noCredentials)
	}
	connection.checked = true
	return api, nil
}
