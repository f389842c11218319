package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/vault/api"

	"waqiti.com/sandbox/standins/frame"
)

// connection is the configured provider. It connects at the first use, so that a preview needs no
// server. A failed attempt is repeated at the next use.
type connection struct {
	options *schema.ResourceData
	mutex   sync.Mutex
	client  *api.Client
}

func configure(d *schema.ResourceData) (any, error) {
	return &connection{options: d}, nil
}

func connect(meta any) (*api.Client, error) {
	connection := meta.(*connection)
	connection.mutex.Lock()
	defer connection.mutex.Unlock()
	if connection.client == nil {
		client, err := authenticated(connection.options)
		if err != nil {
			return nil, err
		}
		connection.client = client
	}
	return connection.client, nil
}

func authenticated(d *schema.ResourceData) (*api.Client, error) {
	client, err := newClient(d)
	if err != nil {
		return nil, err
	}
	if token := text(d, "token", api.EnvVaultToken, ""); token != "" {
		client.SetToken(token)
	}
	if client.Token() == "" {
		return nil, errors.New("no vault token set on Client")
	}
	found, err := client.Auth().Token().LookupSelf()
	if err != nil {
		return nil, fmt.Errorf("failed to lookup token, err=%w", err)
	}
	own, _ := found.Data["namespace_path"].(string)
	own = strings.Trim(own, "/")
	if !flag(d, "skip_child_token", "TERRAFORM_VAULT_SKIP_CHILD_TOKEN", false) {
		if err := useChildToken(d, client, own); err != nil {
			return nil, err
		}
	}
	if namespace := text(d, "namespace", "VAULT_NAMESPACE", own); namespace != "" {
		client.SetNamespace(namespace)
	}
	return client, nil
}

func newClient(d *schema.ResourceData) (*api.Client, error) {
	config := api.DefaultConfig()
	config.Address = text(d, "address", api.EnvVaultAddress, "")
	if config.Address == "" {
		return nil, errors.New("failed to configure Vault address")
	}
	if err := frame.RefuseElsewhere(plugin, config.Address); err != nil {
		return nil, err
	}
	config.HttpClient.Transport = frame.Loopback{Plugin: plugin, Next: config.HttpClient.Transport}
	client, err := api.NewClient(config)
	if err != nil {
		return nil, fmt.Errorf("failed to configure Vault API: %w", err)
	}
	client.SetCloneHeaders(true)
	client.SetCloneToken(true)
	client.SetMaxRetries(number(d, "max_retries", "VAULT_MAX_RETRIES", 2))
	return client, nil
}

// useChildToken replaces the token with a short-lived child token.
func useChildToken(d *schema.ResourceData, client *api.Client, namespace string) error {
	parent, err := client.Clone()
	if err != nil {
		return err
	}
	if namespace != "" {
		parent.SetNamespace(namespace)
	}
	life := fmt.Sprintf("%ds", number(d, "max_lease_ttl_seconds", "TERRAFORM_VAULT_MAX_TTL", 1200))
	child, err := parent.Auth().Token().Create(&api.TokenCreateRequest{
		DisplayName:    "terraform",
		TTL:            life,
		ExplicitMaxTTL: life,
		Renewable:      new(bool),
	})
	if err != nil {
		return fmt.Errorf("failed to create limited child token: %w", err)
	}
	client.SetToken(child.Auth.ClientToken)
	return nil
}
