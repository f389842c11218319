package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/go-cty/cty"
	semver "github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

// options are the provider's. Of the released plugin's twelve ways to log in there are two: the
// program logs in with a token.
func options() frame.Fields {
	override := frame.Optional(schema.TypeString)
	override.ValidateDiagFunc = isVersion

	sensitive := frame.Required(schema.TypeString)
	sensitive.Sensitive = true

	parameters := &schema.Schema{
		Type: schema.TypeMap, Optional: true, Sensitive: true, Elem: &schema.Schema{Type: schema.TypeString},
	}
	mount := frame.Optional(schema.TypeString)
	mount.Default = "userpass"

	return frame.Fields{
		"address":                  frame.Optional(schema.TypeString),
		"add_address_to_env":       frame.Optional(schema.TypeString),
		"token":                    frame.Optional(schema.TypeString),
		"token_name":               frame.Optional(schema.TypeString),
		"skip_child_token":         frame.Optional(schema.TypeBool),
		"ca_cert_file":             frame.Optional(schema.TypeString),
		"ca_cert_dir":              frame.Optional(schema.TypeString),
		"skip_tls_verify":          frame.Optional(schema.TypeBool),
		"tls_server_name":          frame.Optional(schema.TypeString),
		"max_lease_ttl_seconds":    frame.Optional(schema.TypeInt),
		"max_retries":              frame.Optional(schema.TypeInt),
		"max_retries_ccc":          frame.Optional(schema.TypeInt),
		"namespace":                frame.Optional(schema.TypeString),
		"skip_get_vault_version":   frame.Optional(schema.TypeBool),
		"vault_version_override":   override,
		"set_namespace_from_token": frame.Optional(schema.TypeBool),
		"headers": frame.List(schema.Schema{Optional: true}, frame.Fields{
			"name": sensitive, "value": sensitive,
		}),
		"client_auth": frame.Single(schema.Schema{Optional: true}, frame.Fields{
			"cert_file": frame.Required(schema.TypeString), "key_file": frame.Required(schema.TypeString),
		}),
		"auth_login": login("auth_login_userpass", frame.Fields{
			"path":       frame.Required(schema.TypeString),
			"method":     frame.Optional(schema.TypeString),
			"parameters": parameters,
		}),
		"auth_login_userpass": login("auth_login", frame.Fields{
			"mount":         mount,
			"username":      frame.Optional(schema.TypeString),
			"password":      frame.Optional(schema.TypeString),
			"password_file": frame.Optional(schema.TypeString),
		}),
	}
}

func login(other string, fields frame.Fields) *schema.Schema {
	fields["namespace"] = frame.Optional(schema.TypeString)
	fields["use_root_namespace"] = frame.Optional(schema.TypeBool)
	return frame.Single(schema.Schema{Optional: true, ConflictsWith: []string{other}}, fields)
}

func isVersion(value any, path cty.Path) diag.Diagnostics {
	if _, err := semver.NewSemver(value.(string)); err == nil {
		return nil
	}
	return diag.Diagnostics{{
		Severity:      diag.Error,
		Summary:       "Invalid semantic version",
		Detail:        "Value must be in valid semantic version string, e.g. 1.12.0",
		AttributePath: path,
	}}
}

// namespaced gives a type the option that all of them have.
func namespaced(resource *schema.Resource) *schema.Resource {
	namespace := frame.Replaces(frame.Optional(schema.TypeString))
	namespace.ValidateFunc = func(value any, key string) ([]string, []error) {
		switch text := value.(string); {
		case text == "":
			return nil, []error{fmt.Errorf("value %q for %q cannot be empty", value, key)}
		case strings.Trim(text, "/") != text:
			return nil, []error{fmt.Errorf("value %q for %q contains leading/trailing %q", value, key, "/")}
		}
		return nil, nil
	}
	resource.Schema["namespace"] = namespace
	return resource
}

// text is an option, else the environment's, else the fallback.
func text(d *schema.ResourceData, option, variable, fallback string) string {
	if value, _ := d.Get(option).(string); value != "" {
		return value
	}
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return fallback
}

// number counts zero as not given, as the released plugin does.
func number(d *schema.ResourceData, option, variable string, fallback int) int {
	if value, _ := d.Get(option).(int); value != 0 {
		return value
	}
	if value, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return value
	}
	return fallback
}

// flag tells a given "false" from none.
func flag(d *schema.ResourceData, option, variable string, fallback bool) bool {
	if given := d.GetRawConfig(); !given.IsNull() && !given.GetAttr(option).IsNull() {
		return d.Get(option).(bool)
	}
	if value, err := strconv.ParseBool(os.Getenv(variable)); err == nil {
		return value
	}
	return fallback
}
