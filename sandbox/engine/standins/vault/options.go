package main

import (
	"os"
	"strconv"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

// options are the provider options that the program or its SDK sets. The bridge refuses all others.
func options() frame.Fields {
	return frame.Fields{
		"address":               frame.Optional(schema.TypeString),
		"token":                 frame.Optional(schema.TypeString),
		"skip_child_token":      frame.Optional(schema.TypeBool),
		"max_lease_ttl_seconds": frame.Optional(schema.TypeInt),
		"max_retries":           frame.Optional(schema.TypeInt),
		"namespace":             frame.Optional(schema.TypeString),
	}
}

// text returns the option, else the environment variable, else the fallback.
func text(d *schema.ResourceData, option, variable, fallback string) string {
	if value, _ := d.Get(option).(string); value != "" {
		return value
	}
	if value := os.Getenv(variable); value != "" {
		return value
	}
	return fallback
}

// number treats zero as unset, as the released plugin does.
func number(d *schema.ResourceData, option, variable string, fallback int) int {
	if value, _ := d.Get(option).(int); value != 0 {
		return value
	}
	if value, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return value
	}
	return fallback
}

// flag distinguishes an explicit false from an unset option.
func flag(d *schema.ResourceData, option, variable string, fallback bool) bool {
	if given := d.GetRawConfig(); !given.IsNull() && !given.GetAttr(option).IsNull() {
		return d.Get(option).(bool)
	}
	if value, err := strconv.ParseBool(os.Getenv(variable)); err == nil {
		return value
	}
	return fallback
}
