package main

import "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

// object is a JSON object of the REST API, or the content of one nested block.
type object = map[string]any

// inner is the object of a block that holds at most one; nil if there is none.
func inner(block any) object {
	if blocks := items(block); len(blocks) > 0 {
		return content(blocks[0])
	}
	return nil
}

// content is a block's object; an empty block comes as nil.
func content(block any) object {
	if filled, ok := block.(object); ok {
		return filled
	}
	return object{}
}

func items(value any) []any {
	all, _ := value.([]any)
	return all
}

// text is a string of the API's answer: what is absent or null reads as empty.
func text(from object, key string) string {
	value, _ := from[key].(string)
	return value
}

// child is a nested object of the API's answer; nil if absent or null.
func child(from object, key string) object {
	value, _ := from[key].(object)
	return value
}

// sparse drops what is empty: the API takes absence, not emptiness, for "as it is".
func sparse(of object) object {
	for key, value := range of {
		switch value := value.(type) {
		case nil:
			delete(of, key)
		case string:
			if value == "" {
				delete(of, key)
			}
		case object:
			if value == nil {
				delete(of, key)
			}
		case []any:
			if len(value) == 0 {
				delete(of, key)
			}
		}
	}
	return of
}

// picked is a sparse object of the named keys.
func picked(from object, keys ...string) object {
	if from == nil {
		return nil
	}
	chosen := object{}
	for _, key := range keys {
		chosen[key] = from[key]
	}
	return sparse(chosen)
}

// texts is an object of the named strings of the API's answer, empty where absent.
func texts(from object, keys ...string) object {
	if from == nil {
		return nil
	}
	chosen := object{}
	for _, key := range keys {
		chosen[key] = text(from, key)
	}
	return chosen
}

// block holds one object, or nothing.
func block(filled object) []any {
	if filled == nil {
		return nil
	}
	return []any{filled}
}

func each(blocks any, convert func(object) object) []any {
	var all []any
	for _, one := range items(blocks) {
		all = append(all, convert(content(one)))
	}
	return all
}

// setAll writes values to the state and stops at the first one that does not fit the schema.
func setAll(d *schema.ResourceData, values object) error {
	for key, value := range values {
		if err := d.Set(key, value); err != nil {
			return err
		}
	}
	return nil
}
