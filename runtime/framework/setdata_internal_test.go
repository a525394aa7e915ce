package framework

import (
	"reflect"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/runtime/vm"
)

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"a", "a.b[0].c", "a[1][2]", "[0]", "a..b", "a.", "a[", "a[x]", "a[-1]", "a[99999999999]", "", "a[0]b", ".a", "茶.b", "root.cn.[0].cn.[4].v", `o.a\.b`, `a\`, "a[ 0 ]"} {
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
				b.WriteString(strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`).Replace(step))
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

// An assigned path reads back, and everything else stays as it was.
func TestAssignSetsThePathAndNothingElse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := vm.NewValues(goja.New())
		data, _ := s.ParseJSON([]byte(`{"a":{"b":[1,{"c":2}]},"keep":{"x":[1]}}`))
		steps := []any{rapid.SampledFrom([]string{"a", "b", "new"}).Draw(t, "root")}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			if rapid.Bool().Draw(t, "index") {
				steps = append(steps, rapid.IntRange(0, 5).Draw(t, "i"))
			} else {
				steps = append(steps, rapid.SampledFrom([]string{"b", "c", "d"}).Draw(t, "key"))
			}
		}
		assign(s, data.(*goja.Object), steps, s.Value("set"))
		at := data
		for _, step := range steps {
			at = at.(*goja.Object).Get(stepKey(step))
		}
		if at.String() != "set" {
			t.Fatalf("%v reads %v", steps, at)
		}
		if got := s.Stringify(data.(*goja.Object).Get("keep")); got != `{"x":[1]}` {
			t.Fatalf("beside %v: %s", steps, got)
		}
	})
}
