package main

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

func policy() *schema.Resource {
	return &schema.Resource{
		Create:   policyWrite,
		Read:     policyRead,
		Update:   policyWrite,
		Delete:   policyDelete,
		Importer: &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema: frame.Fields{
			"name":   frame.Replaces(frame.Required(schema.TypeString)),
			"policy": frame.Required(schema.TypeString),
		},
	}
}

func policyWrite(d *schema.ResourceData, meta any) error {
	client, err := connect(meta)
	if err != nil {
		return err
	}
	name := d.Get("name").(string)
	if err := client.Sys().PutPolicy(name, d.Get("policy").(string)); err != nil {
		return fmt.Errorf("error writing to Vault: %w", err)
	}
	d.SetId(name)
	return policyRead(d, meta)
}

// policyRead reads a missing policy as an empty one, as the released plugin does.
func policyRead(d *schema.ResourceData, meta any) error {
	client, err := connect(meta)
	if err != nil {
		return err
	}
	text, err := client.Sys().GetPolicy(d.Id())
	if err != nil {
		return fmt.Errorf("error reading from Vault: %w", err)
	}
	return setAll(d, map[string]any{"name": d.Id(), "policy": text})
}

func policyDelete(d *schema.ResourceData, meta any) error {
	client, err := connect(meta)
	if err != nil {
		return err
	}
	if err := client.Sys().DeletePolicy(d.Id()); err != nil {
		return fmt.Errorf("error deleting from Vault: %w", err)
	}
	return nil
}
