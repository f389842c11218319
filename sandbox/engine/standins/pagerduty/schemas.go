package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // time zones are checked on machines that have no list of them
	"unicode"

	"github.com/hashicorp/go-cty/cty"
	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
)

func defaulted(value string) *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Optional: true, Default: value}
}

func oneOf(values ...string) *schema.Schema {
	return &schema.Schema{Type: schema.TypeString, Optional: true, ValidateDiagFunc: isOneOf(values)}
}

func refuse(path cty.Path, format string, values ...any) diag.Diagnostics {
	return diag.Diagnostics{{
		Severity: diag.Error, Summary: fmt.Sprintf(format, values...), AttributePath: path,
	}}
}

func isOneOf(values []string) schema.SchemaValidateDiagFunc {
	return func(value any, path cty.Path) diag.Diagnostics {
		if slices.Contains(values, value.(string)) {
			return nil
		}
		return refuse(path, "%#v is an invalid value. Must be one of %#v", value, values)
	}
}

// isName refuses empty names, non-printable characters, the forbidden ones and a trailing blank.
func isName(forbidden, sentence string) schema.SchemaValidateDiagFunc {
	return func(value any, path cty.Path) diag.Diagnostics {
		name := value.(string)
		odd := func(char rune) bool { return !unicode.IsPrint(char) || strings.ContainsRune(forbidden, char) }
		if name == "" || strings.HasSuffix(name, " ") || strings.ContainsFunc(name, odd) {
			return refuse(path,
				"Name can not be blank, nor contain %s. Trailing white spaces are not allowed either.", sentence)
		}
		return nil
	}
}

// isTimeZone accepts every IANA name; the released plugin accepts PagerDuty's own list of them.
func isTimeZone(value any, path cty.Path) diag.Diagnostics {
	if _, err := time.LoadLocation(value.(string)); err == nil && strings.Contains(value.(string), "/") {
		return nil
	}
	return refuse(path, "%q is a not valid input. Please refer to the list of allowed Time Zone values at "+
		"https://developer.pagerduty.com/docs/1afe25e9c94cb-types#time-zone", value)
}
