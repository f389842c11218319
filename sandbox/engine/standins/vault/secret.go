package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/vault/api"

	"waqiti.com/sandbox/standins/frame"
)

func secret() *schema.Resource {
	return &schema.Resource{
		Create:        secretWrite,
		Read:          secretRead,
		Update:        secretWrite,
		Delete:        secretDelete,
		CustomizeDiff: unreadDataIsNoDrift,
		Importer:      &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema:        secretSchema(),
	}
}

func secretSchema() frame.Fields {
	off := func() *schema.Schema {
		return &schema.Schema{Type: schema.TypeBool, Optional: true, Default: false}
	}
	given := frame.Optional(schema.TypeString)
	given.Sensitive = true
	given.StateFunc, given.ValidateFunc = normalized, isObject

	emptied := frame.Computed(schema.TypeMap)
	emptied.Sensitive = true
	emptied.Deprecated = "Deprecated. Will no longer be set on a read."

	return frame.Fields{
		"mount":               frame.Replaces(frame.Required(schema.TypeString)),
		"name":                frame.Replaces(frame.Required(schema.TypeString)),
		"path":                frame.Computed(schema.TypeString),
		"cas":                 frame.Optional(schema.TypeInt),
		"options":             frame.Optional(schema.TypeMap),
		"disable_read":        off(),
		"delete_all_versions": off(),
		"data_json":           given,
		"data":                emptied,
		"metadata":            frame.Computed(schema.TypeMap),
		"custom_metadata": frame.Single(schema.Schema{Optional: true, Computed: true}, frame.Fields{
			"max_versions":         frame.Optional(schema.TypeInt),
			"cas_required":         frame.Optional(schema.TypeBool),
			"delete_version_after": frame.Optional(schema.TypeInt),
			"data":                 frame.Optional(schema.TypeMap),
		}),
	}
}

// normalized is the JSON text that is kept and compared: sorted keys, no blanks.
func normalized(value any) string {
	content := map[string]any{}
	if json.Unmarshal([]byte(value.(string)), &content) != nil {
		return ""
	}
	text, err := json.Marshal(content)
	if err != nil {
		return ""
	}
	return string(text)
}

func isObject(value any, _ string) ([]string, []error) {
	if err := json.Unmarshal([]byte(value.(string)), &map[string]any{}); err != nil {
		return nil, []error{err}
	}
	return nil, nil
}

// unreadDataIsNoDrift: what is never read is not known, which must not look like a difference.
func unreadDataIsNoDrift(_ context.Context, diff *schema.ResourceDiff, _ any) error {
	if diff.Id() == "" || diff.Get("disable_read") == false {
		return nil
	}
	return errors.Join(diff.Clear("data"), diff.Clear("metadata"))
}

func secretWrite(d *schema.ResourceData, meta any) error {
	client, err := connect(meta)
	if err != nil {
		return err
	}
	var content map[string]any
	// The released plugin's process dies if there is no text.
	if err := json.Unmarshal([]byte(d.Get("data_json").(string)), &content); err != nil {
		return fmt.Errorf("data_json %#v syntax error: %w", d.Get("data_json"), err)
	}
	mount, name := d.Get("mount").(string), d.Get("name").(string)
	path := mount + "/data/" + name
	body := map[string]any{"data": content, "cas": d.Get("cas"), "options": d.Get("options")}
	if err := writeSettling(client, path, body); err != nil {
		return err
	}
	d.SetId(path)
	if len(d.Get("custom_metadata").([]any)) > 0 {
		path := mount + "/metadata/" + name
		if _, err := client.Logical().Write(path, customMetadata(d)); err != nil {
			return fmt.Errorf("error writing custom metadata to %s, err=%w", path, err)
		}
	}
	return secretRead(d, meta)
}

// writeSettling tries a refused write again for half a minute: a new mount takes a while to be a
// versioned one, and refuses until then.
func writeSettling(client *api.Client, path string, body map[string]any) error {
	const tries = 60
	for tried := 0; ; tried++ {
		_, err := client.Logical().Write(path, body)
		if err == nil {
			return nil
		}
		var refusal *api.ResponseError
		if tried == tries || !errors.As(err, &refusal) || refusal.StatusCode != http.StatusBadRequest {
			return fmt.Errorf("error writing to path %q, err=%w", path, err)
		}
		time.Sleep(500 * time.Millisecond)
	}
}

// secretRead never reads the value back: only that it is there, and its metadata.
func secretRead(d *schema.ResourceData, meta any) error {
	path := d.Id()
	mount, name, ok := strings.Cut(path, "/data/")
	if !ok || mount == "" || name == "" {
		return fmt.Errorf("unable to read mount from ID %s, err=no mount found", path)
	}
	if err := setAll(d, map[string]any{"path": path, "mount": mount, "name": name}); err != nil {
		return err
	}
	if d.Get("disable_read").(bool) {
		return nil
	}
	client, err := connect(meta)
	if err != nil {
		return err
	}
	found, err := client.Logical().Read(path)
	if err != nil {
		return fmt.Errorf("error reading from Vault: %w", err)
	}
	if found == nil {
		d.SetId("")
		return nil
	}
	state := map[string]any{"data": map[string]any{}}
	if metadata, ok := found.Data["metadata"].(map[string]any); ok {
		state["metadata"] = texts(metadata)
		if _, ok := metadata["custom_metadata"]; ok {
			custom, err := readCustomMetadata(client, mount+"/metadata/"+name)
			if err != nil {
				return err
			}
			state["custom_metadata"] = []any{custom}
		}
	}
	return setAll(d, state)
}

func setAll(d *schema.ResourceData, values map[string]any) error {
	for key, value := range values {
		if err := d.Set(key, value); err != nil {
			return err
		}
	}
	return nil
}

func secretDelete(d *schema.ResourceData, meta any) error {
	client, err := connect(meta)
	if err != nil {
		return err
	}
	kind := "data"
	if d.Get("delete_all_versions").(bool) {
		kind = "metadata"
	}
	path := fmt.Sprintf("%s/%s/%s", d.Get("mount"), kind, d.Get("name"))
	if _, err := client.Logical().Delete(path); err != nil {
		return fmt.Errorf("error deleting %q from Vault: %q", path, err)
	}
	return nil
}
