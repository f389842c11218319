package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

func serviceBody(d *schema.ResourceData) (object, error) {
	acknowledge, err := minutes(d, "acknowledgement_timeout")
	if err != nil {
		return nil, err
	}
	resolve, err := minutes(d, "auto_resolve_timeout")
	if err != nil {
		return nil, err
	}
	body := sparse(object{
		"name":                                d.Get("name"),
		"description":                         d.Get("description"),
		"alert_creation":                      d.Get("alert_creation"),
		"auto_pause_notifications_parameters": autoPauseBody(inner(d.Get("auto_pause_notifications_parameters"))),
		"escalation_policy":                   refer("escalation_policy_reference", d.Get("escalation_policy")),
		"incident_urgency_rule":               urgencyBody(inner(d.Get("incident_urgency_rule"))),
		"support_hours": picked(inner(d.Get("support_hours")),
			"type", "time_zone", "start_time", "end_time", "days_of_week"),
		"scheduled_actions": scheduledActionsBody(d),
	})
	body["acknowledgement_timeout"], body["auto_resolve_timeout"] = acknowledge, resolve
	body["response_play"] = nil // the released plugin sends it always
	return body, nil
}

// minutes reads a number written as text; "null" and nothing switch the timeout off.
func minutes(d *schema.ResourceData, key string) (any, error) {
	written := d.Get(key).(string)
	if written == "" || written == "null" {
		return nil, nil
	}
	return strconv.Atoi(written)
}

func refer(kind string, id any) object {
	if id == "" {
		return nil
	}
	return object{"id": id, "type": kind}
}

func autoPauseBody(given object) object {
	if given == nil {
		return nil
	}
	if given["enabled"] != true {
		return object{"enabled": false, "timeout": nil}
	}
	return object{"enabled": true, "timeout": given["timeout"]}
}

func urgencyBody(given object) object {
	if given == nil {
		return nil
	}
	body := picked(given, "type", "urgency")
	for _, when := range []string{"during_support_hours", "outside_support_hours"} {
		if len(items(given[when])) > 0 {
			body[when] = picked(inner(given[when]), "type", "urgency")
		}
	}
	return body
}

func scheduledActionsBody(d *schema.ResourceData) any {
	actions := each(d.Get("scheduled_actions"), func(action object) object {
		body := picked(action, "type", "to_urgency")
		if at := inner(action["at"]); len(at) > 0 {
			body["at"] = picked(at, "type", "name")
		}
		return body
	})
	// The released plugin sends one null action where support hours have none: the API must cope.
	if len(actions) == 0 && d.Get("incident_urgency_rule.0.type") == useSupportHours {
		return []*object{nil}
	}
	return actions
}

// readService asks until the API answers, or refuses for good; *missing* decides about the rest.
func readService(d *schema.ResourceData, api *client, missing whenRefused) error {
	return retry.Retry(2*time.Minute, func() *retry.RetryError {
		var found struct{ Service object }
		path := "/services/" + d.Id() + "?include%5B%5D=auto_pause_notifications_parameters"
		if err := api.call(http.MethodGet, path, nil, &found); err != nil {
			if hasStatus(err, http.StatusBadRequest) {
				return retry.NonRetryableError(err)
			}
			return retryable(missing(d, err))
		}
		if err := setAll(d, serviceState(found.Service)); err != nil {
			return retry.NonRetryableError(err)
		}
		return nil
	})
}

func serviceState(found object) object {
	state := texts(found, "name", "type", "html_url", "status", "created_at", "description",
		"alert_creation", "last_incident_timestamp")
	state["escalation_policy"] = text(child(found, "escalation_policy"), "id")
	for _, key := range []string{"acknowledgement_timeout", "auto_resolve_timeout"} {
		state[key] = "null"
		if number, ok := found[key].(float64); ok {
			state[key] = strconv.Itoa(int(number))
		}
	}
	if pause := child(found, "auto_pause_notifications_parameters"); pause != nil {
		state["auto_pause_notifications_parameters"] = block(autoPauseState(pause))
	}
	if rule := child(found, "incident_urgency_rule"); rule != nil {
		filled := texts(rule, "type", "urgency")
		for _, when := range []string{"during_support_hours", "outside_support_hours"} {
			filled[when] = block(texts(child(rule, when), "type", "urgency"))
		}
		state["incident_urgency_rule"] = block(filled)
	}
	if hours := child(found, "support_hours"); hours != nil {
		state["support_hours"] = block(picked(hours, "type", "time_zone", "start_time", "end_time", "days_of_week"))
	}
	if _, ok := found["scheduled_actions"].([]any); ok {
		state["scheduled_actions"] = each(found["scheduled_actions"], func(action object) object {
			filled := texts(action, "type", "to_urgency")
			filled["at"] = block(texts(child(action, "at"), "type", "name"))
			return filled
		})
	}
	return state
}

func autoPauseState(found object) object {
	if found["enabled"] == true {
		return object{"enabled": true, "timeout": found["timeout"]}
	}
	if found["timeout"] == nil {
		return object{"enabled": false, "timeout": 120}
	}
	return object{"enabled": false}
}
