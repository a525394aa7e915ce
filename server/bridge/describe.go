package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/teahouse/teahouse/server/auth"
)

// Description is a capability as permission screens, reviewers and tools see it.
type Description struct {
	Name      string          `json:"name" example:"orders.create"`
	Scope     string          `json:"scope" example:"payment" doc:"What the caller must hold; empty for what every app may do."`
	Callers   []string        `json:"callers" enum:"app_session,account_server,app_function" doc:"Who may call it."`
	Summary   string          `json:"summary"`
	SummaryZH string          `json:"summary_zh"`
	Consent   bool            `json:"consent" doc:"The user is asked once per app and scope."`
	PerMinute int             `json:"per_minute" doc:"Calls a minute per app and user, or per app for the account's server."`
	MaxBytes  int             `json:"max_bytes" doc:"Size of the parameters."`
	Input     json.RawMessage `json:"input" doc:"JSON Schema of the parameters."`
	Output    json.RawMessage `json:"output" doc:"JSON Schema of the result."`
}

// names of the kinds, in order.
func (k CallerKind) names() []string {
	var names []string
	if k&AppSession != 0 {
		names = append(names, "app_session")
	}
	if k&AccountServer != 0 {
		names = append(names, "account_server")
	}
	if k&AppFunction != 0 {
		names = append(names, "app_function")
	}
	return names
}

// Limit returns the size that the parameters may have, in bytes.
func (c Capability) Limit() int {
	if c.MaxBytes == 0 {
		return DefaultMaxBytes
	}
	return c.MaxBytes
}

// Describe describes every row, with self-contained schemas.
func (t *Table) Describe() ([]Description, error) {
	rows := t.All()
	described := make([]Description, len(rows))
	for i, c := range rows {
		input, err := schemaOf(c.In)
		if err != nil {
			return nil, fmt.Errorf("describing %s: %w", c.Name, err)
		}
		output, err := schemaOf(c.Out)
		if err != nil {
			return nil, fmt.Errorf("describing %s: %w", c.Name, err)
		}
		described[i] = Description{
			Name: c.Name, Scope: c.Scope, Callers: c.Callers.names(), Summary: c.Summary, SummaryZH: c.SummaryZH,
			Consent: c.Consent, PerMinute: c.PerMinute, MaxBytes: c.Limit(), Input: input, Output: output,
		}
	}
	return described, nil
}

// schemaOf returns the JSON Schema of a type; what it refers to is under $defs.
func schemaOf(t reflect.Type) (json.RawMessage, error) {
	registry := huma.NewMapRegistry("#/$defs/", huma.DefaultSchemaNamer)
	raw, err := json.Marshal(registry.Schema(t, false, "Root"))
	if err != nil {
		return nil, err
	}
	defs := registry.Map()
	delete(defs, huma.DefaultSchemaNamer(t, "Root"))
	if len(defs) == 0 {
		return raw, nil
	}
	var schema map[string]any
	if err := json.Unmarshal(raw, &schema); err != nil {
		return nil, err
	}
	schema["$defs"] = defs
	return json.Marshal(schema)
}

type capabilitiesOutput struct {
	Body struct {
		Items      []Description `json:"items" nullable:"false"`
		NextCursor *string       `json:"next_cursor" doc:"Always null."`
	}
}

// describe adds GET /api/v1/capabilities, and the operations for account servers to the OpenAPI document.
// Those are served by raw handlers, because the table and not huma decides about them.
func (h *HTTP) describe(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-capabilities", Method: http.MethodGet, Path: "/api/v1/capabilities",
		Summary: "List what apps and their servers may ask of the platform", Tags: []string{"bridge"},
		Security: auth.AsAnyone,
	}, func(context.Context, *struct{}) (*capabilitiesOutput, error) {
		described, err := h.table.Describe()
		out := &capabilitiesOutput{}
		out.Body.Items = described
		return out, err
	})

	document := api.OpenAPI()
	scopes := document.Components.SecuritySchemes["server"].Flows.ClientCredentials.Scopes
	for _, c := range h.table.All() {
		if c.Callers&AccountServer == 0 {
			continue
		}
		if c.Scope != "" {
			scopes[c.Scope] = strings.TrimSpace(scopes[c.Scope] + " " + c.Name)
		}
		document.AddOperation(operationOf(document.Components.Schemas, c))
	}
	document.AddOperation(tokenOperation(document.Components.Schemas))
}

// operationOf is a capability in the OpenAPI document.
func operationOf(registry huma.Registry, c Capability) *huma.Operation {
	words := strings.FieldsFunc(c.Name, func(r rune) bool { return r == '.' || r == '_' })
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	hint := strings.Join(words, "")
	scopes := []string{}
	if c.Scope != "" {
		scopes = append(scopes, c.Scope)
	}
	return &huma.Operation{
		OperationID: "bridge." + c.Name, Method: http.MethodPost, Path: "/bridge/v1/" + c.Name,
		Summary: c.Summary, Tags: []string{"bridge"},
		Description: fmt.Sprintf("At most %d calls a minute per app, parameters of at most %d bytes.",
			c.PerMinute, c.Limit()),
		Security: []map[string][]string{{"server": scopes}},
		RequestBody: &huma.RequestBody{Required: true, Content: jsonContent(registry.Schema(c.In, true,
			hint+"Input"))},
		Responses: map[string]*huma.Response{
			"200": {Description: "The result.", Content: jsonContent(registry.Schema(c.Out, true,
				hint+"Output"))},
			"default": {Description: "A problem document (RFC 9457)."},
		},
	}
}

func jsonContent(schema *huma.Schema) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{"application/json": {Schema: schema}}
}

func tokenOperation(registry huma.Registry) *huma.Operation {
	form := &huma.Schema{
		Type: huma.TypeObject, Required: []string{"grant_type"},
		Properties: map[string]*huma.Schema{
			"grant_type": {Type: huma.TypeString, Enum: []any{"client_credentials"}},
			"client_id":  {Type: huma.TypeString, Description: "The app ID, unless sent by HTTP Basic."},
			"client_secret": {Type: huma.TypeString,
				Description: "The app's secret, unless sent by HTTP Basic."},
			"scope": {Type: huma.TypeString,
				Description: "Scopes separated by spaces; all that the app holds when absent."},
		},
	}
	return &huma.Operation{
		OperationID: "bridge-token", Method: http.MethodPost, Path: "/oauth/token",
		Summary: "Get a token for the bridge (RFC 6749, client credentials)", Tags: []string{"bridge"},
		Security: auth.AsAnyone,
		RequestBody: &huma.RequestBody{Required: true,
			Content: map[string]*huma.MediaType{"application/x-www-form-urlencoded": {Schema: form}}},
		Responses: map[string]*huma.Response{
			"200": {Description: "The token.",
				Content: jsonContent(registry.Schema(reflect.TypeFor[oauthToken](), true, "OAuthToken"))},
			"400": {Description: "Refused.",
				Content: jsonContent(registry.Schema(reflect.TypeFor[oauthError](), true, "OAuthError"))},
			"401": {Description: "Unknown client.",
				Content: jsonContent(registry.Schema(reflect.TypeFor[oauthError](), true, "OAuthError"))},
		},
	}
}
