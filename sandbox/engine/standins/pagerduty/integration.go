package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/go-cty/cty"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

func serviceIntegration() *schema.Resource {
	return &schema.Resource{
		Create:   integrationCreate,
		Read:     integrationRead,
		Update:   integrationUpdate,
		Delete:   integrationDelete,
		Importer: &schema.ResourceImporter{StateContext: integrationImport},
		Schema:   integrationSchema(),
	}
}

func integrationSchema() frame.Fields {
	service := frame.Required(schema.TypeString)
	service.ForceNew = true

	kind := oneOf(
		"aws_cloudwatch_inbound_integration",
		"cloudkick_inbound_integration",
		"event_transformer_api_inbound_integration",
		"events_api_v2_inbound_integration",
		"generic_events_api_inbound_integration",
		"keynote_inbound_integration",
		"nagios_inbound_integration",
		"pingdom_inbound_integration",
		"sql_monitor_inbound_integration",
	)
	kind.Computed, kind.ForceNew, kind.ConflictsWith = true, true, []string{"vendor"}

	vendor := frame.OptionalComputed(schema.TypeString)
	vendor.ForceNew, vendor.ConflictsWith = true, []string{"type"}

	key := frame.OptionalComputed(schema.TypeString)
	key.ValidateDiagFunc = warnOfGivenKey

	return frame.Fields{
		"name":            frame.Optional(schema.TypeString),
		"service":         service,
		"type":            kind,
		"vendor":          vendor,
		"integration_key": key,
		"html_url":        frame.Computed(schema.TypeString),
	}
}

func warnOfGivenKey(value any, path cty.Path) diag.Diagnostics {
	if value == "" {
		return nil
	}
	return diag.Diagnostics{{
		Severity: diag.Warning,
		Summary: "Argument is deprecated. Assignments or updates to this attribute are not supported by " +
			"Service Integrations API, it is a read-only value. Input support will be dropped in upcomming major release",
		AttributePath: path,
	}}
}

func integrationBody(d *schema.ResourceData) object {
	body := sparse(object{
		"name":            d.Get("name"),
		"type":            d.Get("type"),
		"vendor":          refer("vendor", d.Get("vendor")),
		"integration_key": d.Get("integration_key"),
	})
	body["service"] = sparse(object{"id": d.Get("service"), "type": "service"})
	if body["type"] == nil {
		body["type"] = "service_integration"
	}
	return body
}

func integrationPath(d *schema.ResourceData) string {
	return fmt.Sprintf("/services/%s/integrations/%s", d.Get("service"), d.Id())
}

func integrationCreate(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	body := integrationBody(d)
	err = retry.Retry(2*time.Minute, func() *retry.RetryError {
		var made struct{ Integration object }
		path := fmt.Sprintf("/services/%s/integrations", d.Get("service"))
		err := api.call(http.MethodPost, path, object{"integration": body}, &made)
		switch {
		case hasStatus(err, http.StatusBadRequest): // the service may not have settled yet
			return retry.RetryableError(err)
		case err != nil:
			return retry.NonRetryableError(err)
		}
		d.SetId(text(made.Integration, "id"))
		return nil
	})
	if err != nil {
		return err
	}
	return readIntegration(d, api, unreadable)
}

func integrationRead(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	return readIntegration(d, api, unlessGone)
}

func readIntegration(d *schema.ResourceData, api *client, missing whenRefused) error {
	return retry.Retry(2*time.Minute, func() *retry.RetryError {
		var found struct{ Integration object }
		if err := api.call(http.MethodGet, integrationPath(d), nil, &found); err != nil {
			if hasStatus(err, http.StatusBadRequest) {
				return retry.NonRetryableError(err)
			}
			return retryable(missing(d, err))
		}
		return retryable(setAll(d, integrationState(found.Integration)))
	})
}

// integrationState does not change what the API does not return.
func integrationState(found object) object {
	state := picked(found, "integration_key", "html_url")
	state["name"], state["type"] = text(found, "name"), text(found, "type")
	if service := child(found, "service"); service != nil {
		state["service"] = text(service, "id")
	}
	if vendor := child(found, "vendor"); vendor != nil {
		state["vendor"] = text(vendor, "id")
	}
	return state
}

func integrationUpdate(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	body := integrationBody(d)
	return api.call(http.MethodPut, integrationPath(d), object{"integration": body}, nil)
}

func integrationDelete(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	if err := api.call(http.MethodDelete, integrationPath(d), nil, nil); err != nil {
		return err
	}
	d.SetId("")
	return nil
}

func integrationImport(_ context.Context, d *schema.ResourceData, meta any) ([]*schema.ResourceData, error) {
	api, err := connect(meta)
	if err != nil {
		return nil, err
	}
	service, id, ok := strings.Cut(d.Id(), ".")
	if !ok || strings.Contains(id, ".") {
		return nil, errors.New("Error importing pagerduty_service_integration. " +
			"Expecting an importation ID formed as '<service_id>.<integration_id>'")
	}
	d.SetId(id)
	if err := d.Set("service", service); err != nil {
		return nil, err
	}
	return []*schema.ResourceData{d}, api.call(http.MethodGet, integrationPath(d), nil, nil)
}
