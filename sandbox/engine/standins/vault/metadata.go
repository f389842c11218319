package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/vault/api"
)

// metadataFields are the options of a secret's metadata, by the names that travel.
var metadataFields = map[string]string{
	"max_versions":         "max_versions",
	"cas_required":         "cas_required",
	"delete_version_after": "delete_version_after",
	"custom_metadata":      "data",
}

func customMetadata(d *schema.ResourceData) map[string]any {
	body := map[string]any{}
	for sent, field := range metadataFields {
		if value, ok := d.GetOk("custom_metadata.0." + field); ok {
			body[sent] = value
		}
	}
	return body
}

func readCustomMetadata(client *api.Client, path string) (map[string]any, error) {
	found, err := client.Logical().Read(path)
	if err != nil || found == nil {
		return nil, err
	}
	state := map[string]any{}
	for sent, field := range metadataFields {
		value, ok := found.Data[sent]
		if !ok {
			continue
		}
		if sent == "delete_version_after" { // written as seconds, read as "3h30m0s"
			after, err := time.ParseDuration(value.(string))
			if err != nil {
				return nil, fmt.Errorf("error parsing duration, err=%w", err)
			}
			value = after.Seconds()
		}
		state[field] = value
	}
	return state, nil
}

// texts makes a map of strings: what is none is kept as JSON text.
func texts(values map[string]any) map[string]string {
	kept := map[string]string{}
	for key, value := range values {
		if text, ok := value.(string); ok {
			kept[key] = text
			continue
		}
		text, _ := json.Marshal(value)
		kept[key] = string(text)
	}
	return kept
}
