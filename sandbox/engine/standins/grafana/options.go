package main

import (
	"os"
	"strconv"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"

	"waqiti.com/sandbox/standins/frame"
)

const defaultRetries = 3

// options are the provider options that the program or its SDK sets, and those of the recorded retries.
// The bridge refuses all others.
func options() frame.Fields {
	address := frame.Optional(schema.TypeString)
	address.ValidateFunc = validation.IsURLWithHTTPorHTTPS

	auth := frame.Optional(schema.TypeString)
	auth.Sensitive = true

	return frame.Fields{
		"url":        address,
		"auth":       auth,
		"retries":    frame.Optional(schema.TypeInt),
		"retry_wait": frame.Optional(schema.TypeInt),
	}
}

// given is an option as text, else the environment's; nothing and zero count as not given.
func given(d *schema.ResourceData, option, variable string) string {
	switch value := d.Get(option).(type) {
	case string:
		if value != "" {
			return value
		}
	case int:
		if value != 0 {
			return strconv.Itoa(value)
		}
	}
	return os.Getenv(variable)
}

func number(d *schema.ResourceData, option, variable string, fallback int) (int, error) {
	if value := given(d, option, variable); value != "" {
		return strconv.Atoi(value)
	}
	return fallback, nil
}
