package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"

	"waqiti.com/sandbox/standins/frame"
)

const (
	withStrategies = "?include%5B%5D=escalation_rule_assignment_strategies"
	patience       = 5 * time.Minute
)

func escalationPolicy() *schema.Resource {
	return &schema.Resource{
		Create:   policyCreate,
		Read:     policyRead,
		Update:   policyUpdate,
		Delete:   policyDelete,
		Importer: &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema:   policySchema(),
	}
}

func policySchema() frame.Fields {
	name := frame.Required(schema.TypeString)
	name.ValidateDiagFunc = isName(`\/&<>`, `the characters '\', '/', '&', '<', '>', or any non-printable characters`)

	loops := frame.Optional(schema.TypeInt)
	loops.ValidateFunc = sdk.IntBetween(0, 9)

	delay := frame.Required(schema.TypeInt)
	delay.ValidateFunc = sdk.IntAtLeast(1)

	strategy := oneOf("assign_to_everyone", "round_robin")
	strategy.Computed = true

	target := oneOf("user_reference", "schedule_reference")
	target.Default = "user_reference"

	return frame.Fields{
		"name":        name,
		"description": defaulted("Managed by Terraform"),
		"num_loops":   loops,
		"teams": {
			Type: schema.TypeList, Optional: true, MaxItems: 1, Elem: &schema.Schema{Type: schema.TypeString},
		},
		"rule": frame.List(schema.Schema{Required: true}, frame.Fields{
			"id":                          frame.Computed(schema.TypeString),
			"escalation_delay_in_minutes": delay,
			"escalation_rule_assignment_strategy": frame.Single(
				schema.Schema{Optional: true, Computed: true}, frame.Fields{"type": strategy},
			),
			"target": frame.List(schema.Schema{Required: true}, frame.Fields{
				"type": target, "id": frame.Required(schema.TypeString),
			}),
		}),
	}
}

func policyBody(d *schema.ResourceData) object {
	body := sparse(object{
		"name":             d.Get("name"),
		"description":      d.Get("description"),
		"escalation_rules": each(d.Get("rule"), ruleBody),
	})
	body["num_loops"], body["teams"] = d.Get("num_loops"), nil
	if teams := items(d.Get("teams")); len(teams) > 0 {
		body["teams"] = []any{refer("team_reference", teams[0])}
	}
	return body
}

func ruleBody(given object) object {
	body := sparse(object{
		"targets": each(given["target"], func(target object) object { return picked(target, "id", "type") }),
	})
	body["escalation_delay_in_minutes"] = given["escalation_delay_in_minutes"]
	if strategy := inner(given["escalation_rule_assignment_strategy"]); len(strategy) > 0 {
		body["escalation_rule_assignment_strategy"] = picked(strategy, "type")
	}
	return body
}

func policyCreate(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	var made struct {
		Policy object `json:"escalation_policy"`
	}
	body := object{"escalation_policy": policyBody(d)}
	if err := api.call(http.MethodPost, "/escalation_policies", body, &made); err != nil {
		return err
	}
	d.SetId(text(made.Policy, "id"))
	return readPolicy(d, api, unreadable)
}

func policyRead(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	return readPolicy(d, api, unlessGone)
}

// readPolicy asks once, whatever comes back, and then until the API answers: an account without
// the entitlement refuses the strategies, and is asked without them.
func readPolicy(d *schema.ResourceData, api *client, missing whenRefused) error {
	var found struct {
		Policy object `json:"escalation_policy"`
	}
	path := "/escalation_policies/" + d.Id()
	err := api.call(http.MethodGet, path+withStrategies, nil, &found)
	if err == nil {
		return setAll(d, policyState(d, found.Policy))
	}
	if !isForbidden(err) {
		path += withStrategies
	}
	return retry.Retry(patience, func() *retry.RetryError {
		if err := api.call(http.MethodGet, path, nil, &found); err != nil {
			if hasStatus(err, http.StatusBadRequest) || isForbidden(err) {
				return retry.NonRetryableError(err)
			}
			if missing(d, err) == nil {
				return nil
			}
			time.Sleep(2 * time.Second)
			return retry.RetryableError(err)
		}
		if err := setAll(d, policyState(d, found.Policy)); err != nil {
			return retry.NonRetryableError(err)
		}
		return nil
	})
}

func policyState(d *schema.ResourceData, found object) object {
	state := texts(found, "name", "description")
	state["num_loops"] = found["num_loops"]
	state["teams"] = idsOf(found["teams"])
	rules := items(found["escalation_rules"])
	states := make([]any, len(rules))
	for i := range rules {
		states[i] = ruleState(content(rules[i]), items(d.Get(fmt.Sprintf("rule.%d.target", i))))
	}
	state["rule"] = states
	return state
}

func ruleState(found object, declared []any) object {
	return object{
		"id":                                  text(found, "id"),
		"escalation_delay_in_minutes":         found["escalation_delay_in_minutes"],
		"escalation_rule_assignment_strategy": block(texts(child(found, "escalation_rule_assignment_strategy"), "type")),
		"target":                              inDeclaredOrder(each(found["targets"], targetState), declared),
	}
}

func targetState(found object) object { return texts(found, "id", "type") }

// inDeclaredOrder: the API sorts a rule's targets its own way, which is no difference.
func inDeclaredOrder(found, declared []any) []any {
	var sorted []any
	placed := map[any]bool{}
	take := func(id any) {
		for _, target := range found {
			if target.(object)["id"] == id && !placed[id] {
				sorted = append(sorted, target)
				placed[id] = true
			}
		}
	}
	for _, target := range declared {
		take(content(target)["id"])
	}
	for _, target := range found {
		take(target.(object)["id"])
	}
	return sorted
}

func idsOf(references any) []any {
	ids := []any{}
	for _, one := range items(references) {
		ids = append(ids, text(content(one), "id"))
	}
	return ids
}

// policyUpdate is one PUT whose answer is not read; a refused one is tried again for a while.
func policyUpdate(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	policy := policyBody(d)
	put := func() error {
		return api.call(http.MethodPut, "/escalation_policies/"+d.Id(), object{"escalation_policy": policy}, nil)
	}
	if err = put(); err == nil {
		return nil
	}
	if isForbidden(err) {
		if err := withoutStrategies(policy); err != nil {
			return err
		}
	}
	err = retry.Retry(patience, func() *retry.RetryError {
		err := put()
		if hasStatus(err, http.StatusBadRequest) || isForbidden(err) {
			return retry.NonRetryableError(err)
		}
		return retryable(err)
	})
	if err != nil {
		time.Sleep(2 * time.Second)
	}
	return err
}

func withoutStrategies(policy object) error {
	for i, one := range items(policy["escalation_rules"]) {
		rule := one.(object)
		if text(child(rule, "escalation_rule_assignment_strategy"), "type") == "round_robin" {
			return fmt.Errorf("Round Robin Scheduling is available for accounts on the following pricing plans: "+
				"Business, Digital Operations (legacy) and Enterprise for Incident Management. Therefore, set the "+
				"escalation_rule_assignment_strategy to 'assign_to_everyone' for the escalation rule at index %d", i)
		}
		delete(rule, "escalation_rule_assignment_strategy")
	}
	return nil
}

// policyDelete waits for the services that use the policy to go.
func policyDelete(d *schema.ResourceData, meta any) error {
	api, err := connect(meta)
	if err != nil {
		return err
	}
	err = retry.Retry(2*time.Minute, func() *retry.RetryError {
		err := api.call(http.MethodDelete, "/escalation_policies/"+d.Id(), nil, nil)
		switch {
		case hasStatus(err, http.StatusBadRequest):
			return retry.RetryableError(err)
		case err != nil && !isGone(err):
			return retry.NonRetryableError(unreadable(d, err))
		}
		return nil
	})
	if err != nil {
		time.Sleep(2 * time.Second)
		return err
	}
	d.SetId("")
	time.Sleep(time.Second) // its schedules count as used a little longer
	return nil
}
