package main

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/vault/api"

	"waqiti.com/sandbox/standins/frame"
)

// tokenFields are sent at creation if they are set, later if they change.
var tokenFields = frame.Fields{
	"token_bound_cidrs":       set(),
	"token_explicit_max_ttl":  frame.Optional(schema.TypeInt),
	"token_max_ttl":           frame.Optional(schema.TypeInt),
	"token_no_default_policy": frame.Optional(schema.TypeBool),
	"token_num_uses":          frame.Optional(schema.TypeInt),
	"token_period":            frame.Optional(schema.TypeInt),
	"token_policies":          set(),
	"token_ttl":               frame.Optional(schema.TypeInt),
	"token_type":              withDefault("default"),
}

var (
	rolePath    = regexp.MustCompile("^auth/(.+)/role/(.+)$")
	backendPath = regexp.MustCompile("^auth/(.+)/role/")
)

func kubernetesRole() *schema.Resource {
	backend := frame.Replaces(withDefault("kubernetes"))
	backend.StateFunc = func(value any) string { return strings.Trim(value.(string), "/") }
	fields := frame.Fields{
		"backend":                          backend,
		"role_name":                        frame.Replaces(frame.Required(schema.TypeString)),
		"bound_service_account_names":      frame.Must(set()),
		"bound_service_account_namespaces": set(),
		"bound_service_account_namespace_selector": frame.Optional(schema.TypeString),
		"audience":          withDefault(""),
		"alias_name_source": frame.OptionalComputed(schema.TypeString),
	}
	for name, field := range tokenFields {
		fields[name] = field
	}
	return &schema.Resource{
		Create:   roleCreate,
		Read:     roleRead,
		Update:   roleUpdate,
		Delete:   roleDelete,
		Importer: &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema:   fields,
	}
}

func set() *schema.Schema {
	one := frame.Optional(schema.TypeSet)
	one.Elem = &schema.Schema{Type: schema.TypeString}
	return one
}

func withDefault(value string) *schema.Schema {
	one := frame.Optional(schema.TypeString)
	one.Default = value
	return one
}

func roleCreate(d *schema.ResourceData, meta any) error {
	path := fmt.Sprintf("auth/%s/role/%s", strings.Trim(d.Get("backend").(string), "/"), d.Get("role_name"))
	body := roleBody(d)
	for name := range tokenFields {
		if value, ok := d.GetOk(name); ok {
			body[name] = sent(value)
		}
	}
	if err := roleWrite(meta, path, body); err != nil {
		return fmt.Errorf("error writing Kubernetes auth backend role %q: %w", path, err)
	}
	d.SetId(path)
	return roleRead(d, meta)
}

func roleUpdate(d *schema.ResourceData, meta any) error {
	body := roleBody(d)
	for name := range tokenFields {
		if d.HasChange(name) {
			body[name] = sent(d.Get(name))
		}
	}
	if err := roleWrite(meta, d.Id(), body); err != nil {
		return fmt.Errorf("error updating Kubernetes auth backend role %q: %w", d.Id(), err)
	}
	return roleRead(d, meta)
}

func roleWrite(meta any, path string, body map[string]any) error {
	client, err := connect(meta)
	if err != nil {
		return err
	}
	_, err = client.Logical().Write(path, body)
	return err
}

func roleBody(d *schema.ResourceData) map[string]any {
	body := map[string]any{
		"bound_service_account_namespace_selector": d.Get("bound_service_account_namespace_selector"),
	}
	for _, name := range []string{"bound_service_account_names", "bound_service_account_namespaces"} {
		if value, ok := d.GetOk(name); ok {
			body[name] = sent(value)
		}
	}
	for _, name := range []string{"alias_name_source", "audience"} {
		if d.HasChange(name) {
			body[name] = d.Get(name)
		}
	}
	return body
}

func sent(value any) any {
	if set, ok := value.(*schema.Set); ok {
		return set.List()
	}
	return value
}

func roleRead(d *schema.ResourceData, meta any) error {
	path := d.Id()
	if !backendPath.MatchString(path) {
		return fmt.Errorf("invalid path %q for Kubernetes auth backend role: no backend found", path)
	}
	names := rolePath.FindStringSubmatch(path)
	if names == nil {
		return fmt.Errorf("invalid path %q for Kubernetes auth backend role: no role found", path)
	}
	client, err := connect(meta)
	if err != nil {
		return err
	}
	found, err := client.Logical().Read(path)
	if err != nil {
		return fmt.Errorf("error reading Kubernetes auth backend role %q: %w", path, err)
	}
	if found == nil {
		d.SetId("")
		return nil
	}
	state := map[string]any{"backend": names[1], "role_name": names[2]}
	for name := range kubernetesRole().Schema {
		if value, ok := found.Data[name]; ok {
			state[name] = value
		}
	}
	state["token_bound_cidrs"] = networks(found.Data["token_bound_cidrs"])
	return setAll(d, state)
}

// networks writes a single address as a network, because the server leaves its length out.
func networks(given any) []string {
	texts := []string{}
	addresses, _ := given.([]any)
	for _, address := range addresses {
		text := address.(string)
		if !strings.Contains(text, "/") {
			text += "/32"
		}
		texts = append(texts, text)
	}
	return texts
}

func roleDelete(d *schema.ResourceData, meta any) error {
	client, err := connect(meta)
	if err != nil {
		return err
	}
	_, err = client.Logical().Delete(d.Id())
	var refusal *api.ResponseError
	if err != nil && !(errors.As(err, &refusal) && refusal.StatusCode == http.StatusNotFound) {
		return fmt.Errorf("error deleting Kubernetes auth backend role %q", d.Id())
	}
	return nil
}
