package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/go-cty/cty"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"

	"waqiti.com/sandbox/standins/frame"
)

const (
	useSupportHours     = "use_support_hours"
	groupingReplacement = "Use a resource `pagerduty_alert_grouping_setting` instead.\n" +
		"Follow the migration guide at https://registry.terraform.io/providers/PagerDuty/pagerduty/latest" +
		"/docs/resources/alert_grouping_setting#migration-from-alert_grouping_parameters"
	groupingMayBeDeleted = "Deleting alert_grouping_parameters might delete an alert_grouping_setting " +
		"depending on it, please run terraform plan and apply again after these changes are applied " +
		"in order to ensure Alert Grouping Settings are up and running"
)

func service() *schema.Resource {
	return &schema.Resource{
		Create:        serviceCreate,
		Read:          serviceRead,
		UpdateContext: serviceUpdate,
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

	grouping := oneOf("time", "intelligent", "rules")
	grouping.Computed = true
	grouping.Deprecated = "Use `alert_grouping_parameters.type`"
	grouping.ConflictsWith = []string{"alert_grouping_parameters"}

	groupingTimeout := frame.OptionalComputed(schema.TypeString)
	groupingTimeout.Deprecated = "Use `alert_grouping_parameters.config.timeout`"
	groupingTimeout.ConflictsWith = []string{"alert_grouping_parameters"}

	timeWindow := frame.OptionalComputed(schema.TypeInt)
	timeWindow.ValidateDiagFunc = isTimeWindow

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
		"alert_grouping":          grouping,
		"alert_grouping_timeout":  groupingTimeout,
		"response_play":           frame.OptionalComputed(schema.TypeString),
		"html_url":                frame.Computed(schema.TypeString),
		"status":                  frame.Computed(schema.TypeString),
		"created_at":              frame.Computed(schema.TypeString),
		"last_incident_timestamp": frame.Computed(schema.TypeString),
		"type":                    frame.Computed(schema.TypeString),
		"alert_grouping_parameters": frame.Single(schema.Schema{
			Optional:      true,
			Deprecated:    groupingReplacement,
			ConflictsWith: []string{"alert_grouping", "alert_grouping_timeout"},
		}, frame.Fields{
			"type": oneOf("time", "intelligent", "content_based"),
			"config": frame.Single(schema.Schema{Optional: true, Computed: true}, frame.Fields{
				"timeout":     frame.Optional(schema.TypeInt),
				"fields":      {Type: schema.TypeList, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}},
				"aggregate":   oneOf("all", "any"),
				"time_window": timeWindow,
			}),
		}),
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

func isTimeWindow(value any, path cty.Path) diag.Diagnostics {
	if seconds := value.(int); seconds == 86400 || 300 <= seconds && seconds <= 3600 {
		return nil
	}
	return refuse(path, "Alert grouping time window value must be between 300 and 3600 or exactly 86400"+
		"(86400 is supported only for content-based alert grouping), current setting is %d", value)
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
	return groupingRules(diff)
}

func groupingRules(diff *schema.ResourceDiff) error {
	kind, config := diff.Get("alert_grouping_parameters.0.type").(string), "alert_grouping_parameters.0.config.0."
	if kind == "" {
		return nil
	}
	changed := diff.HasChange("alert_grouping_parameters")
	aggregate := diff.Get(config+"aggregate") != ""
	list := len(items(diff.Get(config+"fields"))) > 0
	window := diff.Get(config + "time_window").(int)

	refused := func(attributes, verb, kinds string) error {
		return fmt.Errorf("Alert grouping parameters configuration %s %s only supported by %s type Alert Grouping",
			attributes, verb, kinds)
	}
	switch {
	case kind == "content_based" && !(aggregate && list):
		return errors.New("When using Alert grouping parameters configuration of type \"content_based\" is in use, " +
			"attributes \"aggregate\" and \"fields\" are required")
	case kind != "content_based" && window == 86400:
		return refused(`attribute "time_window" with a value of 86400`, "is", `"content-based"`)
	case kind != "content_based" && changed && (aggregate || list):
		return refused(`attributes "aggregate" and "fields"`, "are", `"content_based"`)
	case kind != "time" && changed && diff.Get(config+"timeout").(int) > 0:
		return refused(`attribute "timeout"`, "is", `"time"`)
	case kind == "time" && changed && window > 300:
		return refused(`attribute "time_window"`, "is", `"intelligent" and "content-based"`)
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
	time.Sleep(500 * time.Millisecond) // a service read at once comes without its grouping
	return readService(d, api, unreadable)
}

func serviceRead(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	return readService(d, api, unlessGone)
}

func serviceUpdate(_ context.Context, d *schema.ResourceData, meta any) diag.Diagnostics {
	api, err := connect(meta)
	if err != nil {
		return diag.FromErr(err)
	}
	body, err := serviceBody(d)
	if err != nil {
		return diag.FromErr(err)
	}
	if err := api.call(http.MethodPut, "/services/"+d.Id(), object{"service": body}, nil); err != nil {
		return diag.FromErr(unlessGone(d, err))
	}
	var warnings diag.Diagnostics
	if old, now := d.GetChange("alert_grouping_parameters"); len(items(old)) > 0 && len(items(now)) == 0 {
		warnings = diag.Diagnostics{{Severity: diag.Warning, Summary: groupingMayBeDeleted}}
	}
	return append(warnings, diag.FromErr(readService(d, api, unlessGone))...)
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
