package api

import (
	"slices"
	"strings"
)

// samples are example values of fields, by name. An example in a field's schema takes precedence; a
// field that is not here gets a value of its type.
var samples = map[string]any{
	"access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTlh.c2ln", "account_id": sampleID, "action": "version.release",
	"amount": 1200, "app_id": "ta0c8a9a21d4fdc26a", "avatar_url": "/media/0198c2f4-7f2a-7c55-8a49-6f3d3a1b9c10.png",
	"client_id": "0198c2f4-7f2a-7c55-8a49-6f3d3a1b9c10", "code": "c_9f8e7d6c5b4a", "currency": "CNY",
	"description": "Oolong, one pot", "display_name": "Alice Lin", "email": "alice@tea.example", "event": "order.paid",
	"handle": "alice", "icon_url": "/media/0198c2f4-7f2a-7c55-8a49-6f3d3a1b9c10.png", "key": "number",
	"label": "Pick-up number", "level": "error", "locale": "en", "message": "is too small", "name": "Corner Café",
	"next_cursor": nil, "note": "Looks good.", "notes": "Tea by the pot", "open_id": "o_7Qm2xVb9T4cK", "order_id": sampleID,
	"out_trade_no": "tea-20260131-0001", "page": "pages/index/index", "password": "four-green-leaves",
	"path": "pages/index/index", "pin": "702593", "reason": "It asks for passwords.", "secret": "tas_5f2c8d1e",
	"text": "Your tea is ready.", "title": "Your order is ready", "token": "tea_pat_5F2C8D1E", "token_type": "Bearer",
	"union_id": "u_3Rk8nWd1Y6pL", "url": "https://shop.example/webhooks", "version": "1.2.0", "welcome_text": "Welcome!",
}

const (
	sampleID   = "0198c2f4-7f2a-7c55-8a49-6f3d3a1b9c10"
	sampleTime = "2026-01-31T12:00:00Z"
	// exampleDepth stops at schemas that contain themselves.
	exampleDepth = 16
)

// addExample adds an example to the JSON of a body or an answer, unless it has one.
func addExample(schemas, holder map[string]any) {
	content, _ := holder["content"].(map[string]any)
	for media, entry := range content {
		m, ok := entry.(map[string]any)
		if !ok || !strings.HasPrefix(media, "application/") || m["example"] != nil {
			continue
		}
		schema, _ := m["schema"].(map[string]any)
		if schema != nil {
			m["example"] = exampleOf(schemas, schema, "", 0)
		}
	}
}

// exampleOf makes a value that a schema accepts. name is the field's name, which says more about a
// text than its type.
func exampleOf(schemas, schema map[string]any, name string, depth int) any {
	if ref, ok := schema["$ref"].(string); ok {
		target, _ := schemas[ref[strings.LastIndexByte(ref, '/')+1:]].(map[string]any)
		if target == nil || depth > exampleDepth {
			return nil
		}
		return exampleOf(schemas, target, name, depth+1)
	}
	if given := asList(schema["examples"]); len(given) > 0 {
		return given[0]
	}
	if given, ok := schema["example"]; ok {
		return given
	}
	if values := asList(schema["enum"]); len(values) > 0 {
		return values[0]
	}
	for _, alternatives := range []string{"oneOf", "anyOf", "allOf"} {
		if list := asList(schema[alternatives]); len(list) > 0 {
			if first, ok := list[0].(map[string]any); ok {
				return exampleOf(schemas, first, name, depth+1)
			}
		}
	}
	sample, known := samples[name]
	switch kind, nullable := typeOf(schema); kind {
	case "object":
		return exampleObject(schemas, schema, depth)
	case "array":
		items, _ := schema["items"].(map[string]any)
		if items == nil || depth > exampleDepth {
			return []any{}
		}
		return []any{exampleOf(schemas, items, strings.TrimSuffix(name, "s"), depth+1)}
	case "string":
		if known && sample == nil && nullable {
			return nil
		}
		text, _ := sample.(string)
		return exampleText(schema, text)
	case "integer", "number":
		if n, ok := sample.(int); ok {
			return n
		}
		if least, ok := schema["minimum"].(float64); ok && least > 1 {
			return least
		}
		if most, ok := schema["maximum"].(float64); ok && most < 1 {
			return most
		}
		return 1
	case "boolean":
		return true
	}
	return map[string]any{}
}

func exampleObject(schemas, schema map[string]any, depth int) any {
	object := map[string]any{}
	required := asList(schema["required"])
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		field, ok := property.(map[string]any)
		if !ok || field["readOnly"] == true {
			continue
		}
		value := exampleOf(schemas, field, name, depth+1)
		// A part that contains itself is left out; a required one stays empty.
		if value == nil && !slices.Contains(required, any(name)) {
			if _, nullable := typeOf(field); !nullable {
				continue
			}
		}
		object[name] = value
	}
	if values, ok := schema["additionalProperties"].(map[string]any); ok && len(object) == 0 {
		object["key"] = exampleOf(schemas, values, "", depth+1)
	}
	return object
}

// exampleText is a text that the schema's format and lengths accept; sample if it does.
func exampleText(schema map[string]any, sample string) string {
	switch schema["format"] {
	case "date-time":
		return sampleTime
	case "date":
		return sampleTime[:len("2026-01-31")]
	case "uuid":
		return sampleID
	case "uri", "uri-reference":
		return "https://shop.example/webhooks"
	}
	text := sample
	if text == "" {
		text = "text"
	}
	if least, ok := schema["minLength"].(float64); ok && len(text) < int(least) {
		text += strings.Repeat("x", int(least)-len(text))
	}
	if most, ok := schema["maxLength"].(float64); ok && len(text) > int(most) {
		text = text[:int(most)]
	}
	return text
}

// typeOf is the type of a schema other than null, and whether null is one too.
func typeOf(schema map[string]any) (kind string, nullable bool) {
	switch t := schema["type"].(type) {
	case string:
		return t, t == "null"
	case []any:
		for _, one := range t {
			if one == "null" {
				nullable = true
			} else if kind == "" {
				kind, _ = one.(string)
			}
		}
		return kind, nullable
	}
	if schema["properties"] != nil {
		return "object", false
	}
	return "", true
}
