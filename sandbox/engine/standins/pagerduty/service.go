package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"

	"waqiti.com/sandbox/standins/frame"
)

const useSupportHours = "use_support_hours"

func service() *schema.Resource {
	return &schema.Resource{
		Create:        serviceCreate,
		Read:          serviceRead,
		Update:        serviceUpdate,
		Delete:        serviceDelete,
		CustomizeDiff: serviceRules,
		Importer:      &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema:        serviceSchema(),
	}
}

func serviceSchema() frame.Fields {
	name := frame.Required(schema.TypeString)
	name.ValidateDiagFunc = isName("", "non-printable characters")

	// The API no longer lets anyone choose, so a difference here is none.
	alertCreation := oneOf("create_alerts_and_incidents", "create_incidents")
	alertCreation.DiffSuppressFunc = func(_, _, _ string, _ *schema.ResourceData) bool { return true }

	pauseTimeout := frame.OptionalComputed(schema.TypeInt)
	pauseTimeout.ValidateDiagFunc = validation.ToDiagFunc(validation.IntInSlice([]int{120, 180, 300, 600, 900}))

	timeZone := frame.Optional(schema.TypeString)
	timeZone.ValidateDiagFunc = isTimeZone

	urgency := frame.Fields{"type": frame.Optional(schema.TypeString), "urgency": frame.Optional(schema.TypeString)}

	return frame.Fields{
		"name":                    name,
		"description":             defaulted("Managed by Terraform"),
		"escalation_policy":       frame.Required(schema.TypeString),
		"acknowledgement_timeout": defaulted("1800"),
		"auto_resolve_timeout":    defaulted("14400"),
		"alert_creation":          alertCreation,
		"html_url":                frame.Computed(schema.TypeString),
		"status":                  frame.Computed(schema.TypeString),
		"created_at":              frame.Computed(schema.TypeString),
		"last_incident_timestamp": frame.Computed(schema.TypeString),
		"type":                    frame.Computed(schema.TypeString),
		"auto_pause_notifications_parameters": frame.Single(schema.Schema{Optional: true, Computed: true}, frame.Fields{
			"enabled": frame.OptionalComputed(schema.TypeBool),
			"timeout": pauseTimeout,
		}),
		"incident_urgency_rule": frame.Single(schema.Schema{Optional: true, Computed: true}, frame.Fields{
			"type":                  frame.Required(schema.TypeString),
			"urgency":               frame.Optional(schema.TypeString),
			"during_support_hours":  frame.Single(schema.Schema{Optional: true, MinItems: 1}, urgency),
			"outside_support_hours": frame.Single(schema.Schema{Optional: true, MinItems: 1}, urgency),
		}),
		"support_hours": frame.Single(schema.Schema{Optional: true, MinItems: 1}, frame.Fields{
			"type":       frame.Optional(schema.TypeString),
			"time_zone":  timeZone,
			"start_time": frame.Optional(schema.TypeString),
			"end_time":   frame.Optional(schema.TypeString),
			"days_of_week": {
				Type: schema.TypeList, Optional: true, MaxItems: 7, Elem: &schema.Schema{Type: schema.TypeInt},
			},
		}),
		"scheduled_actions": frame.List(schema.Schema{Optional: true}, frame.Fields{
			"type":       frame.Optional(schema.TypeString),
			"to_urgency": frame.Optional(schema.TypeString),
			"at": frame.List(schema.Schema{Optional: true}, frame.Fields{
				"type": frame.Optional(schema.TypeString), "name": frame.Optional(schema.TypeString),
			}),
		}),
	}
}

// serviceRules are the rules over several fields, which a preview checks.
func serviceRules(_ context.Context, diff *schema.ResourceDiff, _ any) error {
	if diff.Get("incident_urgency_rule.0.type") == useSupportHours {
		if diff.Get("incident_urgency_rule.0.urgency") != "" {
			return errors.New("general urgency cannot be set for a use_support_hours incident urgency rule type")
		}
		if diff.Get("support_hours.#") != 1 {
			return errors.New("when using type = use_support_hours in incident_urgency_rule you must specify " +
				"exactly one (otherwise optional) support_hours block")
		}
	}
	return nil
}

func serviceCreate(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	body, err := serviceBody(d)
	if err != nil {
		return err
	}
	var made struct{ Service object }
	if err := api.call(http.MethodPost, "/services", object{"service": body}, &made); err != nil {
		return err
	}
	d.SetId(text(made.Service, "id"))
	return readService(d, api, unreadable)
}

func serviceRead(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	return readService(d, api, unlessGone)
}

func serviceUpdate(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	body, err := serviceBody(d)
	if err != nil {
		return err
	}
	if err := api.call(http.MethodPut, "/services/"+d.Id(), object{"service": body}, nil); err != nil {
		return unlessGone(d, err)
	}
	return readService(d, api, unlessGone)
}

func serviceDelete(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	if err := api.call(http.MethodDelete, "/services/"+d.Id(), nil, nil); err != nil {
		return unlessGone(d, err)
	}
	d.SetId("")
	time.Sleep(time.Second) // its escalation policy counts as used a little longer
	return nil
}
