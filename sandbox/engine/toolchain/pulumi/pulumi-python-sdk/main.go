// Writes the Python SDK of a package into a folder, as the released language host does.
//
// Usage: pulumi-python-sdk FOLDER LOADER < SCHEMA, where LOADER is the address of the engine's schema
// loader.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(folder, loaderAddress string) error {
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		return err
	}
	loader, err := schema.NewLoaderClient(loaderAddress)
	if err != nil {
		return err
	}
	defer loader.Close()
	options := schema.ValidationOptions{AllowDanglingReferences: true}
	bound, diagnostics, err := schema.BindSpec(spec, loader, options)
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return errors.Join(diagnostics.Errs()...)
	}
	files, err := python.GeneratePackage("pulumi-language-python", bound, nil, schema.NewCachedLoader(loader))
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
