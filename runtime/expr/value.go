package expr

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// Kind is the type of a Value.
type Kind uint8

// The kinds. Undefined is the zero value.
const (
	Undefined Kind = iota
	Null
	Bool
	Number
	String
	Object // an object in the virtual machine: of a WXS module, or one that cannot be shown
	Array  // an array of the data or of the template
	Record // an object of the data or of the template
)

// Value is the result of an expression, or data of the view. The view has data of its own, copies of what
// the app sets: it shows nothing that the app changes in another way.
type Value struct {
	Kind Kind
	Num  float64 // Number; 1 for true
	Str  string  // String
	Ref  any     // *goja.Object, *List, *Dict, *Fields ...; of a string or number the goja.Value that it was, or nil
}

// Fields is an object made by a template: `{{a, b: 1, ...c}}`. Spread objects are not copied:
// a name is looked up from the last entry to the first.
type Fields struct {
	Entries []Entry
}

// Entry is a named field, or a spread object when Spread is set.
type Entry struct {
	Name   string
	Value  Value
	Spread bool
}

// Of converts a value of the virtual machine. It runs no code of the app.
//
// A page shows a copy of its data as JSON, with the vendor as here: a date is its ISO text, a number that
// is not finite is null and shown so, and there are no functions. A component gets dates and functions
// as they are, so Export gives them back.
func Of(v goja.Value) Value {
	switch x := v.(type) {
	case nil:
		return Value{}
	case *goja.Object:
		switch x.ClassName() {
		case "Date":
			if at, ok := x.Export().(time.Time); ok {
				return Value{Kind: String, Str: at.UTC().Format("2006-01-02T15:04:05.000Z"), Ref: x}
			}
		case "Function":
			return Value{Ref: x}
		}
		return Value{Kind: Object, Ref: x}
	case goja.String:
		return Value{Kind: String, Str: x.String(), Ref: v}
	case *goja.Symbol:
		return Value{Kind: String, Str: x.String()}
	}
	if goja.IsUndefined(v) {
		return Value{}
	}
	if goja.IsNull(v) {
		return Value{Kind: Null}
	}
	// Reading the type instead of exporting avoids an allocation for every number.
	switch v.ExportType().Kind() {
	case reflect.Bool:
		return boolean(v.ToBoolean())
	case reflect.Int64:
		return Value{Kind: Number, Num: float64(v.ToInteger()), Ref: v}
	case reflect.Float64:
		n := v.ToFloat()
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return Value{Kind: Null, Num: n, Str: "null"}
		}
		return Value{Kind: Number, Num: n, Ref: v}
	}
	return Value{Kind: String, Str: v.String()} // BigInt: only shown, never used in arithmetic
}

// Text makes a string value.
func Text(s string) Value { return Value{Kind: String, Str: s} }

// Num makes a number value.
func Num(f float64) Value { return Value{Kind: Number, Num: f} }

func boolean(b bool) Value {
	if b {
		return Value{Kind: Bool, Num: 1}
	}
	return Value{Kind: Bool}
}

// Export makes a value of the virtual machine. Arrays and objects are new each time.
func (v Value) Export(rt *goja.Runtime) goja.Value { return v.export(rt, Value.Export) }

// export makes a value of the virtual machine; inner makes those in it.
func (v Value) export(rt *goja.Runtime, inner func(Value, *goja.Runtime) goja.Value) goja.Value {
	switch x := v.Ref.(type) {
	case goja.Value: // an object, or the string or number that it was made of
		return x
	case inherited:
		return x.function(rt)
	case *List:
		items := make([]any, len(x.Items))
		for i, item := range x.Items {
			items[i] = inner(item, rt)
		}
		return rt.NewArray(items...)
	case *Dict:
		object := rt.NewObject()
		for i, key := range x.shape.keys {
			setOwn(object, key, inner(x.values[i], rt))
		}
		return object
	case *Fields:
		object := rt.NewObject()
		for _, key := range x.keys() {
			setOwn(object, key, inner(x.Get(key), rt))
		}
		return object
	}
	switch v.Kind {
	case Null:
		if v.Str != "" {
			return rt.ToValue(v.Num)
		}
		return goja.Null()
	case Bool:
		return rt.ToValue(v.Num != 0)
	case Number:
		if v.Num == math.Trunc(v.Num) && math.Abs(v.Num) < 1<<53 && (v.Num != 0 || !math.Signbit(v.Num)) {
			return rt.ToValue(int64(v.Num))
		}
		return rt.ToValue(v.Num)
	case String:
		return rt.ToValue(v.Str)
	}
	return goja.Undefined()
}

// Primitive reports a value that is neither an object nor stands for one.
func (v Value) Primitive() bool {
	switch v.Ref.(type) {
	case *goja.Object:
		return false
	case nil, goja.Value:
		return true
	}
	return false
}

// Plain is the value without the string or number of the virtual machine that it was made of, so that == may
// compare it.
func (v Value) Plain() Value {
	if v.Primitive() {
		v.Ref = nil
	}
	return v
}

// Truthy is the value as a condition.
func (v Value) Truthy() bool {
	switch v.Kind {
	case Undefined, Null:
		return false
	case Bool:
		return v.Num != 0
	case Number:
		return v.Num != 0 && v.Num == v.Num
	case String:
		return v.Str != ""
	}
	return true
}

// Nullish reports undefined or null.
func (v Value) Nullish() bool { return v.Kind <= Null }

// IsArray reports an array, of the app or of the template.
func (v Value) IsArray() bool {
	switch v.Kind {
	case Array:
		return true
	case Object:
		object, ok := v.Ref.(*goja.Object)
		return ok && object.ClassName() == "Array"
	}
	return false
}

// Get reads a member. A missing one is undefined, also on undefined and null: templates never
// throw for a path that does not exist. On objects of WXS modules this may run a getter.
func (v Value) Get(name string) Value {
	switch v.Kind {
	case Object:
		object, ok := v.Ref.(*goja.Object)
		if !ok {
			return Value{}
		}
		got := object.Get(name)
		member := Of(got)
		if fn, ok := member.Ref.(*goja.Object); ok && member.Kind == Undefined {
			// What is inherited, such as push of an array, is there in a copy as well.
			if proto := object.Prototype(); proto != nil && got == proto.Get(name) {
				return Value{Kind: Object, Ref: fn}
			}
		}
		return member
	case Record:
		if d, ok := v.Ref.(*Dict); ok {
			return d.get(name)
		}
		return v.Ref.(*Fields).Get(name)
	case Array:
		items := v.Ref.(*List).Items
		if name == "length" {
			return Num(float64(len(items)))
		}
		if i, ok := arrayIndex(name); ok {
			if i < len(items) {
				return items[i]
			}
			return Value{}
		}
		return inheritedMember(true, name)
	case String:
		return stringMember(v.Str, name)
	}
	return Value{}
}

// Index reads element i of an array.
func (v Value) Index(i int) Value {
	if v.Kind == Array {
		if items := v.Ref.(*List).Items; i < len(items) {
			return items[i]
		}
		return Value{}
	}
	return v.Get(strconv.Itoa(i))
}

// Len is the length of an array or array-like, 0 for anything else.
func (v Value) Len() int {
	if v.Kind == Array {
		return len(v.Ref.(*List).Items)
	}
	n := v.Get("length")
	if n.Kind != Number || !(n.Num > 0) {
		return 0
	}
	return int(min(n.Num, math.MaxUint32))
}

// Keys lists the own enumerable keys of an object, in its order. They are not to be changed.
func (v Value) Keys() []string {
	switch v.Kind {
	case Object:
		if object, ok := v.Ref.(*goja.Object); ok {
			return object.Keys()
		}
	case Record:
		if d, ok := v.Ref.(*Dict); ok {
			return d.shape.keys
		}
		return v.Ref.(*Fields).keys()
	case Array:
		keys := make([]string, v.Len())
		for i := range keys {
			keys[i] = strconv.Itoa(i)
		}
		return keys
	}
	return nil
}

// Get finds a field, the last entry first.
func (f *Fields) Get(name string) Value {
	for i := len(f.Entries) - 1; i >= 0; i-- {
		e := &f.Entries[i]
		if !e.Spread {
			if e.Name == name {
				return e.Value
			}
			continue
		}
		if got := e.Value.Get(name); got.Kind != Undefined {
			if _, ok := got.Ref.(inherited); !ok {
				return got
			}
		}
	}
	return Value{}
}

func (f *Fields) keys() []string {
	var keys []string
	seen := map[string]bool{}
	add := func(key string) {
		if !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	for _, e := range f.Entries {
		if !e.Spread {
			add(e.Name)
			continue
		}
		for _, key := range e.Value.Keys() {
			add(key)
		}
	}
	return keys
}

func arrayIndex(name string) (int, bool) {
	if name == "" || len(name) > 9 || (name[0] == '0' && len(name) > 1) {
		return 0, false
	}
	n := 0
	for i := range len(name) {
		if name[i] < '0' || name[i] > '9' {
			return 0, false
		}
		n = n*10 + int(name[i]-'0')
	}
	return n, true
}

// stringMember counts in UTF-16 units, as JavaScript does.
func stringMember(s, name string) Value {
	if name == "length" {
		n := 0
		for _, r := range s {
			if n++; r > 0xFFFF {
				n++
			}
		}
		return Num(float64(n))
	}
	want, ok := arrayIndex(name)
	if !ok {
		return Value{}
	}
	at := 0
	for _, r := range s {
		if at == want {
			return Text(string(r))
		}
		if at++; r > 0xFFFF {
			at++
		}
	}
	return Value{}
}

// Display is the value as text: undefined and null show nothing.
func (v Value) Display() string {
	if v.Nullish() {
		return v.Str
	}
	return v.ToString()
}

// AppendDisplay appends what Display returns.
func (v Value) AppendDisplay(dst []byte) []byte {
	if v.Kind == Number {
		return AppendNumber(dst, v.Num)
	}
	return append(dst, v.Display()...)
}

// ToString is JavaScript's String(v) of a value as JSON has it.
func (v Value) ToString() string { return v.text(0) }

// maxTextDepth is how deep lists in lists are shown as text. Data that contains itself ends here.
const maxTextDepth = 32

func (v Value) text(depth int) string {
	switch v.Kind {
	case Undefined:
		return "undefined"
	case Null:
		return "null"
	case Bool:
		return strconv.FormatBool(v.Num != 0)
	case Number:
		return FormatNumber(v.Num)
	case String:
		return v.Str
	}
	if !v.IsArray() {
		return "[object Object]"
	}
	if depth >= maxTextDepth {
		return ""
	}
	parts := make([]string, min(v.Len(), MaxSpread))
	for i := range parts {
		if item := v.Index(i).Shown(); !item.Nullish() {
			parts[i] = item.text(depth + 1)
		}
	}
	return strings.Join(parts, ",")
}

// ToNumber is JavaScript's Number(v).
func (v Value) ToNumber() float64 {
	switch v.Kind {
	case Null:
		return 0
	case Bool, Number:
		return v.Num
	case String:
		return parseNumber(v.Str)
	case Object, Array:
		if v.IsArray() {
			return parseNumber(v.ToString())
		}
	}
	return math.NaN()
}

func parseNumber(s string) float64 {
	s = strings.TrimFunc(s, isJSSpace)
	if s == "" {
		return 0
	}
	if len(s) > 2 && s[0] == '0' {
		base := map[byte]int{'x': 16, 'X': 16, 'o': 8, 'O': 8, 'b': 2, 'B': 2}[s[1]]
		if base != 0 {
			n, err := strconv.ParseUint(s[2:], base, 64)
			if err != nil {
				return math.NaN()
			}
			return float64(n)
		}
	}
	switch s {
	case "Infinity", "+Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	}
	// ParseFloat also takes hex floats, "inf", "nan" and underscores, which JavaScript does not.
	if strings.ContainsAny(s, "xXpPnN_iI") {
		return math.NaN()
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	return f
}

func isJSSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\v', '\f', '\r', 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
		0xFEFF:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

// FormatNumber is JavaScript's Number.prototype.toString.
func FormatNumber(f float64) string {
	var buf [32]byte
	return string(AppendNumber(buf[:0], f))
}

// AppendNumber appends what FormatNumber returns.
func AppendNumber(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f == 0:
		return append(dst, '0')
	case f == math.Trunc(f) && math.Abs(f) < 1e15:
		return strconv.AppendInt(dst, int64(f), 10)
	}
	if abs := math.Abs(f); abs >= 1e21 || abs < 1e-6 {
		start := len(dst)
		dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
		// Go pads the exponent to two digits, JavaScript does not.
		for i := len(dst) - 1; i > start; i-- {
			if (dst[i-1] == '-' || dst[i-1] == '+') && dst[i] == '0' && i+1 < len(dst) {
				return append(dst[:i], dst[i+1:]...)
			}
		}
		return dst
	}
	return strconv.AppendFloat(dst, f, 'f', -1, 64)
}
