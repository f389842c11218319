package main

import (
	"context"
	"strconv"

	"github.com/grafana/grafana-openapi-client-go/models"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

func dashboard() *schema.Resource {
	folder := frame.Optional(schema.TypeString)
	folder.DiffSuppressFunc = func(_, known, wanted string, _ *schema.ResourceData) bool {
		return folderUID(known) == folderUID(wanted)
	}
	model := frame.Required(schema.TypeString)
	model.StateFunc = normalForm
	model.ValidateFunc = isModel
	read := known("dashboard", readDashboard)

	return &schema.Resource{
		SchemaVersion: 1,
		CreateContext: made(createDashboard, read),
		ReadContext:   read,
		UpdateContext: made(updateDashboard, read),
		DeleteContext: known("dashboard", deleteDashboard),
		Importer:      &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema: frame.Fields{
			"org_id":       organisation(),
			"uid":          frame.Computed(schema.TypeString),
			"dashboard_id": frame.Computed(schema.TypeInt),
			"url":          frame.Computed(schema.TypeString),
			"version":      frame.Computed(schema.TypeInt),
			"folder":       folder,
			"config_json":  model,
			"overwrite":    frame.Optional(schema.TypeBool),
			"message":      frame.Optional(schema.TypeString),
		},
	}
}

// folderUID is the folder without its organisation; Grafana once called the root "0".
func folderUID(folder string) string {
	if _, uid := split(folder); uid != "0" {
		return uid
	}
	return ""
}

func createDashboard(_ context.Context, d *schema.ResourceData, client *api) error {
	command, err := saving(d)
	if err != nil {
		return err
	}
	return save(d, client, command)
}

// updateDashboard overwrites whatever was saved since: only a refresh notices that.
func updateDashboard(_ context.Context, d *schema.ResourceData, client *api) error {
	command, err := saving(d)
	if err != nil {
		return err
	}
	command.Dashboard.(map[string]any)["id"] = d.Get("dashboard_id")
	command.Overwrite = true
	return save(d, client, command)
}

func saving(d *schema.ResourceData) (*models.SaveDashboardCommand, error) {
	model, err := parsed(d.Get("config_json").(string))
	if err != nil {
		return nil, err
	}
	delete(model, "id")
	_, folder := split(d.Get("folder").(string))
	return &models.SaveDashboardCommand{
		Dashboard: model,
		FolderUID: folder,
		Message:   d.Get("message").(string),
		Overwrite: d.Get("overwrite").(bool),
	}, nil
}

func save(d *schema.ResourceData, client *api, command *models.SaveDashboardCommand) error {
	answer, err := client.Dashboards.PostDashboard(command)
	if err != nil {
		return err
	}
	d.SetId(client.identify(*answer.Payload.UID))
	return nil
}

func readDashboard(d *schema.ResourceData, client *api, uid string) error {
	answer, err := client.Dashboards.GetDashboardByUID(uid)
	if err != nil {
		return unreadable("dashboard", d, err)
	}
	model := answer.Payload.Dashboard.(map[string]any)
	values := map[string]any{
		"org_id":       strconv.FormatInt(client.org, 10),
		"uid":          model["uid"],
		"dashboard_id": int(model["id"].(float64)),
		"version":      int(model["version"].(float64)),
		"url":          client.link(answer.Payload.Meta.URL),
		"folder":       answer.Payload.Meta.FolderUID,
	}
	if asked := d.Get("config_json").(string); !minds(asked) {
		delete(model, "uid")
	}
	values["config_json"] = normalForm(model)
	d.SetId(client.identify(uid))
	return setAll(d, values)
}

func deleteDashboard(d *schema.ResourceData, client *api, uid string) error {
	_, err := client.Dashboards.DeleteDashboardByUID(uid)
	return unreadable("dashboard", d, err)
}
