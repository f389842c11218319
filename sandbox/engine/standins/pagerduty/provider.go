package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

func provider() *schema.Provider {
	return &schema.Provider{
		Schema: map[string]*schema.Schema{
			"token":                       fromEnvironment("PAGERDUTY_TOKEN"),
			"service_region":              fromEnvironment("PAGERDUTY_SERVICE_REGION"),
			"api_url_override":            frame.Optional(schema.TypeString),
			"skip_credentials_validation": frame.Optional(schema.TypeBool),
		},
		ConfigureContextFunc: configure,
		ResourcesMap: map[string]*schema.Resource{
			"pagerduty_escalation_policy":   escalationPolicy(),
			"pagerduty_service":             service(),
			"pagerduty_service_integration": serviceIntegration(),
		},
	}
}

func fromEnvironment(variable string) *schema.Schema {
	return &schema.Schema{
		Type:        schema.TypeString,
		Optional:    true,
		DefaultFunc: schema.EnvDefaultFunc(variable, nil),
	}
}
