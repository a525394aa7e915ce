package vm

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"pgregory.net/rapid"
)

// newValues returns a session that has only a VM, for tests of functions that only make values.
func newValues() *Session { return &Session{rt: goja.New()} }

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-0,2.5e3,"x\u0041é茶",true,null,{}]}`, `[]`, `"`, `{"a":1,}`, `01`, `1e999`,
		`{"__proto__":{"x":1}}`, "\"\xff\"", ` [ 1 , 2 ] `, `{"a":1}{`, strings.Repeat("[", 200), `"\ud800"`, `-`, `nul`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := newValues().parseJSON([]byte(text))
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
		again := newValues().stringify(v)
		if err := json.Unmarshal([]byte(again), &got); err != nil {
			t.Fatalf("%q came back as %s: %v", text, again, err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%q came back as %s", text, again)
		}
	})
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"a", "a.b[0].c", "a[1][2]", "[0]", "a..b", "a.", "a[", "a[x]", "a[-1]", "a[99999999999]", "", "a[0]b", ".a", "茶.b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		steps, err := parsePath(path)
		if err != nil {
			return
		}
		var b strings.Builder
		for i, step := range steps {
			switch step := step.(type) {
			case string:
				if step == "" {
					t.Fatalf("%q has an empty step", path)
				}
				if i > 0 {
					b.WriteByte('.')
				}
				b.WriteString(step)
			case int:
				b.WriteString("[" + stepKey(step) + "]")
			}
		}
		// Written out again, the steps read the same.
		again, err := parsePath(b.String())
		if err != nil || !reflect.DeepEqual(steps, again) {
			t.Fatalf("%q is %v, again %v %v", path, steps, again, err)
		}
	})
}

// Plain data that an app sets reads back equal and shares no object with the original.
func TestSetDataCopiesDeeplyAndExactly(t *testing.T) {
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
		original, err := s.parseJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		cp := copier{s: s, limit: MaxSetDataBytes}
		copied, err := cp.copy(original, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.stringify(copied); got != s.stringify(original) {
			t.Fatalf("%s became %s", text, got)
		}
		if o, ok := original.(*goja.Object); ok && copied == goja.Value(o) {
			t.Fatal("the copy is the original")
		}
	})
}

// An assigned path reads back, and everything else stays as it was.
func TestAssignSetsThePathAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newValues()
		data, _ := s.parseJSON([]byte(`{"a":{"b":[1,{"c":2}]},"keep":{"x":[1]}}`))
		steps := []any{rapid.SampledFrom([]string{"a", "b", "new"}).Draw(t, "root")}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			if rapid.Bool().Draw(t, "index") {
				steps = append(steps, rapid.IntRange(0, 5).Draw(t, "i"))
			} else {
				steps = append(steps, rapid.SampledFrom([]string{"b", "c", "d"}).Draw(t, "key"))
			}
		}
		s.assign(data.(*goja.Object), steps, s.rt.ToValue("set"))
		at := data
		for _, step := range steps {
			at = at.(*goja.Object).Get(stepKey(step))
		}
		if at.String() != "set" {
			t.Fatalf("%v reads %v", steps, at)
		}
		if got := s.stringify(data.(*goja.Object).Get("keep")); got != `{"x":[1]}` {
			t.Fatalf("beside %v: %s", steps, got)
		}
	})
}
