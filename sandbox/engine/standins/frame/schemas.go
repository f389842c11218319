package frame

import "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

// Fields are the options of a resource, of a nested block, or of the provider.
type Fields = map[string]*schema.Schema

// Required must be given.
func Required(kind schema.ValueType) *schema.Schema {
	return &schema.Schema{Type: kind, Required: true}
}

// Optional may be given.
func Optional(kind schema.ValueType) *schema.Schema {
	return &schema.Schema{Type: kind, Optional: true}
}

// Computed is the server's to say.
func Computed(kind schema.ValueType) *schema.Schema {
	return &schema.Schema{Type: kind, Computed: true}
}

// OptionalComputed may be given, else the server says it: leaving it out is no difference.
func OptionalComputed(kind schema.ValueType) *schema.Schema {
	return &schema.Schema{Type: kind, Optional: true, Computed: true}
}

// Texts is an optional list of strings.
func Texts() *schema.Schema {
	return &schema.Schema{Type: schema.TypeList, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}}
}

// Must makes an optional field a required one.
func Must(one *schema.Schema) *schema.Schema {
	one.Optional, one.Required = false, true
	return one
}

// Replaces makes a change of the field replace the resource.
func Replaces(one *schema.Schema) *schema.Schema {
	one.ForceNew = true
	return one
}

// List makes a list of objects out of a schema that says everything else about it.
func List(of schema.Schema, elements Fields) *schema.Schema {
	of.Type = schema.TypeList
	of.Elem = &schema.Resource{Schema: elements}
	return &of
}

// Single is a list of at most one object, which Pulumi shows as the object itself.
func Single(of schema.Schema, elements Fields) *schema.Schema {
	of.MaxItems = 1
	return List(of, elements)
}
