package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"waqiti.com/sandbox/standins/frame"
)

func emailFilters() *schema.Schema {
	filter := frame.Fields{"id": frame.Computed(schema.TypeString)}
	for _, part := range []string{"subject", "body", "from_email"} {
		filter[part+"_mode"] = oneOf("always", "match", "no-match")
		filter[part+"_regex"] = frame.Optional(schema.TypeString)
	}
	return frame.List(schema.Schema{Optional: true, Computed: true, ForceNew: true}, filter)
}

var filterKeys = []string{
	"id", "subject_mode", "subject_regex", "body_mode", "body_regex", "from_email_mode", "from_email_regex",
}

func emailFilterBody(given object) object  { return picked(given, filterKeys...) }
func emailFilterState(found object) object { return texts(found, filterKeys...) }

// keepDefaultFilters: the API answers an empty filter with its defaults, which is no difference.
func keepDefaultFilters(diff *schema.ResourceDiff) error {
	before, after := diff.GetChange("email_filter")
	old, now := items(before), items(after)
	if len(old) == 0 || len(old) != len(now) {
		return nil
	}
	kept := make([]any, len(now))
	for i := range now {
		kept[i] = now[i]
		was, wanted := content(old[i]), content(now[i])
		if was["id"] == wanted["id"] && has(was, "always") && has(wanted, "") {
			kept[i] = was
		}
	}
	return diff.SetNew("email_filter", kept)
}

func has(filter object, mode string) bool {
	for _, part := range []string{"subject", "body", "from_email"} {
		if filter[part+"_mode"] != mode || filter[part+"_regex"] != "" {
			return false
		}
	}
	return true
}

func emailParsers() *schema.Schema {
	bodyPart := func() *schema.Schema { return oneOf("body", "from_addresses", "subject") }
	predicate := func(kinds ...string) frame.Fields {
		return frame.Fields{
			"type": frame.Must(oneOf(kinds...)), "part": bodyPart(), "matcher": frame.Optional(schema.TypeString),
		}
	}
	innermost := predicate("contains", "exactly", "regex")
	frame.Must(innermost["part"])
	frame.Must(innermost["matcher"])
	outer := predicate("contains", "exactly", "not", "regex")
	outer["predicate"] = frame.List(schema.Schema{Optional: true}, innermost)

	return frame.List(schema.Schema{Optional: true}, frame.Fields{
		"action": frame.Must(oneOf("resolve", "trigger")),
		"id":     frame.Computed(schema.TypeInt),
		"match_predicate": frame.Single(schema.Schema{Required: true, MinItems: 1}, frame.Fields{
			"type":      frame.Must(oneOf("all", "any")),
			"predicate": frame.List(schema.Schema{Optional: true}, outer),
		}),
		"value_extractor": frame.List(schema.Schema{Optional: true}, frame.Fields{
			"type":         frame.Must(oneOf("between", "entire", "regex")),
			"part":         frame.Must(oneOf("body", "subject")),
			"value_name":   frame.Required(schema.TypeString),
			"regex":        frame.Optional(schema.TypeString),
			"starts_after": frame.Optional(schema.TypeString),
			"ends_before":  frame.Optional(schema.TypeString),
		}),
	})
}

func emailParserBody(given object) object {
	match := inner(given["match_predicate"])
	body := sparse(object{
		"action":           given["action"],
		"match_predicate":  sparse(object{"type": match["type"], "children": each(match["predicate"], predicateBody)}),
		"value_extractors": each(given["value_extractor"], extractorBody),
	})
	body["id"] = given["id"]
	return body
}

func predicateBody(given object) object {
	if given["type"] == "not" {
		return sparse(object{"type": "not", "children": each(given["predicate"], func(one object) object {
			return picked(one, "type", "part", "matcher")
		})})
	}
	return picked(given, "type", "part", "matcher")
}

func extractorBody(given object) object {
	body := picked(given, "type", "value_name", "part")
	body["starts_after"], body["ends_before"] = "", ""
	if given["type"] != "regex" {
		body["starts_after"], body["ends_before"] = given["starts_after"], given["ends_before"]
	} else if given["regex"] != "" {
		body["regex"] = given["regex"]
	}
	return body
}

func emailParserState(found object) object {
	match := child(found, "match_predicate")
	return object{
		"id":     found["id"],
		"action": text(found, "action"),
		"match_predicate": block(object{
			"type": text(match, "type"), "predicate": each(match["children"], predicateState),
		}),
		"value_extractor": each(found["value_extractors"], extractorState),
	}
}

func predicateState(found object) object {
	if inside := items(found["children"]); found["type"] == "not" && len(inside) > 0 {
		return object{"type": "not", "predicate": block(texts(content(inside[0]), "type", "part", "matcher"))}
	}
	return texts(found, "type", "part", "matcher")
}

func extractorState(found object) object {
	if found["type"] == "regex" {
		return texts(found, "type", "value_name", "part", "regex")
	}
	return texts(found, "type", "value_name", "part", "starts_after", "ends_before")
}
