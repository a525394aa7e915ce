package expr_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"testing"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/runtime/expr"
)

var errLimit = errors.New("limit")

// copied is the copy of what a script makes.
func copied(t testing.TB, rt *goja.Runtime, script string) expr.Value {
	t.Helper()
	v, err := rt.RunString("(" + script + ")")
	if err != nil {
		t.Fatal(err)
	}
	made, err := (&expr.Copier{Bytes: 1 << 20, Depth: 256, TooLarge: errLimit, TooDeep: errLimit}).Copy(v, 0)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// asJSON is a value as JSON, with its keys in their order.
func asJSON(t interface{ Fatal(...any) }, rt *goja.Runtime, v expr.Value) string {
	object, ok := v.Export(rt).(*goja.Object)
	if !ok {
		return v.ToString()
	}
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The law of Set: it does what assignments do in JavaScript, and a value that was shared before stays as it was.
func TestSetDoesWhatAssignmentsDoAndLeavesSharedValuesAlone(t *testing.T) {
	t.Parallel()
	const first = `{"a":{"b":[1,{"c":2}],"7":0},"l":[{"id":1},{"id":2}],"k1":1,"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7}`
	const assign = `(function (data, path, json) {
		path.slice(0, -1).forEach(function (step, i) {
			var isArray = typeof path[i + 1] === 'number', next = data[step];
			if (typeof next !== 'object' || next === null || Array.isArray(next) !== isArray) data[step] = isArray ? [] : {};
			data = data[step];
		});
		data[path[path.length - 1]] = JSON.parse(json);
	})`
	type share struct {
		value expr.Value
		text  string
	}
	rapid.Check(t, func(t *rapid.T) {
		rt := goja.New()
		model, err := rt.RunString("(" + first + ")")
		if err != nil {
			t.Fatal(err)
		}
		function, err := rt.RunString(assign)
		if err != nil {
			t.Fatal(err)
		}
		set, _ := goja.AssertFunction(function)
		copier := &expr.Copier{Bytes: 1 << 20, Depth: 256, TooLarge: errLimit, TooDeep: errLimit}
		data, err := copier.Copy(model, 0)
		if err != nil {
			t.Fatal(err)
		}
		var shares []share
		for range rapid.IntRange(1, 12).Draw(t, "sets") {
			if rapid.IntRange(0, 2).Draw(t, "share") == 0 {
				v := data
				for range rapid.IntRange(0, 2).Draw(t, "depth") {
					if keys := v.Keys(); len(keys) > 0 {
						v = v.Get(rapid.SampledFrom(keys).Draw(t, "into"))
					}
				}
				shares = append(shares, share{v.Share(), asJSON(t, rt, v)})
			}
			path := []any{rapid.SampledFrom([]string{"a", "l", "new", "9", "k3"}).Draw(t, "root")}
			for range rapid.IntRange(0, 3).Draw(t, "length") {
				if rapid.Bool().Draw(t, "index") {
					path = append(path, rapid.IntRange(0, 4).Draw(t, "i"))
				} else {
					path = append(path, rapid.SampledFrom([]string{"b", "c", "id", "3", "12", "x"}).Draw(t, "key"))
				}
			}
			text := rapid.SampledFrom([]string{"1", `"x"`, "null", `{"id":5,"c":{"d":1}}`, `[1,[2]]`}).Draw(t, "value")
			value, err := rt.RunString("(" + text + ")")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := set(nil, model, rt.ToValue(path), rt.ToValue(text)); err != nil {
				t.Fatal(err)
			}
			v, err := copier.Copy(value, 0)
			if err != nil {
				t.Fatal(err)
			}
			data.Set(path, v)
			want, err := json.Marshal(model)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), asJSON(t, rt, data)); diff != "" {
				t.Fatalf("%v = %s: %s", path, text, diff)
			}
			if lent := data.Lent(rt); lent != data.Lent(rt) {
				t.Fatal("a module is lent two objects for one value")
			} else if got, err := json.Marshal(lent); err != nil || string(got) != string(want) {
				t.Fatalf("lent %s, want %s (%v)", got, want, err)
			}
			for _, s := range shares {
				if got := asJSON(t, rt, s.value); got != s.text {
					t.Fatalf("%v = %s changed a shared %s to %s", path, text, s.text, got)
				}
			}
		}
	})
}

func TestCopiesHaveWhatAPageCanShow(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	data := copied(t, rt, `(function () {
		function Cup() { this.size = 3; } Cup.prototype.twice = 6;
		return {cup: new Cup(), at: new Date(0), n: NaN, f: function () {}, u: undefined, list: [1, undefined, NaN], __proto__: null};
	})()`)
	for path, want := range map[string]string{
		"cup": "[object Object]", "at": "1970-01-01T00:00:00.000Z", "n": "null", "f": "", "u": "", "list": "1,,",
	} {
		if got := data.Get(path).Display(); got != want {
			t.Errorf("%s is shown as %q, want %q", path, got, want)
		}
	}
	if got := data.Get("cup").Get("twice"); got.Kind != expr.Undefined {
		t.Errorf("what a class inherits was copied: %v", got)
	}
	if got := data.Get("list").Get("push"); !got.Truthy() {
		t.Error("an array has no push")
	}
	if exported := data.Export(rt).(*goja.Object); exported.Get("at").(*goja.Object).ClassName() != "Date" ||
		exported.Get("n").String() != "NaN" {
		t.Error("a component is not given dates and numbers as they are")
	}
}

func TestCopiesEndAtTheirLimits(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	for script, want := range map[string]string{
		`(function () { var o = {}; for (var i = 0; i < 30; i++) o = {o: o}; return o; })()`: "deep",
		`new Array(4294967295)`:     "large",
		`new Array(1000).join('x')`: "large",
		`[1, 2, 3]`:                 "",
	} {
		v, err := rt.RunString("(" + script + ")")
		if err != nil {
			t.Fatal(err)
		}
		_, err = (&expr.Copier{Bytes: 500, Depth: 20, TooLarge: errors.New("large"), TooDeep: errors.New("deep")}).Copy(v, 0)
		if got := errorText(err); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Ensure that an object that contains itself is copied without what would have no end, and that one that is
// there twice is not taken for one.
func TestAnObjectInsideItselfIsCut(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	v, err := rt.RunString(`(function () { var same = {n: 1}, o = {a: 1, list: [same, same]}; o.o = o; o.list.push(o.list); return o; })()`)
	if err != nil {
		t.Fatal(err)
	}
	copier := &expr.Copier{Bytes: 500, Depth: 20}
	data, err := copier.Copy(v, 0)
	if err != nil || !copier.Cut {
		t.Fatalf("cut %t, %v", copier.Cut, err)
	}
	if got, want := asJSON(t, rt, data), `{"a":1,"list":[{"n":1},{"n":1},null]}`; got != want {
		t.Errorf("copied %s, want %s", got, want)
	}
	copier = &expr.Copier{Bytes: 500, Depth: 20, Opaque: func(o *goja.Object) bool { return o.Get("n") != nil }}
	if data, err = copier.Copy(v, 0); err != nil {
		t.Fatal(err)
	}
	inner := v.(*goja.Object).Get("list").(*goja.Object).Get("0")
	if got := data.Get("list").Index(0).Export(rt); got != inner {
		t.Errorf("an object that is no data was copied: %v", got)
	}
}

// Ensure that objects of one list, whose memory is made together, share nothing that they change.
func TestObjectsOfOneListAreEachTheirOwn(t *testing.T) {
	t.Parallel()
	const script = `(function () {
		var list = [];
		for (var i = 0; i < 60; i++) {
			var o = {id: i};
			for (var k = 0; k < i % 11; k++) o['k' + k] = k % 3 ? k : {in: [{n: k}, {n: i}]};
			list.push(i % 13 == 5 ? [o, 'text', {}] : o);
			if (i % 17 == 3) list.push(null, i);
		}
		return list;
	})()`
	rt := goja.New()
	data, before := copied(t, rt, script), copied(t, rt, script)
	model, err := rt.RunString(script)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data.Len() {
		if data.Index(i).Kind != expr.Record {
			continue
		}
		row := model.(*goja.Object).Get(strconv.Itoa(i)).(*goja.Object)
		for _, key := range []string{"id", "more", "another"} {
			data.Set([]any{i, key}, expr.Num(float64(1000+i)))
			if err := row.Set(key, 1000+i); err != nil {
				t.Fatal(err)
			}
		}
		want, err := json.Marshal(model)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), asJSON(t, rt, data)); diff != "" {
			t.Fatalf("after row %d: %s", i, diff)
		}
	}
	if got := asJSON(t, rt, before); got != asJSON(t, rt, copied(t, rt, script)) {
		t.Errorf("another copy has changed: %s", got)
	}
}

// Ensure that a list keeps its items for one who goes through it, while the objects in it are the same.
func TestAListThatIsHeldKeepsItsItems(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	data := copied(t, rt, `{rows: [{n: 1}, {n: 2}]}`)
	rows := data.Get("rows")
	held := rows.Hold()
	data.Set([]any{"rows", 0}, expr.Text("another"))
	data.Set([]any{"rows", 1, "n"}, expr.Num(7))
	data.Set([]any{"rows", 2}, expr.Text("third"))
	if got := asJSON(t, rt, expr.Value{Kind: expr.Array, Ref: &expr.List{Items: held}}); got != `[{"n":1},{"n":7}]` {
		t.Errorf("the list that is held became %s", got)
	}
	rows.Release()
	if got := asJSON(t, rt, data); got != `{"rows":["another",{"n":7},"third"]}` {
		t.Errorf("the data are %s", got)
	}
}

// Ensure that text and numbers go back to the program as the values that they were, and that this is no part of
// what they are.
func TestWhatAProgramSetComesBackWithoutACopy(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	data := copied(t, rt, `['tea', 'herbata \u4e2d', 1234567, 0.5, 'x'.repeat(500)]`)
	same := copied(t, rt, `['tea', 'herbata \u4e2d', 1234567, 0.5, 'x'.repeat(500)]`)
	for i := range data.Len() {
		v := data.Index(i)
		if _, was := v.Ref.(goja.Value); !was || v.Export(rt).String() != v.Display() {
			t.Errorf("%v is made anew", v.Display())
		}
		plain := expr.Text(v.Str)
		if v.Kind == expr.Number {
			plain = expr.Num(v.Num)
		}
		if v.Plain() != plain || !v.Equal(plain) || !plain.Equal(v) || !v.Equal(same.Index(i)) {
			t.Errorf("%v is not equal to what it is", v.Display())
		}
	}
	if at := copied(t, rt, `[new Date(0)]`).Index(0); at.Equal(expr.Text(at.Str)) || at.Equal(copied(t, rt, `[new Date(0)]`).Index(0)) {
		t.Error("a date is an object, which is equal to nothing")
	}
}

// Ensure that undefined is kept from the page and told to components.
func TestUndefinedIsForComponentsAlone(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	data := copied(t, rt, `{a: 1, o: {b: 2}, l: [3]}`)
	for _, path := range [][]any{{"a"}, {"o", "b"}, {"l", 0}, {"new"}, {"new", "x"}} {
		data.SetUndefined(path)
	}
	node, err := expr.ParseText("{{a}} {{o.b}} {{l[0]}} {{new}}", expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	env := &expr.Env{Root: &data}
	if got := node.Eval(env).Display(); got != "1 2 3 " {
		t.Errorf("a page shows %q", got)
	}
	env.Given = true
	if got := node.Eval(env).Display(); got != "   " {
		t.Errorf("a component is given %q", got)
	}
	data.Set([]any{"a"}, expr.Num(7))
	env.Given = false
	if got := node.Eval(env).Display(); got != "7 2 3 " {
		t.Errorf("afterwards a page shows %q", got)
	}
}
