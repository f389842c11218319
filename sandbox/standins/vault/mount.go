package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/vault/api"

	"waqiti.com/sandbox/standins/frame"
)

func mount() *schema.Resource {
	return &schema.Resource{
		Create:   mountCreate,
		Read:     mountRead,
		Update:   mountUpdate,
		Delete:   mountDelete,
		Importer: &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema:   mountSchema(),
	}
}

func mountSchema() frame.Fields {
	computedTexts := func() *schema.Schema {
		texts := frame.Texts()
		texts.Computed = true
		return texts
	}
	entropy := frame.Replaces(frame.Optional(schema.TypeBool))
	entropy.Default = false
	keys := frame.Texts()
	keys.Type = schema.TypeSet

	return frame.Fields{
		"path":                         frame.Required(schema.TypeString),
		"type":                         frame.Replaces(frame.Required(schema.TypeString)),
		"description":                  frame.Optional(schema.TypeString),
		"default_lease_ttl_seconds":    frame.OptionalComputed(schema.TypeInt),
		"max_lease_ttl_seconds":        frame.OptionalComputed(schema.TypeInt),
		"force_no_cache":               frame.OptionalComputed(schema.TypeBool),
		"audit_non_hmac_request_keys":  computedTexts(),
		"audit_non_hmac_response_keys": computedTexts(),
		"listing_visibility":           frame.Optional(schema.TypeString),
		"passthrough_request_headers":  frame.Texts(),
		"allowed_response_headers":     frame.Texts(),
		"delegated_auth_accessors":     frame.Texts(),
		"allowed_managed_keys":         keys,
		"plugin_version":               frame.Optional(schema.TypeString),
		"identity_token_key":           frame.Optional(schema.TypeString),
		"options":                      frame.Optional(schema.TypeMap),
		"seal_wrap":                    frame.Replaces(frame.OptionalComputed(schema.TypeBool)),
		"external_entropy_access":      entropy,
		"local":                        frame.Replaces(frame.Optional(schema.TypeBool)),
		"accessor":                     frame.Computed(schema.TypeString),
	}
}

func mountCreate(d *schema.ResourceData, meta any) error {
	client, err := connect(d, meta)
	if err != nil {
		return err
	}
	input := &api.MountInput{
		Type:        d.Get("type").(string),
		Description: d.Get("description").(string),
		Config: api.MountConfigInput{
			DefaultLeaseTTL:           seconds(d, "default_lease_ttl_seconds"),
			MaxLeaseTTL:               seconds(d, "max_lease_ttl_seconds"),
			ForceNoCache:              d.Get("force_no_cache").(bool),
			AuditNonHMACRequestKeys:   given(d, "audit_non_hmac_request_keys"),
			AuditNonHMACResponseKeys:  given(d, "audit_non_hmac_response_keys"),
			ListingVisibility:         d.Get("listing_visibility").(string),
			PassthroughRequestHeaders: given(d, "passthrough_request_headers"),
			AllowedResponseHeaders:    given(d, "allowed_response_headers"),
			DelegatedAuthAccessors:    given(d, "delegated_auth_accessors"),
			AllowedManagedKeys:        given(d, "allowed_managed_keys"),
			PluginVersion:             d.Get("plugin_version").(string),
		},
		Local:                 d.Get("local").(bool),
		Options:               mountOptions(d),
		SealWrap:              d.Get("seal_wrap").(bool),
		ExternalEntropyAccess: d.Get("external_entropy_access").(bool),
	}
	if meta.(*connection).isEnterprise() {
		input.Config.IdentityTokenKey = d.Get("identity_token_key").(string)
	}
	path := d.Get("path").(string)
	if err := client.Sys().Mount(path, input); err != nil {
		return fmt.Errorf("error writing to Vault: %w", err)
	}
	d.SetId(path)
	return mountRead(d, meta)
}

func seconds(d *schema.ResourceData, option string) string {
	return fmt.Sprintf("%ds", d.Get(option))
}

// given is a list of strings, nil if none.
func given(d *schema.ResourceData, option string) []string {
	value := d.Get(option)
	if set, ok := value.(*schema.Set); ok {
		value = set.List()
	}
	var texts []string
	for _, one := range value.([]any) {
		text, _ := one.(string)
		texts = append(texts, text)
	}
	return texts
}

func mountOptions(d *schema.ResourceData) map[string]string {
	options := map[string]string{}
	for key, value := range d.Get("options").(map[string]any) {
		options[key] = value.(string)
	}
	return options
}

// mountUpdate moves the mount first if its path changed, then tunes what changed; the lease times
// and options are sent always.
func mountUpdate(d *schema.ResourceData, meta any) error {
	client, err := connect(d, meta)
	if err != nil {
		return err
	}
	tuned := map[string]any{
		"default_lease_ttl": seconds(d, "default_lease_ttl_seconds"),
		"max_lease_ttl":     seconds(d, "max_lease_ttl_seconds"),
		"options":           mountOptions(d),
	}
	for _, option := range []string{"description", "listing_visibility", "plugin_version"} {
		if d.HasChange(option) {
			tuned[option] = d.Get(option)
		}
	}
	for _, option := range []string{
		"audit_non_hmac_request_keys", "audit_non_hmac_response_keys", "passthrough_request_headers",
		"allowed_response_headers", "delegated_auth_accessors", "allowed_managed_keys",
	} {
		if d.HasChange(option) {
			tuned[option] = append([]string{}, given(d, option)...)
		}
	}
	if path := d.Get("path").(string); d.HasChange("path") {
		if err := client.Sys().Remount(d.Id(), path); err != nil {
			return fmt.Errorf("error remounting in Vault: %w", err)
		}
		d.SetId(path)
	}
	if meta.(*connection).isEnterprise() && d.HasChange("identity_token_key") {
		tuned["identity_token_key"] = d.Get("identity_token_key")
	}
	if err := tune(client, d.Id(), tuned); err != nil {
		return fmt.Errorf("error updating Vault: %w", err)
	}
	return mountRead(d, meta)
}

// tune tries for some seconds: the server may not know a moved mount yet.
func tune(client *api.Client, path string, tuned map[string]any) error {
	const tries = 12
	for tried := 1; ; tried++ {
		request := client.NewRequest(http.MethodPost, "/v1/sys/mounts/"+path+"/tune")
		if err := request.SetJSONBody(tuned); err != nil {
			return err
		}
		response, err := client.RawRequest(request) //nolint:staticcheck // Logical() would send PUT
		if err == nil {
			return response.Body.Close()
		}
		if tried == tries {
			return err
		}
		time.Sleep(time.Second)
	}
}

func mountRead(d *schema.ResourceData, meta any) error {
	client, err := connect(d, meta)
	if err != nil {
		return err
	}
	found, err := client.Sys().GetMount(d.Id())
	if isNoMount(err) || err == nil && found == nil {
		d.SetId("")
		return nil
	}
	if err != nil {
		return err
	}
	// The server knows "kv" of version 2 only; the program's word for it is kept.
	if d.Get("type") == "kv-v2" && found.Type == "kv" && found.Options["version"] == "2" {
		found.Type = "kv-v2"
		if mountOptions(d)["version"] == "" {
			delete(found.Options, "version")
		}
	}
	return setAll(d, map[string]any{
		"type":                         found.Type,
		"path":                         d.Id(),
		"description":                  found.Description,
		"default_lease_ttl_seconds":    found.Config.DefaultLeaseTTL,
		"max_lease_ttl_seconds":        found.Config.MaxLeaseTTL,
		"force_no_cache":               found.Config.ForceNoCache,
		"audit_non_hmac_request_keys":  found.Config.AuditNonHMACRequestKeys,
		"audit_non_hmac_response_keys": found.Config.AuditNonHMACResponseKeys,
		"accessor":                     found.Accessor,
		"local":                        found.Local,
		"options":                      found.Options,
		"seal_wrap":                    found.SealWrap,
		"external_entropy_access":      found.ExternalEntropyAccess,
		"allowed_managed_keys":         found.Config.AllowedManagedKeys,
		"passthrough_request_headers":  found.Config.PassthroughRequestHeaders,
		"allowed_response_headers":     found.Config.AllowedResponseHeaders,
		"delegated_auth_accessors":     found.Config.DelegatedAuthAccessors,
		"listing_visibility":           found.Config.ListingVisibility,
		"identity_token_key":           found.Config.IdentityTokenKey,
	})
}

// isNoMount: servers say it with a 404, or with a 400 and words.
func isNoMount(err error) bool {
	var refusal *api.ResponseError
	if !errors.As(err, &refusal) {
		return false
	}
	words := strings.Join(refusal.Errors, "\n")
	return refusal.StatusCode == http.StatusNotFound ||
		refusal.StatusCode == http.StatusBadRequest && strings.Contains(words, "No secret engine mount at")
}

func mountDelete(d *schema.ResourceData, meta any) error {
	client, err := connect(d, meta)
	if err != nil {
		return err
	}
	if err := client.Sys().Unmount(d.Id()); err != nil {
		return fmt.Errorf("error deleting from Vault: %w", err)
	}
	return nil
}
