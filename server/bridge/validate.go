package bridge

import (
	"encoding/json"
	"errors"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/teahouse/teahouse/fault"
)

// validator checks parameters against their published schema. A field that is missing, has the wrong
// type, exceeds a limit or is unknown is refused with its name. Calls of apps and of servers both use it.
func validator(name string, in reflect.Type) func(raw json.RawMessage) error {
	type published struct {
		registry huma.Registry
		schema   *huma.Schema
	}
	made := sync.OnceValue(func() published {
		registry := huma.NewMapRegistry("#/$defs/", huma.DefaultSchemaNamer)
		return published{registry, registry.Schema(in, true, "Root")}
	})
	return func(raw json.RawMessage) error {
		var value any = map[string]any{}
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &value); err != nil {
				return notAnObject(name, err)
			}
		}
		if _, ok := value.(map[string]any); !ok {
			return notAnObject(name, errors.New("the parameters are no object"))
		}
		p := made()
		result := &huma.ValidateResult{}
		huma.Validate(p.registry, p.schema, huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, value, result)
		if len(result.Errors) == 0 {
			return nil
		}
		refusal := notValid(name, result.Errors[0])
		for _, err := range result.Errors {
			if detail, ok := errors.AsType[*huma.ErrorDetail](err); ok {
				refusal = refusal.At(detail.Location, detail.Message)
			}
		}
		return refusal
	}
}

// notValid names the first wrong field, for people who read only the text.
func notValid(name string, err error) *fault.Error {
	detail, ok := errors.AsType[*huma.ErrorDetail](err)
	switch {
	case !ok:
		return fault.Errorf(fault.Invalid, "bad-parameters", "The parameters of %s are not valid; see /docs.", name)
	case detail.Location == "":
		return fault.Errorf(fault.Invalid, "bad-parameters", "The parameters of %s are not valid: %s.", name, detail.Message)
	}
	// The field and what is wrong are arguments of their own, so that the second is translated.
	return fault.Errorf(fault.Invalid, "bad-parameters", "The parameters of %s are not valid: %s: %s.",
		name, detail.Location, detail.Message)
}

func notAnObject(name string, err error) error {
	return fault.Errorf(fault.Invalid, "bad-parameters",
		"The parameters of %s must be a JSON object; see /docs.", name).Because(err)
}
