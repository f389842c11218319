package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/grafana/grafana-openapi-client-go/client/folders"
	"github.com/grafana/grafana-openapi-client-go/client/search"
	"github.com/grafana/grafana-openapi-client-go/models"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/retry"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/validation"

	"waqiti.com/sandbox/standins/frame"
)

const parentPatience = 2 * time.Minute

func folder() *schema.Resource {
	uid := frame.Replaces(frame.OptionalComputed(schema.TypeString))
	uid.ValidateFunc = validation.StringMatch(
		regexp.MustCompile(`^[a-zA-Z0-9\-\_]+$`), "folder UIDs can only be alphanumeric, dashes, or underscores")
	kept := frame.Optional(schema.TypeBool)
	kept.Default = false
	read := known("folder", readFolder)

	return &schema.Resource{
		CreateContext: made(createFolder, read),
		ReadContext:   read,
		UpdateContext: made(updateFolder, read),
		DeleteContext: known("folder", deleteFolder),
		Importer:      &schema.ResourceImporter{StateContext: schema.ImportStatePassthroughContext},
		Schema: frame.Fields{
			"org_id":                       organisation(),
			"uid":                          uid,
			"title":                        frame.Required(schema.TypeString),
			"url":                          frame.Computed(schema.TypeString),
			"prevent_destroy_if_not_empty": kept,
			"parent_folder_uid":            frame.Replaces(frame.Optional(schema.TypeString)),
		},
	}
}

func createFolder(ctx context.Context, d *schema.ResourceData, client *api) error {
	body := &models.CreateFolderCommand{Title: d.Get("title").(string), UID: d.Get("uid").(string)}
	if parent := d.Get("parent_folder_uid").(string); parent != "" {
		err := retry.RetryContext(ctx, parentPatience, func() *retry.RetryError {
			found, err := client.folder(parent)
			if err != nil {
				return retry.RetryableError(err)
			}
			body.ParentUID = found.UID
			return nil
		})
		if err != nil {
			return fmt.Errorf("failed to find parent folder '%s': %w", parent, err)
		}
	}
	answer, err := client.Folders.CreateFolder(body)
	if err != nil {
		return fmt.Errorf("failed to create folder: %w", err)
	}
	d.SetId(client.identify(answer.Payload.UID))
	return nil
}

func updateFolder(_ context.Context, d *schema.ResourceData, client *api) error {
	_, uid := split(d.Id())
	known, err := client.folder(uid)
	if err != nil {
		return fmt.Errorf("failed to get folder %s: %w", uid, err)
	}
	body := &models.UpdateFolderCommand{Overwrite: true, Title: d.Get("title").(string)}
	_, err = client.Folders.UpdateFolder(known.UID, body)
	return err
}

func readFolder(d *schema.ResourceData, client *api, uid string) error {
	known, err := client.folder(uid)
	if err != nil {
		return unreadable("folder", d, err)
	}
	d.SetId(client.identify(known.UID))
	return setAll(d, map[string]any{
		"org_id":            strconv.FormatInt(client.org, 10),
		"title":             known.Title,
		"uid":               known.UID,
		"url":               client.link(known.URL),
		"parent_folder_uid": known.ParentUID,
	})
}

// deleteFolder takes the alert rules in it along, unless it may not be deleted with anything in it.
func deleteFolder(d *schema.ResourceData, client *api, uid string) error {
	request := folders.NewDeleteFolderParams().WithFolderUID(uid)
	if d.Get("prevent_destroy_if_not_empty").(bool) {
		held, err := client.Search.Search(search.NewSearchParams().WithFolderUIDs([]string{uid}))
		if err != nil {
			return fmt.Errorf("failed to search for dashboards in folder: %w", err)
		}
		var titles []string
		for _, one := range held.Payload {
			titles = append(titles, one.Title)
		}
		if len(titles) > 0 {
			return fmt.Errorf("folder %s is not empty and prevent_destroy_if_not_empty is set. "+
				"It contains the following dashboards and/or folders: %v", uid, titles)
		}
	} else {
		force := true
		request.WithForceDeleteRules(&force)
	}
	_, err := client.Folders.DeleteFolder(request)
	return unreadable("folder", d, err)
}

// folder finds one; digits are first tried as the number that folders had before they had uids.
func (a *api) folder(uid string) (*models.Folder, error) {
	if number, err := strconv.ParseInt(uid, 10, 64); err == nil {
		answer, err := a.Folders.GetFolderByID(number)
		if err == nil {
			return answer.Payload, nil
		}
		if !isMissing(err) {
			return nil, err
		}
	}
	answer, err := a.Folders.GetFolderByUID(uid)
	if err != nil {
		return nil, err
	}
	return answer.Payload, nil
}
