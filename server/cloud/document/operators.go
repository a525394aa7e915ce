package document

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// numbers reads arguments that are numbers; ok is false, and result null, when one of them is null or missing.
func (w *work) numbers(operator string, args []any) (numbers []float64, ok bool) {
	numbers = make([]float64, len(args))
	for i, arg := range args {
		switch n := arg.(type) {
		case float64:
			numbers[i] = n
		case nil, absent:
			return nil, false
		default:
			w.fail(invalid("%s needs numbers instead of %s", operator, kindName(arg)))
			return nil, false
		}
	}
	return numbers, true
}

// finite is a number as documents have them: what is none becomes null.
func finite(n float64) any {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return nil
	}
	return n
}

// arithmetic is an operator on numbers alone.
func arithmetic(name string, least, most int, compute func(n []float64) float64) operation {
	return operation{least, most, func(w *work, args []any) any {
		n, ok := w.numbers(name, args)
		if !ok {
			return nil
		}
		return finite(compute(n))
	}}
}

// comparing is an operator whose result is the order of two values.
func comparing(is func(order int) any) operation {
	return operation{2, 2, func(w *work, args []any) any { return is(w.order(args[0], args[1])) }}
}

const many = 1000 // arguments

// operations are the operators that compute with values.
var operations = map[string]operation{
	"abs": arithmetic("abs", 1, 1, func(n []float64) float64 { return math.Abs(n[0]) }), "ceil": arithmetic("ceil", 1, 1, func(n []float64) float64 { return math.Ceil(n[0]) }),
	"floor": arithmetic("floor", 1, 1, func(n []float64) float64 { return math.Floor(n[0]) }), "exp": arithmetic("exp", 1, 1, func(n []float64) float64 { return math.Exp(n[0]) }),
	"ln": arithmetic("ln", 1, 1, func(n []float64) float64 { return math.Log(n[0]) }), "log10": arithmetic("log10", 1, 1, func(n []float64) float64 { return math.Log10(n[0]) }),
	"log": arithmetic("log", 2, 2, func(n []float64) float64 { return math.Log(n[0]) / math.Log(n[1]) }), "sqrt": arithmetic("sqrt", 1, 1, func(n []float64) float64 { return math.Sqrt(n[0]) }),
	"pow": arithmetic("pow", 2, 2, func(n []float64) float64 { return math.Pow(n[0], n[1]) }), "trunc": arithmetic("trunc", 1, 2, truncate), "round": arithmetic("round", 1, 2, round),
	"divide": {2, 2, divide}, "mod": {2, 2, modulo}, "multiply": arithmetic("multiply", 1, many, func(n []float64) float64 {
		product := 1.0
		for _, f := range n {
			product *= f
		}
		return product
	}),
	"add": {1, many, add}, "subtract": {2, 2, subtract},

	"cmp": comparing(func(order int) any { return float64(order) }),
	"eq":  comparing(func(order int) any { return order == 0 }), "ne": comparing(func(order int) any { return order != 0 }),
	"gt": comparing(func(order int) any { return order > 0 }), "gte": comparing(func(order int) any { return order >= 0 }),
	"lt": comparing(func(order int) any { return order < 0 }), "lte": comparing(func(order int) any { return order <= 0 }),

	"and": {0, many, func(_ *work, args []any) any {
		return !slices.ContainsFunc(args, func(v any) bool { return !isTrue(v) })
	}},
	"or":  {0, many, func(_ *work, args []any) any { return slices.ContainsFunc(args, isTrue) }},
	"not": {1, 1, func(_ *work, args []any) any { return !isTrue(args[0]) }},
	"ifNull": {2, many, func(_ *work, args []any) any {
		for _, arg := range args[:len(args)-1] {
			if orNull(arg) != nil {
				return arg
			}
		}
		return args[len(args)-1]
	}},

	"arrayElemAt": {2, 2, elementAt}, "arrayToObject": {1, 1, arrayToObject}, "concatArrays": {0, many, concatArrays},
	"in": {2, 2, isIn}, "indexOfArray": {2, 4, indexOfArray}, "range": {2, 3, rangeOf}, "slice": {2, 3, sliceList},
	"isArray": {1, 1, func(_ *work, args []any) any { _, ok := args[0].(Array); return ok }}, "objectToArray": {1, 1, objectToArray},
	"reverseArray": {1, 1, func(w *work, args []any) any {
		list, ok := w.list("reverseArray", args[0])
		if !ok {
			return nil
		}
		list = slices.Clone(list)
		slices.Reverse(list)
		return list
	}},
	"size": {1, 1, func(w *work, args []any) any {
		list, ok := args[0].(Array)
		if !ok {
			return w.fail(invalid("size needs a list instead of %s", kindName(orNull(args[0]))))
		}
		return float64(len(list))
	}},

	"allElementsTrue": {1, 1, func(w *work, args []any) any {
		list, ok := w.list("allElementsTrue", args[0])
		return ok && !slices.ContainsFunc(list, func(v any) bool { return !isTrue(v) })
	}},
	"anyElementTrue": {1, 1, func(w *work, args []any) any {
		list, ok := w.list("anyElementTrue", args[0])
		return ok && slices.ContainsFunc(list, isTrue)
	}},
	"setDifference":   sets(2, 2, func(in []bool) bool { return in[0] && !in[1] }),
	"setIntersection": sets(1, many, func(in []bool) bool { return !slices.Contains(in, false) }), "setUnion": sets(1, many, func([]bool) bool { return true }),
	"setEquals": {2, many, setEquals}, "setIsSubset": {2, 2, setIsSubset},

	"concat": {1, many, concat}, "split": {2, 2, split}, "toLower": textual(strings.ToLower), "toUpper": textual(strings.ToUpper),
	"strLenCP":    length("strLenCP", utf8.RuneCountInString),
	"strLenBytes": length("strLenBytes", func(s string) int { return len(s) }),
	"substrCP":    {3, 3, substrCP}, "substr": {3, 3, substrBytes}, "substrBytes": {3, 3, substrBytes},
	"indexOfCP": {2, 4, func(w *work, args []any) any { return w.indexOfText(args, true) }}, "indexOfBytes": {2, 4, func(w *work, args []any) any { return w.indexOfText(args, false) }},
	"strcasecmp": {2, 2, func(w *work, args []any) any {
		return float64(strings.Compare(strings.ToUpper(w.text("strcasecmp", args[0])), strings.ToUpper(w.text("strcasecmp", args[1]))))
	}},
	"toString": {1, 1, func(w *work, args []any) any {
		if orNull(args[0]) == nil {
			return nil
		}
		return w.text("toString", args[0])
	}},
	"trim": {1, 1, func(w *work, args []any) any {
		if o, ok := args[0].(Object); ok {
			args[0], _ = o.Get("input")
		}
		if orNull(args[0]) == nil {
			return nil
		}
		return strings.TrimSpace(w.text("trim", args[0]))
	}},
	"toInt": {1, 1, toNumber(math.Trunc)}, "toLong": {1, 1, toNumber(math.Trunc)}, "toDouble": {1, 1, toNumber(func(n float64) float64 { return n })},
	"toDate":       {1, 1, toDate},
	"mergeObjects": {1, many, mergeObjects},
}

func truncate(n []float64) float64 { return toPlace(n, math.Trunc) }
func round(n []float64) float64    { return toPlace(n, math.RoundToEven) }

func toPlace(n []float64, by func(float64) float64) float64 {
	if len(n) == 1 {
		return by(n[0])
	}
	scale := math.Pow(10, math.Trunc(n[1]))
	return by(n[0]*scale) / scale
}

func divide(w *work, args []any) any {
	n, ok := w.numbers("divide", args)
	switch {
	case !ok:
		return nil
	case n[1] == 0:
		return w.fail(invalid("divide divides by 0"))
	}
	return finite(n[0] / n[1])
}

func modulo(w *work, args []any) any {
	n, ok := w.numbers("mod", args)
	switch {
	case !ok:
		return nil
	case n[1] == 0:
		return w.fail(invalid("mod divides by 0"))
	}
	return finite(math.Mod(n[0], n[1]))
}

// add adds numbers, and milliseconds to a date.
func add(w *work, args []any) any {
	args = slices.Clone(args)
	isDate := false
	for i, arg := range args {
		if date, ok := arg.(Date); ok && !isDate {
			isDate, args[i] = true, float64(date)
		}
	}
	n, ok := w.numbers("add", args)
	if !ok {
		return nil
	}
	sum := 0.0
	for _, f := range n {
		sum += f
	}
	if isDate {
		return w.date(sum)
	}
	return finite(sum)
}

func subtract(w *work, args []any) any {
	from, isDate := args[0].(Date)
	by, both := args[1].(Date)
	if isDate && both {
		return float64(from - by)
	}
	if isDate {
		args = []any{float64(from), args[1]}
	}
	n, ok := w.numbers("subtract", args)
	switch {
	case !ok:
		return nil
	case isDate:
		return w.date(n[0] - n[1])
	}
	return finite(n[0] - n[1])
}

// date is a date from milliseconds.
func (w *work) date(ms float64) any {
	if math.IsNaN(ms) || math.Abs(ms) > maxDate {
		return w.fail(invalid("a date is not valid"))
	}
	return Date(ms)
}

// list reads an argument that is a list; ok is false when it is null or missing.
func (w *work) list(operator string, value any) (Array, bool) {
	list, ok := value.(Array)
	w.spent += len(list)
	if !ok && orNull(value) != nil {
		w.fail(invalid("%s needs a list instead of %s", operator, kindName(value)))
	}
	return list, ok
}

// whole reads an argument that is a whole number.
func (w *work) whole(operator string, value any) int {
	n, ok := value.(float64)
	if !ok || n != math.Trunc(n) || math.Abs(n) > math.MaxInt32 {
		w.fail(invalid("%s needs a whole number", operator))
		return 0
	}
	return int(n)
}

func elementAt(w *work, args []any) any {
	list, ok := w.list("arrayElemAt", args[0])
	if !ok || orNull(args[1]) == nil {
		return nil
	}
	at := w.whole("arrayElemAt", args[1])
	if at < 0 {
		at += len(list)
	}
	if at < 0 || at >= len(list) {
		return missing
	}
	return list[at]
}

func arrayToObject(w *work, args []any) any {
	list, ok := w.list("arrayToObject", args[0])
	if !ok {
		return nil
	}
	places := map[string]int{}
	made := Object{}
	for _, item := range list {
		var name, value any
		switch pair := item.(type) {
		case Array:
			if len(pair) == 2 {
				name, value = pair[0], pair[1]
			}
		case Object:
			name, _ = pair.Get("k")
			value, _ = pair.Get("v")
		}
		text, isText := name.(string)
		if !isText || checkName(text) != nil {
			return w.fail(invalid("arrayToObject needs a list of objects with k, a name, and v"))
		}
		if at, twice := places[text]; twice {
			made[at].Value = value
			continue
		}
		places[text] = len(made)
		made = append(made, Field{text, value})
	}
	return made
}

func objectToArray(w *work, args []any) any {
	o, ok := args[0].(Object)
	switch {
	case orNull(args[0]) == nil:
		return nil
	case !ok:
		return w.fail(invalid("objectToArray needs an object instead of %s", kindName(args[0])))
	}
	list := make(Array, len(o))
	for i, f := range o {
		list[i] = Object{{"k", f.Name}, {"v", f.Value}}
	}
	w.spent += madeStep * len(list)
	return list
}

// madeStep is what an element costs that an operator makes: it is memory.
const madeStep = 8

func concatArrays(w *work, args []any) any {
	made := Array{}
	for _, arg := range args {
		list, ok := w.list("concatArrays", arg)
		if !ok {
			return nil
		}
		if w.spent += madeStep * len(list); w.stopped() {
			return missing
		}
		made = append(made, list...)
	}
	return made
}

func isIn(w *work, args []any) any {
	list, ok := args[1].(Array)
	if !ok {
		return w.fail(invalid("in needs a list as its second argument"))
	}
	return slices.ContainsFunc(list, func(item any) bool { return w.order(args[0], item) == 0 })
}

// span reads the arguments that bound a search.
func (w *work) span(operator string, args []any, length int) (from, to int) {
	to = length
	if len(args) > 2 {
		from = w.whole(operator, args[2])
	}
	if len(args) > 3 {
		to = w.whole(operator, args[3])
	}
	if from < 0 || to < 0 {
		w.fail(invalid("%s counts from 0", operator))
	}
	from = max(0, min(from, length))
	return from, max(from, min(to, length))
}

func indexOfArray(w *work, args []any) any {
	list, ok := w.list("indexOfArray", args[0])
	if !ok {
		return nil
	}
	from, to := w.span("indexOfArray", args, len(list))
	at := slices.IndexFunc(list[from:to], func(item any) bool { return w.order(args[1], item) == 0 })
	if at < 0 {
		return -1.0
	}
	return float64(from + at)
}

func rangeOf(w *work, args []any) any {
	start, end, step := w.whole("range", args[0]), w.whole("range", args[1]), 1
	if len(args) > 2 {
		step = w.whole("range", args[2])
	}
	if step == 0 {
		return w.fail(invalid("the step of range is 0"))
	}
	made := Array{}
	for n := start; step > 0 && n < end || step < 0 && n > end; n += step {
		if w.spent += madeStep; w.stopped() {
			return missing
		}
		made = append(made, float64(n))
	}
	return made
}

func sliceList(w *work, args []any) any {
	list, ok := w.list("slice", args[0])
	if !ok {
		return nil
	}
	by := Array{0.0, args[1]}
	if n, _ := args[1].(float64); len(args) == 2 && n < 0 {
		by = Array{n, -n}
	}
	if len(args) == 3 {
		by = Array{args[1], args[2]}
	}
	if w.whole("slice", by[0]); w.whole("slice", by[1]) < 0 || w.err != nil {
		return w.fail(invalid("slice needs a list, and one or two whole numbers"))
	}
	return slice(list, by)
}

// keyed is a list with the texts of its values, to find equal ones.
func (w *work) keyed(value any) (keys []string, list Array, ok bool) {
	list, ok = w.list("an operator of sets", value)
	for _, item := range list {
		if w.weigh(item, 0); w.stopped() {
			return nil, nil, false
		}
		keys = append(keys, string(Encode(orNull(item))))
	}
	return keys, list, ok
}

// sets is an operator that makes a set of the values of lists; takes says by the lists that a value is in whether it is
// part of the result.
func sets(least, most int, takes func(in []bool) bool) operation {
	return operation{least, most, func(w *work, args []any) any {
		in := map[string][]bool{}
		var order []string
		values := map[string]any{}
		for i, arg := range args {
			keys, list, ok := w.keyed(arg)
			if !ok {
				return nil
			}
			for j, key := range keys {
				if in[key] == nil {
					w.spent += len(args)
					in[key], values[key] = make([]bool, len(args)), list[j]
					order = append(order, key)
				}
				in[key][i] = true
			}
		}
		made := Array{}
		for _, key := range order {
			if takes(in[key]) {
				made = append(made, values[key])
			}
		}
		return made
	}}
}

func (w *work) setOf(value any) map[string]bool {
	keys, _, _ := w.keyed(value)
	set := map[string]bool{}
	for _, key := range keys {
		set[key] = true
	}
	return set
}

func setEquals(w *work, args []any) any {
	first := w.setOf(args[0])
	for _, arg := range args[1:] {
		other := w.setOf(arg)
		if len(other) != len(first) {
			return false
		}
		for key := range other {
			if !first[key] {
				return false
			}
		}
	}
	return true
}

func setIsSubset(w *work, args []any) any {
	all := w.setOf(args[1])
	for key := range w.setOf(args[0]) {
		if !all[key] {
			return false
		}
	}
	return true
}

// text is a value as a text; null is "".
func (w *work) text(operator string, value any) string {
	text := ""
	switch v := value.(type) {
	case string:
		text = v
	case float64:
		text = string(appendNumber(nil, v))
	case bool:
		text = strconv.FormatBool(v)
	case Date:
		text = isoText(v)
	case nil, absent:
	default:
		w.fail(invalid("%s needs a text instead of %s", operator, kindName(value)))
	}
	w.spent += len(text) / textStep
	return text
}

func textual(change func(string) string) operation {
	return operation{1, 1, func(w *work, args []any) any { return change(w.text("an operator of texts", args[0])) }}
}

func length(name string, of func(string) int) operation {
	return operation{1, 1, func(w *work, args []any) any {
		text, ok := args[0].(string)
		if !ok {
			return w.fail(invalid("%s needs a text instead of %s", name, kindName(orNull(args[0]))))
		}
		w.spent += len(text) / textStep
		return float64(of(text))
	}}
}

func concat(w *work, args []any) any {
	size := 0
	for _, arg := range args {
		text, ok := arg.(string)
		switch {
		case orNull(arg) == nil:
			return nil
		case !ok:
			return w.fail(invalid("concat needs texts instead of %s: use toString or dateToString", kindName(arg)))
		}
		size += len(text)
	}
	w.spent += size / textStep
	if size > MaxSize || w.stopped() {
		return w.fail(invalid("a text that is made has at most %d KB", MaxSize>>10))
	}
	var made strings.Builder
	for _, arg := range args {
		made.WriteString(arg.(string))
	}
	return made.String()
}

func split(w *work, args []any) any {
	if orNull(args[0]) == nil || orNull(args[1]) == nil {
		return nil
	}
	text, by := w.text("split", args[0]), w.text("split", args[1])
	if by == "" {
		return w.fail(invalid("split needs a separator"))
	}
	parts := strings.Split(text, by)
	w.spent += madeStep * len(parts)
	made := make(Array, len(parts))
	for i, part := range parts {
		made[i] = part
	}
	return made
}

func substrCP(w *work, args []any) any {
	letters := []rune(w.text("substrCP", args[0]))
	w.spent += len(letters) / textStep
	from, count := w.whole("substrCP", args[1]), w.whole("substrCP", args[2])
	if from < 0 || count < 0 {
		return w.fail(invalid("substrCP counts from 0"))
	}
	from = min(from, len(letters))
	return string(letters[from:min(len(letters), from+count)])
}

func substrBytes(w *work, args []any) any {
	text := w.text("substr", args[0])
	from, count := w.whole("substr", args[1]), w.whole("substr", args[2])
	if from < 0 || from >= len(text) {
		return ""
	}
	to := min(len(text), from+count)
	if count < 0 {
		to = len(text)
	}
	if part := text[from:to]; utf8.ValidString(part) {
		return part
	}
	return w.fail(invalid("substr counts bytes, and would cut a letter: use substrCP"))
}

func (w *work) indexOfText(args []any, letters bool) any {
	if orNull(args[0]) == nil {
		return nil
	}
	text, part := w.text("indexOf", args[0]), w.text("indexOf", args[1])
	size := len(text)
	if letters {
		size = utf8.RuneCountInString(text)
	}
	from, to := w.span("indexOf", args, size)
	if letters {
		runes := []rune(text)
		if before, _, found := strings.Cut(string(runes[from:to]), part); found {
			return float64(from + utf8.RuneCountInString(before))
		}
		return -1.0
	}
	if at := strings.Index(text[from:to], part); at >= 0 {
		return float64(from + at)
	}
	return -1.0
}

func toNumber(by func(float64) float64) func(*work, []any) any {
	return func(w *work, args []any) any {
		switch v := args[0].(type) {
		case float64:
			return finite(by(v))
		case bool:
			return float64(truth(v))
		case Date:
			return float64(v)
		case string:
			if n, err := strconv.ParseFloat(v, 64); err == nil {
				return finite(by(n))
			}
			return w.fail(invalid("%s is not a number", clip(v)))
		case nil, absent:
			return nil
		}
		return w.fail(invalid("%s is not a number", kindName(args[0])))
	}
}

func mergeObjects(w *work, args []any) any {
	made := Object{}
	if len(args) == 1 {
		if list, ok := args[0].(Array); ok {
			args = list
		}
	}
	for _, arg := range args {
		o, ok := arg.(Object)
		if !ok && orNull(arg) != nil {
			return w.fail(invalid("mergeObjects needs objects instead of %s", kindName(arg)))
		}
		for _, f := range o {
			if w.spent += 1 + len(made)/manyFields; w.stopped() {
				return missing
			}
			made = made.with(f.Name, f.Value)
		}
	}
	return made
}
