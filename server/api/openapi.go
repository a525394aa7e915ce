package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// configuration sets huma up: OpenAPI 3.1, JSON only, no "$schema" members or Link headers in
// answers, and without its own routes.
func configuration(o Options, onAdd huma.AddOpFunc) huma.Config {
	address := o.PublicURL
	if address == "" {
		address = "/"
	}
	version := o.Version
	if version == "" {
		version = "dev"
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:   "Teahouse",
				Version: version,
				Description: "The interface of a Teahouse host: people and their clients use /api/v1, " +
					"servers of official accounts use /bridge/v1. Refusals are problem documents (RFC 9457); " +
					"lists are pages of items with next_cursor; times are RFC 3339; amounts are integers " +
					"of minor units with an ISO 4217 currency.",
			},
			Servers: []*huma.Server{{URL: address}},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", newSchemaNamer()),
				SecuritySchemes: schemes(),
				Responses:       refusalComponents(),
			},
			OnAddOperation: []huma.AddOpFunc{onAdd, noteErrorPackages},
		},
		Formats: map[string]huma.Format{
			"application/json": huma.DefaultJSONFormat,
			"json":             huma.DefaultJSONFormat,
		},
		DefaultFormat: "application/json",
	}
}

// newSchemaNamer names schemas after their types, and adds the package where two packages have a
// type of the same name: App, then RegistryApp.
func newSchemaNamer() func(reflect.Type, string) string {
	var mu sync.Mutex
	owners := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		mu.Lock()
		defer mu.Unlock()
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if owner, taken := owners[name]; taken && owner != t {
			path := t.PkgPath()
			pkg := path[strings.LastIndex(path, "/")+1:]
			if pkg != "" {
				name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
			}
		}
		if _, taken := owners[name]; !taken {
			owners[name] = t
		}
		return name
	}
}

// document renders the OpenAPI document, with additions for its readers. An operation without proof
// of identity has the security "anyone" in our code and an empty list in OpenAPI.
func document(openAPI *huma.OpenAPI) ([]byte, error) {
	raw, err := json.Marshal(openAPI)
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return nil, err
	}
	markNullable(tree, openAPI.Components.Schemas)
	paths, _ := tree["paths"].(map[string]any)
	for _, path := range paths {
		for _, operation := range path.(map[string]any) {
			op, ok := operation.(map[string]any)
			if !ok {
				continue
			}
			for _, alternative := range asList(op["security"]) {
				if _, open := alternative.(map[string]any)["anyone"]; open {
					op["security"] = []any{}
					break
				}
			}
		}
	}
	describe(tree)
	return json.Marshal(tree)
}

// markNullable adds to the schemas what huma leaves out: a pointer to a struct or to a type with
// its own marshaller, and a map, are null when they are nil. Otherwise clients whose types are
// generated from the document would not expect null.
func markNullable(tree map[string]any, registry huma.Registry) {
	components, _ := tree["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	for name, schema := range schemas {
		properties, _ := schema.(map[string]any)["properties"].(map[string]any)
		of := registry.TypeFromRef("#/components/schemas/" + name)
		if properties == nil || of == nil || of.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(of) {
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			property, known := properties[name].(map[string]any)
			kind := field.Type.Kind()
			if !known || options != "" || kind != reflect.Pointer && kind != reflect.Map {
				continue
			}
			switch reference, refers := property["$ref"]; {
			case refers:
				delete(property, "$ref")
				property["anyOf"] = []any{map[string]any{"$ref": reference}, map[string]any{"type": "null"}}
			default:
				if plain, ok := property["type"].(string); ok {
					property["type"] = []any{plain, "null"}
				}
			}
		}
	}
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}
