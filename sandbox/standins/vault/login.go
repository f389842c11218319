package main

import (
	"errors"
	"os"

	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/hashicorp/vault/api"
)

// logIn gives the client a token: the given one, the environment's, or one that a login yields.
func logIn(d *schema.ResourceData, client *api.Client, namespace string) error {
	path, parameters, err := loginRequest(d)
	if err != nil {
		return err
	}
	if path != "" {
		token, err := tokenOf(d, client, path, parameters, namespace)
		if err != nil {
			return err
		}
		client.SetToken(token)
	} else if token := text(d, "token", api.EnvVaultToken, ""); token != "" {
		client.SetToken(token)
	}
	if client.Token() == "" {
		return errors.New("no vault token set on Client")
	}
	return nil
}

func loginRequest(d *schema.ResourceData) (string, map[string]any, error) {
	if given, ok := d.GetOk("auth_login.0.path"); ok {
		parameters, _ := d.Get("auth_login.0.parameters").(map[string]any)
		return given.(string), parameters, nil
	}
	if len(d.Get("auth_login_userpass").([]any)) == 0 {
		return "", nil, nil
	}
	const option = "auth_login_userpass.0."
	user := text(d, option+"username", "TERRAFORM_VAULT_USERNAME", "")
	if user == "" {
		return "", nil, errors.New("required fields are unset: [username]")
	}
	password := text(d, option+"password", "TERRAFORM_VAULT_PASSWORD", "")
	if file := text(d, option+"password_file", "TERRAFORM_VAULT_PASSWORD_FILE", ""); file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", nil, err
		}
		password = string(content)
	}
	path := "auth/" + d.Get(option+"mount").(string) + "/login/" + user
	return path, map[string]any{"username": user, "password": password, "password_file": ""}, nil
}

func tokenOf(
	d *schema.ResourceData, client *api.Client, path string, parameters map[string]any, namespace string,
) (string, error) {
	anonymous, err := client.Clone()
	if err != nil {
		return "", err
	}
	anonymous.ClearToken()
	for _, option := range []string{"auth_login.0.", "auth_login_userpass.0."} {
		if own, _ := d.Get(option + "namespace").(string); own != "" {
			namespace = own
		}
		if root, _ := d.Get(option + "use_root_namespace").(bool); root {
			namespace = ""
		}
	}
	if namespace != "" {
		anonymous.SetNamespace(namespace)
	}
	answer, err := anonymous.Logical().Write(path, parameters)
	if err != nil {
		return "", err
	}
	return answer.Auth.ClientToken, nil
}
