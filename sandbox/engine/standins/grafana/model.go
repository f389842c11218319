package main

import (
	"encoding/json"
	"fmt"
)

func parsed(text string) (map[string]any, error) {
	model := map[string]any{}
	return model, json.Unmarshal([]byte(text), &model)
}

func isModel(value any, _ string) ([]string, []error) {
	model, err := parsed(value.(string))
	if err != nil {
		return nil, []error{err}
	}
	if panels, ok := model["panels"].([]any); ok {
		for _, panel := range panels {
			if _, ok := panel.(map[string]any); !ok {
				return nil, []error{fmt.Errorf("panels: %v is no panel", panel)}
			}
		}
	}
	return nil, nil
}

// minds reports whether the program cares which uid the dashboard has.
func minds(asked string) bool {
	if asked == "" {
		return true
	}
	model, err := parsed(asked)
	if err != nil {
		return true
	}
	_, ok := model["uid"].(string)
	return ok
}

// normalForm is a model, or its text, without what Grafana counts or fills in by itself.
func normalForm(value any) string {
	model, ok := value.(map[string]any)
	if text, isText := value.(string); isText {
		var err error
		if model, err = parsed(text); err != nil {
			return text
		}
	} else if !ok {
		return ""
	}
	delete(model, "id")
	delete(model, "version")
	panels, _ := model["panels"].([]any)
	for _, one := range panels {
		panel, _ := one.(map[string]any)
		delete(panel, "id")
		library, _ := panel["libraryPanel"].(map[string]any)
		for key := range library {
			if key != "name" && key != "uid" {
				delete(library, key)
			}
		}
	}
	text, err := json.Marshal(model)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
