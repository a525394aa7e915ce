package vm

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"pgregory.net/rapid"
)

// newValues returns the values of a VM that has nothing else.
func newValues() Values { return Values{goja.New()} }

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0,2.5e3,"x\u0041é茶",true,null,{}]}`, `[]`, `"`, `{"a":1,}`, `01`, `1e999`,
		`{"__proto__":{"x":1}}`, "\"\xff\"", ` [ 1 , 2 ] `, `{"a":1}{`, strings.Repeat("[", 200), `"\ud800"`, `-`, `nul`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := newValues().ParseJSON([]byte(text))
		if valid := json.Valid([]byte(text)); valid != (err == nil) {
			if valid && strings.Count(text, "[")+strings.Count(text, "{") > MaxValueDepth {
				return // deeper than the limit
			}
			t.Fatalf("%q: valid %v, but %v", text, valid, err)
		}
		if err != nil {
			return
		}
		var want, got any
		if json.Unmarshal([]byte(text), &want) != nil {
			return // a number that a float cannot hold
		}
		again := newValues().Stringify(v)
		if err := json.Unmarshal([]byte(again), &got); err != nil {
			t.Fatalf("%q came back as %s: %v", text, again, err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%q came back as %s", text, again)
		}
	})
}

// A copy of plain data reads back equal and shares no object with the original.
func TestACopyIsEqualAndSharesNothing(t *testing.T) {
	t.Parallel()
	var value *rapid.Generator[any]
	value = rapid.Custom(func(t *rapid.T) any {
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			return rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return value }), 0, 3).Draw(t, "list")
		case 1:
			return rapid.MapOfN(rapid.StringMatching(`[a-z]{1,3}`), rapid.Deferred(func() *rapid.Generator[any] { return value }), 0, 3).Draw(t, "map")
		case 2:
			return rapid.String().Draw(t, "text")
		case 3:
			return rapid.Bool().Draw(t, "bool")
		case 4:
			return nil
		default:
			return rapid.Float64Range(-1e9, 1e9).Draw(t, "number")
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		s := newValues()
		text, err := json.Marshal(value.Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		original, err := s.ParseJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		copied, err := s.NewCopier().Copy(original, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Stringify(copied); got != s.Stringify(original) {
			t.Fatalf("%s became %s", text, got)
		}
		if o, ok := original.(*goja.Object); ok && copied == goja.Value(o) {
			t.Fatal("the copy is the original")
		}
	})
}
