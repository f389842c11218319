package main

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"

	"waqiti.com/sandbox/standins/frame"
)

const defaultRetries = 3

// options are the provider's, less those of Grafana's cloud products.
func options() frame.Fields {
	address := frame.Optional(schema.TypeString)
	address.ValidateFunc = validation.IsURLWithHTTPorHTTPS

	auth := frame.Optional(schema.TypeString)
	auth.Sensitive = true

	return frame.Fields{
		"url":                    address,
		"auth":                   auth,
		"http_headers":           {Type: schema.TypeMap, Optional: true, Sensitive: true, Elem: text()},
		"retries":                frame.Optional(schema.TypeInt),
		"retry_status_codes":     {Type: schema.TypeSet, Optional: true, Elem: text()},
		"retry_wait":             frame.Optional(schema.TypeInt),
		"ca_cert":                frame.Optional(schema.TypeString),
		"insecure_skip_verify":   frame.Optional(schema.TypeBool),
		"store_dashboard_sha256": frame.Optional(schema.TypeBool),
	}
}

func text() *schema.Schema {
	return &schema.Schema{Type: schema.TypeString}
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
	case bool:
		if value {
			return "true"
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

func flag(d *schema.ResourceData, option, variable string) (bool, error) {
	if value := given(d, option, variable); value != "" {
		return strconv.ParseBool(value)
	}
	return false, nil
}

// statuses are the answers that a request is sent again for. Grafana under load answers 401 to good tokens.
func statuses(d *schema.ResourceData) []string {
	var codes []string
	for _, code := range d.Get("retry_status_codes").(*schema.Set).List() {
		codes = append(codes, code.(string))
	}
	if variable := os.Getenv("GRAFANA_RETRY_STATUS_CODES"); codes == nil && variable != "" {
		codes = strings.Split(variable, ",")
	}
	if codes == nil {
		codes = []string{"429", "5xx", "401"}
	}
	return codes
}

func headers(d *schema.ResourceData) (map[string]string, error) {
	all := map[string]string{}
	options := d.Get("http_headers").(map[string]any)
	if variable := os.Getenv("GRAFANA_HTTP_HEADERS"); len(options) == 0 && variable != "" {
		if err := json.Unmarshal([]byte(variable), &all); err != nil {
			return nil, err
		}
	}
	for name, value := range options {
		all[name] = value.(string)
	}
	all["Grafana-Terraform-Provider"] = "true"
	all["Grafana-Terraform-Provider-Version"] = version
	return all, nil
}
