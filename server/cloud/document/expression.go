package document

import (
	"math"
	"slices"
	"strings"
)

// expression computes a value for a document: "$price", {"$multiply": ["$price", 2]}, or a constant.
type expression func(s *scope) any

// scope is where an expression finds values: the document, and variables with the innermost first.
type scope struct {
	root  any
	name  string
	value any
	outer *scope
}

// missing is the value of a field that a document does not have.
var missing any = absent{}

type absent struct{}

// orNull is a value as it is kept: what is missing is null.
func orNull(value any) any {
	if value == missing {
		return nil
	}
	return value
}

// at is the scope of a document.
func (w *work) at(doc Object, outer *scope) *scope {
	w.spent++
	return &scope{root: doc, outer: outer}
}

// with is the scope with one more variable.
func (s *scope) with(name string, value any) *scope {
	return &scope{root: s.root, name: name, value: value, outer: s}
}

func (s *scope) variable(name string) (any, bool) {
	for at := s; at != nil; at = at.outer {
		if at.name == name {
			return at.value, true
		}
	}
	return missing, false
}

// order is compare for expressions, in which something may be missing.
func (w *work) order(one, two any) int {
	w.spent++
	switch {
	case one == missing && two == missing:
		return 0
	case one == missing:
		return -1
	case two == missing:
		return 1
	}
	return w.compare(one, two)
}

func isTrue(value any) bool {
	return value != missing && value != nil && value != false && value != 0.0
}

// expression reads one.
func (w *work) expression(value any) (expression, error) {
	if w.expressions++; w.expressions > MaxExpressions {
		return nil, invalid("an aggregation may have %d expressions", MaxExpressions)
	}
	switch v := value.(type) {
	case string:
		return w.pathOrText(v)
	case Array:
		items := make([]expression, len(v))
		for i, item := range v {
			var err error
			if items[i], err = w.expression(item); err != nil {
				return nil, err
			}
		}
		return func(s *scope) any {
			list := make(Array, len(items))
			for i, item := range items {
				list[i] = orNull(item(s))
			}
			w.spent += len(list)
			return list
		}, nil
	case Object:
		if operators, ok := isOperators(v); ok {
			if len(operators) != 1 {
				return nil, invalid("an expression has one operator; beside %s there is more", clip(v[0].Name))
			}
			return w.operator(v[0].Name, v[0].Value)
		}
		return w.object(v)
	}
	return constant(value), nil
}

func constant(value any) expression { return func(*scope) any { return value } }

// object is an object whose fields are computed.
func (w *work) object(fields Object) (expression, error) {
	values := make([]expression, len(fields))
	for i, f := range fields {
		if err := checkName(f.Name); err != nil {
			return nil, err
		}
		var err error
		if values[i], err = w.expression(f.Value); err != nil {
			return nil, err
		}
	}
	return func(s *scope) any {
		made := Object{}
		for i, f := range fields {
			if value := values[i](s); value != missing {
				made = append(made, Field{f.Name, value})
			}
		}
		w.spent += len(made)
		return made
	}, nil
}

// pathOrText reads "$a.b", "$$variable.b" or a text that is a constant.
func (w *work) pathOrText(text string) (expression, error) {
	name, isVariable := strings.CutPrefix(text, "$$")
	field, isField := strings.CutPrefix(text, "$")
	switch {
	case isVariable:
		path, err := splitPath(name)
		if err != nil {
			return nil, err
		}
		return func(s *scope) any {
			switch path[0] {
			case "ROOT", "CURRENT":
				return w.field(s.root, path[1:])
			case "NOW":
				return Date(w.now.UnixMilli())
			case "REMOVE":
				return missing
			}
			value, known := s.variable(path[0])
			if !known {
				return w.fail(invalid("there is no variable $$%s", clip(path[0])))
			}
			return w.field(value, path[1:])
		}, nil
	case isField:
		path, err := splitPath(field)
		if err != nil {
			return nil, err
		}
		return func(s *scope) any { return w.field(s.root, path) }, nil
	}
	return constant(text), nil
}

// field is what is at a path; of a list it is the list of what its elements have there.
func (w *work) field(value any, path []string) any {
	if w.spent++; len(path) == 0 {
		return value
	}
	switch v := value.(type) {
	case Object:
		w.spent += len(v) / manyFields
		if inner, ok := v.Get(path[0]); ok {
			return w.field(inner, path[1:])
		}
	case Array:
		list := Array{}
		for _, item := range v {
			if w.stopped() {
				break
			}
			if _, ok := item.(Object); !ok {
				continue
			}
			if inner := w.field(item, path); inner != missing {
				list = append(list, inner)
			}
		}
		return list
	}
	return missing
}

// operation is an operator that computes its result from the values of its arguments.
type operation struct {
	least, most int
	run         func(w *work, args []any) any
}

// operator reads {"$name": argument} or {"$name": [arguments]}.
func (w *work) operator(name string, given any) (expression, error) {
	name = name[1:]
	if build := special[name]; build != nil {
		return build(w, given)
	}
	if totals[name] != nil {
		return w.total(name, given)
	}
	operation, ok := operations[name]
	if !ok {
		return nil, invalid("there is no operator $%s of aggregations", clip(name))
	}
	list, isList := given.(Array)
	if !isList {
		list = Array{given}
	}
	if len(list) < operation.least || len(list) > operation.most {
		return nil, invalid("%s has %d to %d arguments, in a list", name, operation.least, operation.most)
	}
	args := make([]expression, len(list))
	for i, item := range list {
		var err error
		if args[i], err = w.expression(item); err != nil {
			return nil, err
		}
	}
	return func(s *scope) any {
		values := make([]any, len(args))
		for i, arg := range args {
			values[i] = arg(s)
		}
		if w.spent += len(args); w.stopped() {
			return missing
		}
		return operation.run(w, values)
	}, nil
}

// named reads the arguments of an operator that has them by name. What is not given is missing.
func (w *work) named(operator string, given any, names ...string) (map[string]expression, error) {
	o, ok := given.(Object)
	if !ok {
		return nil, invalid("%s needs an object with %s", operator, strings.Join(names, ", "))
	}
	made := map[string]expression{}
	for _, name := range names {
		made[name] = constant(missing)
	}
	for _, f := range o {
		if !slices.Contains(names, f.Name) {
			return nil, invalid("%s has no %s", operator, clip(f.Name))
		}
		var err error
		if made[f.Name], err = w.expression(f.Value); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// special are operators whose arguments are not simply computed first.
var special map[string]func(w *work, given any) (expression, error)

func init() { // they read expressions
	special = map[string]func(w *work, given any) (expression, error){
		"literal": func(_ *work, given any) (expression, error) { return constant(given), checkValue(given) },
		"cond":    (*work).cond, "switch": (*work).choose, "let": (*work).let,
		"map": (*work).mapOf, "filter": (*work).filter, "reduce": (*work).reduce, "zip": (*work).zip,
		"dateToString": (*work).dateToString, "dateFromString": (*work).dateFromString, "dateFromParts": (*work).dateFromParts,
	}
	for name := range dateParts {
		special[name] = func(w *work, given any) (expression, error) { return w.datePart(name, given) }
	}
}

func (w *work) cond(given any) (expression, error) {
	if list, ok := given.(Array); ok && len(list) == 3 {
		given = Object{{"if", list[0]}, {"then", list[1]}, {"else", list[2]}}
	}
	args, err := w.named("cond", given, "if", "then", "else")
	if err != nil {
		return nil, err
	}
	test, then, otherwise := args["if"], args["then"], args["else"]
	return func(s *scope) any {
		if isTrue(test(s)) {
			return then(s)
		}
		return otherwise(s)
	}, nil
}

func (w *work) choose(given any) (expression, error) {
	o, _ := given.(Object)
	branches, ok := get[Array](o, "branches")
	if !ok || len(branches) == 0 {
		return nil, invalid("switch needs branches, a list of objects with case and then")
	}
	var otherwise expression
	if value, given := o.Get("default"); given {
		var err error
		if otherwise, err = w.expression(value); err != nil {
			return nil, err
		}
	}
	cases := make([]map[string]expression, len(branches))
	for i, branch := range branches {
		var err error
		if cases[i], err = w.named("switch", branch, "case", "then"); err != nil {
			return nil, err
		}
	}
	return func(s *scope) any {
		for _, one := range cases {
			if w.spent++; isTrue(one["case"](s)) {
				return one["then"](s)
			}
		}
		if otherwise == nil {
			return w.fail(invalid("no case of switch is true, and it has no default"))
		}
		return otherwise(s)
	}, nil
}

func (w *work) let(given any) (expression, error) {
	o, _ := given.(Object)
	vars, ok := get[Object](o, "vars")
	body, has := o.Get("in")
	if !ok || !has {
		return nil, invalid("let needs vars and in")
	}
	values := make([]expression, len(vars))
	var err error
	for i, f := range vars {
		if values[i], err = w.expression(f.Value); err != nil {
			return nil, err
		}
	}
	in, err := w.expression(body)
	return func(s *scope) any {
		inner := s
		for i, f := range vars {
			inner = inner.with(f.Name, values[i](s))
		}
		return in(inner)
	}, err
}

// overList is an operator that visits the elements of a list, each as a variable. A list that is null gives null.
func (w *work) overList(operator string, given any, body string, visit func(list Array, name string, body expression, s *scope) any) (expression, error) {
	o, _ := given.(Object)
	name := "this"
	if as, ok := get[string](o, "as"); ok {
		name = as
	}
	args, err := w.named(operator, o.without("as"), "input", body)
	if err != nil {
		return nil, err
	}
	input, in := args["input"], args[body]
	return func(s *scope) any {
		value := input(s)
		list, ok := value.(Array)
		switch {
		case orNull(value) == nil:
			return nil
		case !ok:
			return w.fail(invalid("input of %s should be a list instead of %s", operator, kindName(value)))
		}
		w.spent += len(list)
		return visit(list, name, in, s)
	}, nil
}

func (w *work) mapOf(given any) (expression, error) {
	return w.overList("map", given, "in", func(list Array, name string, in expression, s *scope) any {
		made := make(Array, 0, len(list))
		for _, item := range list {
			if w.stopped() {
				break
			}
			made = append(made, orNull(in(s.with(name, item))))
		}
		return made
	})
}

func (w *work) filter(given any) (expression, error) {
	return w.overList("filter", given, "cond", func(list Array, name string, cond expression, s *scope) any {
		made := Array{}
		for _, item := range list {
			if w.stopped() {
				break
			}
			if isTrue(cond(s.with(name, item))) {
				made = append(made, item)
			}
		}
		return made
	})
}

func (w *work) reduce(given any) (expression, error) {
	o, _ := given.(Object)
	first, ok := o.Get("initialValue")
	if !ok {
		return nil, invalid("reduce needs input, initialValue and in")
	}
	start, err := w.expression(first)
	if err != nil {
		return nil, err
	}
	return w.overList("reduce", slices.Clone(o).without("initialValue"), "in", func(list Array, _ string, in expression, s *scope) any {
		value := start(s)
		for _, item := range list {
			if w.stopped() {
				break
			}
			value = in(s.with("value", value).with("this", item))
		}
		return value
	})
}

func (w *work) zip(given any) (expression, error) {
	args, err := w.named("zip", given, "inputs", "useLongestLength", "defaults")
	if err != nil {
		return nil, err
	}
	return func(s *scope) any {
		inputs, _ := args["inputs"](s).(Array)
		defaults, _ := args["defaults"](s).(Array)
		length, shortest := 0, math.MaxInt
		lists := make([]Array, len(inputs))
		for i, value := range inputs {
			if value == nil {
				return nil
			}
			list, ok := value.(Array)
			if !ok {
				return w.fail(invalid("inputs of zip should be lists"))
			}
			lists[i] = list
			length, shortest = max(length, len(list)), min(shortest, len(list))
		}
		if !isTrue(args["useLongestLength"](s)) {
			length = min(length, shortest)
		}
		made := make(Array, 0)
		for at := range length {
			if w.spent += 1 + len(lists); w.stopped() {
				break
			}
			row := make(Array, len(lists))
			for i, list := range lists {
				switch {
				case at < len(list):
					row[i] = list[at]
				case i < len(defaults):
					row[i] = defaults[i]
				}
			}
			made = append(made, row)
		}
		return made
	}, nil
}

// shape is what project and addFields say of the fields of an object.
type shape struct {
	names   []string // in their order
	fields  map[string]*shape
	include bool
	exclude bool
	value   expression
}

// shapeOf reads what a stage says of fields. show says that numbers and booleans include and exclude, and are no values.
func (w *work) shapeOf(into *shape, fields Object, show bool) error {
	for _, f := range fields {
		path, err := splitPath(f.Name)
		if err != nil {
			return err
		}
		at := into
		for _, part := range path {
			if at.fields == nil {
				at.fields = map[string]*shape{}
			}
			if at.value != nil || at.include || at.exclude {
				return invalid("the field %s is named twice", clip(f.Name))
			}
			if at.fields[part] == nil {
				at.fields[part] = &shape{}
				at.names = append(at.names, part)
			}
			at = at.fields[part]
		}
		if at.value != nil || at.include || at.exclude || at.fields != nil {
			return invalid("the field %s is named twice", clip(f.Name))
		}
		inner, isObject := f.Value.(Object)
		_, isOperator := isOperators(f.Value)
		flag, isFlag := truthOf(f.Value)
		switch {
		case isObject && !isOperator && len(inner) > 0:
			if err := w.shapeOf(at, inner, show); err != nil {
				return err
			}
		case show && isFlag:
			at.include, at.exclude = flag, !flag
		default:
			if at.value, err = w.expression(f.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

func truthOf(value any) (truth, ok bool) {
	switch v := value.(type) {
	case bool:
		return v, true
	case float64:
		return v != 0, true
	}
	return false, false
}

// says reports whether anything in a shape includes or computes, and whether anything excludes.
func (s *shape) says() (includes, excludes bool) {
	includes, excludes = s.include || s.value != nil, s.exclude
	for _, inner := range s.fields {
		in, out := inner.says()
		includes, excludes = includes || in, excludes || out
	}
	return includes, excludes
}

func (p *Pipeline) project(value any, _ int) (stage, error) {
	fields, ok := value.(Object)
	if !ok || len(fields) == 0 || len(fields) > MaxChanges {
		return stage{}, invalid("project needs an object of 1 to %d fields", MaxChanges)
	}
	w, made := p.work, &shape{}
	if err := w.shapeOf(made, fields, true); err != nil {
		return stage{}, err
	}
	id := made.fields["_id"]
	hideID := id != nil && id.exclude
	if hideID {
		id.exclude = false
	}
	includes, excludes := made.says()
	switch {
	case includes && excludes:
		return stage{}, invalid("project names the fields to show or those to hide, not both")
	case excludes || hideID && !includes:
		if hideID {
			id.exclude = true
		}
		return each(func(doc Object, _ *scope) (Object, bool) {
			shown, _ := w.hide(doc, made).(Object)
			return shown, true
		}), nil
	case id == nil || !hideID && id.value == nil:
		made.fields["_id"] = &shape{include: true}
	}
	return each(func(doc Object, outer *scope) (Object, bool) {
		shown, _ := w.show(doc, made, w.at(doc, outer)).(Object)
		return shown, true
	}), nil
}

// show is what a shape includes of a value, with what it computes.
func (w *work) show(value any, by *shape, s *scope) any {
	if w.spent++; w.stopped() {
		return missing
	}
	switch v := value.(type) {
	case Array:
		list := Array{}
		for _, item := range v {
			if inner := w.show(item, by, s); inner != missing {
				list = append(list, inner)
			}
		}
		return list
	case Object:
		made := Object{}
		for _, f := range v {
			inner := by.fields[f.Name]
			switch {
			case inner == nil || inner.value != nil:
			case inner.include:
				made = append(made, f)
			case inner.fields != nil:
				if part := w.show(f.Value, inner, s); part != missing {
					made = append(made, Field{f.Name, part})
				}
			}
		}
		return w.computed(made, by, s)
	}
	if part, _ := w.computed(Object{}, by, s).(Object); len(part) > 0 {
		return part
	}
	return missing
}

// computed adds the fields that a shape computes.
func (w *work) computed(made Object, by *shape, s *scope) any {
	for _, name := range by.names {
		inner := by.fields[name]
		if inner.value != nil {
			if value := inner.value(s); value != missing {
				made = made.with(name, value)
			}
			continue
		}
		if _, there := made.Get(name); !there && inner.fields != nil {
			if part, _ := w.computed(Object{}, inner, s).(Object); len(part) > 0 {
				made = append(made, Field{name, part})
			}
		}
	}
	return made
}

// hide is a value without what a shape excludes.
func (w *work) hide(value any, by *shape) any {
	if w.spent++; w.stopped() {
		return missing
	}
	switch v := value.(type) {
	case Array:
		list := make(Array, len(v))
		for i, item := range v {
			list[i] = w.hide(item, by)
		}
		return list
	case Object:
		made := make(Object, 0, len(v))
		for _, f := range v {
			switch inner := by.fields[f.Name]; {
			case inner == nil:
				made = append(made, f)
			case inner.fields != nil:
				made = append(made, Field{f.Name, w.hide(f.Value, inner)})
			}
		}
		return made
	}
	return value
}

func (p *Pipeline) addFields(value any, _ int) (stage, error) {
	fields, ok := value.(Object)
	if !ok || len(fields) == 0 || len(fields) > MaxChanges {
		return stage{}, invalid("addFields needs an object of 1 to %d fields", MaxChanges)
	}
	w, made := p.work, &shape{}
	if err := w.shapeOf(made, fields, false); err != nil {
		return stage{}, err
	}
	return each(func(doc Object, outer *scope) (Object, bool) {
		added, _ := w.added(doc, made, w.at(doc, outer)).(Object)
		return added, true
	}), nil
}

// added is a value with the fields of a shape.
func (w *work) added(value any, by *shape, s *scope) any {
	if w.spent++; w.stopped() {
		return missing
	}
	if list, ok := value.(Array); ok {
		made := make(Array, len(list))
		for i, item := range list {
			made[i] = w.added(item, by, s)
		}
		return made
	}
	old, _ := value.(Object)
	made := slices.Clone(old)
	w.spent += len(made)
	for _, name := range by.names {
		inner := by.fields[name]
		if inner.value == nil {
			part, _ := old.Get(name)
			made = made.with(name, w.added(part, inner, s))
			continue
		}
		if result := inner.value(s); result != missing {
			made = made.with(name, result)
		} else {
			made = made.without(name)
		}
	}
	return made
}
