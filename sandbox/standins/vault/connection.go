package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	semver "github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/vault/api"

	"waqiti.com/sandbox/standins/frame"
)

// connection is the configured provider. It logs in at the first use, so that a preview needs no
// server, and again at the next one if that failed.
type connection struct {
	options    *schema.ResourceData
	mutex      sync.Mutex
	root       *api.Client
	namespaces map[string]*api.Client
	version    *semver.Version
}

func configure(d *schema.ResourceData) (any, error) {
	return &connection{options: d, namespaces: map[string]*api.Client{}}, nil
}

// connect gives the client for the resource's namespace.
func connect(d *schema.ResourceData, meta any) (*api.Client, error) {
	connection := meta.(*connection)
	connection.mutex.Lock()
	defer connection.mutex.Unlock()
	root, err := connection.client()
	if err != nil {
		return nil, err
	}
	namespace, _ := d.Get("namespace").(string)
	if namespace == "" {
		return root, nil
	}
	if outer, _ := connection.options.Get("namespace").(string); outer != "" {
		namespace = outer + "/" + namespace
	}
	if known, ok := connection.namespaces[namespace]; ok {
		return known, nil
	}
	inner, err := root.Clone()
	if err != nil {
		return nil, err
	}
	inner.SetNamespace(namespace)
	connection.namespaces[namespace] = inner
	return inner, nil
}

func (c *connection) client() (*api.Client, error) {
	if c.root != nil {
		return c.root, nil
	}
	client, err := newClient(c.options)
	if err != nil {
		return nil, err
	}
	namespace := text(c.options, "namespace", "VAULT_NAMESPACE", "")
	if err := logIn(c.options, client, namespace); err != nil {
		return nil, err
	}
	found, err := client.Auth().Token().LookupSelf()
	if err != nil {
		return nil, fmt.Errorf("failed to lookup token, err=%w", err)
	}
	own, _ := found.Data["namespace_path"].(string)
	own = strings.Trim(own, "/")
	if !flag(c.options, "skip_child_token", "TERRAFORM_VAULT_SKIP_CHILD_TOKEN", false) {
		if err := useChildToken(c.options, client, own); err != nil {
			return nil, err
		}
	}
	if namespace == "" && own != "" {
		namespace = own
	}
	if namespace != "" {
		if err := c.options.Set("namespace", namespace); err != nil {
			return nil, fmt.Errorf("failed to set namespace on provider: %w", err)
		}
		client.SetNamespace(namespace)
	}
	c.root = client
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
	tls := &api.TLSConfig{
		CACert:        text(d, "ca_cert_file", api.EnvVaultCACert, ""),
		CAPath:        text(d, "ca_cert_dir", api.EnvVaultCAPath, ""),
		Insecure:      flag(d, "skip_tls_verify", api.EnvVaultSkipVerify, false),
		TLSServerName: text(d, "tls_server_name", api.EnvVaultTLSServerName, ""),
	}
	if len(d.Get("client_auth").([]any)) > 0 {
		tls.ClientCert = text(d, "client_auth.0.cert_file", api.EnvVaultClientCert, "")
		tls.ClientKey = text(d, "client_auth.0.key_file", api.EnvVaultClientKey, "")
	}
	if err := config.ConfigureTLS(tls); err != nil {
		return nil, fmt.Errorf("failed to configure TLS for Vault API: %w", err)
	}
	config.HttpClient.Transport = frame.Loopback{Plugin: plugin, Next: config.HttpClient.Transport}
	client, err := api.NewClient(config)
	if err != nil {
		return nil, fmt.Errorf("failed to configure Vault API: %w", err)
	}
	client.SetCloneHeaders(true)
	client.SetCloneToken(true)
	client.SetMaxRetries(number(d, "max_retries", "VAULT_MAX_RETRIES", 2))
	for _, header := range d.Get("headers").([]any) {
		pair := header.(map[string]any)
		client.AddHeader(pair["name"].(string), pair["value"].(string))
	}
	return client, nil
}

// useChildToken trades the given token for one that outlives no run by much.
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
		DisplayName:    text(d, "token_name", "VAULT_TOKEN_NAME", "terraform"),
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

// isEnterprise asks the server once what it is.
func (c *connection) isEnterprise() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.version == nil {
		c.version = c.serverVersion()
	}
	return c.version != nil && strings.Contains(c.version.Metadata(), "ent")
}

func (c *connection) serverVersion() *semver.Version {
	said, _ := c.options.Get("vault_version_override").(string)
	if said == "" && !flag(c.options, "skip_get_vault_version", "", false) {
		client, err := c.client()
		if err != nil {
			return nil
		}
		plain, err := client.Clone()
		if err != nil {
			return nil
		}
		plain.ClearNamespace()
		status, err := plain.Sys().SealStatus()
		if err != nil {
			return nil
		}
		said = status.Version
	}
	known, _ := semver.NewVersion(said)
	return known
}
