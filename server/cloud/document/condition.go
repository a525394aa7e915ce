package document

import (
	"math"
	"slices"
	"time"
)

// Condition is a query in the form of MongoDB: {"price": {"$gte": 5}, "$or": [{…}, {…}]}.
type Condition struct {
	budget
	test test
	near *near
	// work is that of $expr, nil without; outer has the variables around it.
	work  *work
	outer *scope
	// IDs are the only ones that a document can have of which the condition is true; nil means any.
	IDs []any
	// OneID says that the condition is only the _id of one document.
	OneID bool
}

// test is one question about a document, or about an element of a list.
type test func(value any) bool

// NewCondition reads a query. An empty text is true of every document.
func NewCondition(text []byte, now time.Time) (*Condition, error) {
	if len(text) == 0 {
		return &Condition{test: func(any) bool { return true }}, nil
	}
	parsed, err := parseAny(text, now)
	if err != nil {
		return nil, err
	}
	query, ok := parsed.(Object)
	if !ok {
		return nil, invalid("a query should be object instead of %s", kindName(parsed))
	}
	return newCondition(query, &work{now: now})
}

// newCondition reads a query whose expressions are part of a work.
func newCondition(query Object, w *work) (*Condition, error) {
	c := &Condition{IDs: only(query), work: w}
	c.OneID = len(query) == 1 && len(c.IDs) == 1
	r := reader{condition: c}
	var err error
	c.test, err = r.query(query)
	return c, err
}

// Err is the fault of what costs more than it may, or of an expression.
func (c *Condition) Err() error {
	if c.work != nil && c.work.err != nil {
		return c.work.err
	}
	return c.budget.Err()
}

// Matches reports whether the condition is true of a document. It fails when all documents together cost more
// than a query may.
func (c *Condition) Matches(doc Object) (bool, error) {
	found := c.test(doc)
	return found, c.Err()
}

// only finds the values that the _id must have.
func only(query Object) []any {
	value, given := query.Get("_id")
	if !given {
		return nil
	}
	operators, ok := value.(Object)
	if !ok {
		return []any{value}
	}
	if v, given := operators.Get("$eq"); given {
		return []any{v}
	}
	if list, ok := get[Array](operators, "$in"); ok {
		return list
	}
	return nil
}

func get[T any](o Object, name string) (T, bool) {
	value, _ := o.Get(name)
	typed, ok := value.(T)
	return typed, ok
}

// reader makes tests of a query, and counts what they will cost.
type reader struct {
	condition *Condition
	tests     int
	patterns  int
}

func (r *reader) count() error {
	if r.tests++; r.tests > MaxConditions {
		return invalid("a query may have %d comparisons", MaxConditions)
	}
	return nil
}

func (r *reader) query(query Object) (test, error) {
	tests := make([]test, 0, len(query))
	for _, f := range query {
		made, err := r.field(f)
		if err != nil {
			return nil, err
		}
		tests = append(tests, made)
	}
	return all(tests), nil
}

func all(tests []test) test {
	return func(value any) bool {
		for _, t := range tests {
			if !t(value) {
				return false
			}
		}
		return true
	}
}

func some(tests []test) test {
	return func(value any) bool {
		return slices.ContainsFunc(tests, func(t test) bool { return t(value) })
	}
}

func not(t test) test { return func(value any) bool { return !t(value) } }

func (r *reader) field(f Field) (test, error) {
	if f.Name == "$expr" {
		return r.expression(f.Value)
	}
	if f.Name != "$and" && f.Name != "$or" && f.Name != "$nor" {
		path, err := queryPath(f.Name)
		if err != nil {
			return nil, err
		}
		return r.operators(path, f.Value)
	}
	list, ok := f.Value.(Array)
	if !ok || len(list) == 0 {
		return nil, invalid("%s needs a list of conditions", f.Name[1:])
	}
	tests := make([]test, len(list))
	for i, item := range list {
		query, ok := item.(Object)
		if !ok {
			return nil, invalid("%s needs a list of conditions", f.Name[1:])
		}
		var err error
		if err = r.count(); err != nil {
			return nil, err
		}
		if tests[i], err = r.query(query); err != nil {
			return nil, err
		}
	}
	switch f.Name {
	case "$and":
		return all(tests), nil
	case "$or":
		return some(tests), nil
	}
	return not(some(tests)), nil
}

// expression is true when an expression of aggregations is.
func (r *reader) expression(value any) (test, error) {
	c := r.condition
	if c.work == nil {
		return nil, invalid("pull has no expr")
	}
	computed, err := c.work.expression(value)
	return func(doc any) bool {
		w := c.work
		w.spent = c.spent
		found := isTrue(computed(&scope{root: doc, outer: c.outer}))
		c.spent = w.spent
		return found && w.err == nil
	}, err
}

// isOperators reports whether an object is a list of operators and not a value.
func isOperators(value any) (Object, bool) {
	o, ok := value.(Object)
	return o, ok && len(o) > 0 && o[0].Name != "" && o[0].Name[0] == '$'
}

// operators are the tests of what is at a path: {"$gt": 1, "$lt": 5}, or a value that it should equal.
func (r *reader) operators(path []string, value any) (test, error) {
	o, ok := isOperators(value)
	if !ok {
		o = Object{{"$eq", value}}
	}
	tests := make([]test, 0, len(o))
	for _, f := range o {
		if f.Name == "$options" {
			continue // of $regex
		}
		if err := r.count(); err != nil {
			return nil, err
		}
		made, err := r.operator(path, f.Name, f.Value, o)
		if err != nil {
			return nil, err
		}
		tests = append(tests, made)
	}
	return all(tests), nil
}

func (r *reader) operator(path []string, name string, value any, beside Object) (test, error) {
	switch name {
	case "$eq", "$ne", "$gt", "$gte", "$lt", "$lte":
		if err := checkValue(value); err != nil {
			return nil, err
		}
		return r.comparison(path, name, value), nil
	case "$in", "$nin", "$all":
		return r.listOperator(path, name, value)
	case "$exists":
		want, ok := value.(bool)
		if !ok {
			return nil, invalid("exists needs true or false")
		}
		return func(doc any) bool {
			return r.condition.walk(doc, path, func(_ any, missing bool) bool { return !missing }) == want
		}, nil
	case "$size":
		n, ok := value.(float64)
		if !ok || n < 0 || n != math.Trunc(n) {
			return nil, invalid("size needs a whole number")
		}
		return r.onLists(path, func(list Array) bool { return len(list) == int(n) }), nil
	case "$mod":
		return r.modulo(path, value)
	case "$regex":
		flags, _ := get[string](beside, "$options")
		return r.regexp(path, value, flags)
	case "$not":
		inner, ok := isOperators(value)
		if !ok {
			return nil, invalid("not needs a condition")
		}
		t, err := r.operators(path, inner)
		if err != nil {
			return nil, err
		}
		return not(t), nil
	case "$elemMatch":
		return r.element(path, value)
	case "$near":
		return r.nearby(path, value)
	case "$geoWithin":
		return r.within(path, value)
	}
	return nil, invalid("there is no query operator %s", clip(name))
}

// onValues tests what is at a path, and every element when it is a list.
func (r *reader) onValues(path []string, t func(value any) bool) test {
	return func(doc any) bool {
		return r.condition.walk(doc, path, func(value any, missing bool) bool {
			if missing {
				return false
			}
			list, ok := value.(Array)
			r.condition.spent += len(list)
			return t(value) || ok && slices.ContainsFunc(list, t)
		})
	}
}

func (r *reader) onLists(path []string, t func(list Array) bool) test {
	return func(doc any) bool {
		return r.condition.walk(doc, path, func(value any, _ bool) bool {
			list, ok := value.(Array)
			r.condition.spent += len(list)
			return ok && t(list)
		})
	}
}

// equals is true of a value, of a list with it, and with null of what is missing.
func (r *reader) equals(path []string, want any) test {
	present := r.onValues(path, func(value any) bool { return r.condition.equal(value, want) })
	if want != nil {
		return present
	}
	return func(doc any) bool {
		return present(doc) || r.condition.walk(doc, path, func(_ any, missing bool) bool { return missing })
	}
}

// comparison compares only values of one kind: 5 is neither less nor more than "5".
func (r *reader) comparison(path []string, name string, want any) test {
	switch {
	case name == "$eq", want == nil && (name == "$gte" || name == "$lte"):
		return r.equals(path, want)
	case name == "$ne":
		return not(r.equals(path, want))
	}
	return r.onValues(path, func(value any) bool {
		if rank(value) != rank(want) {
			return false
		}
		switch order := r.condition.compare(value, want); name {
		case "$gt":
			return order > 0
		case "$gte":
			return order >= 0
		case "$lt":
			return order < 0
		default:
			return order <= 0
		}
	})
}

func (r *reader) listOperator(path []string, name string, value any) (test, error) {
	list, ok := value.(Array)
	if !ok {
		return nil, invalid("%s needs a list", name[1:])
	}
	if len(list) > MaxValues {
		return nil, invalid("the list of %s may have %d values", name[1:], MaxValues)
	}
	tests := make([]test, len(list))
	for i, item := range list {
		if err := checkValue(item); err != nil {
			return nil, err
		}
		tests[i] = r.equals(path, item)
	}
	switch {
	case name == "$in":
		return some(tests), nil
	case name == "$nin":
		return not(some(tests)), nil
	case len(list) == 0:
		return func(any) bool { return false }, nil
	}
	return all(tests), nil
}

func (r *reader) modulo(path []string, value any) (test, error) {
	list, ok := value.(Array)
	if !ok || len(list) != 2 {
		return nil, invalid("mod needs a divisor and a remainder")
	}
	divisor, one := whole(list[0])
	remainder, two := whole(list[1])
	if !one || !two || divisor == 0 {
		return nil, invalid("mod needs a divisor that is not 0, and a remainder")
	}
	return r.onValues(path, func(value any) bool {
		n, ok := whole(value)
		return ok && n%divisor == remainder
	}), nil
}

// whole cuts a number to a whole one, as MongoDB does; larger ones have no remainder.
func whole(value any) (int64, bool) {
	n, ok := value.(float64)
	return int64(n), ok && math.Abs(n) < 1<<63
}

// element is true when one element of a list fulfils all of it.
func (r *reader) element(path []string, value any) (test, error) {
	var t test
	var err error
	query, ok := value.(Object)
	switch o, operators := isOperators(value); {
	case !ok:
		return nil, invalid("elemMatch needs a condition")
	case operators && o[0].Name != "$and" && o[0].Name != "$or" && o[0].Name != "$nor":
		t, err = r.operators(nil, o)
	default:
		objects, failed := r.query(query)
		t, err = func(value any) bool { _, ok := value.(Object); return ok && objects(value) }, failed
	}
	if err != nil {
		return nil, err
	}
	return r.onLists(path, func(list Array) bool { return slices.ContainsFunc(list, t) }), nil
}

// checkValue refuses values that no document can have: operators in the place of names.
func checkValue(value any) error {
	switch v := value.(type) {
	case Array:
		for _, item := range v {
			if err := checkValue(item); err != nil {
				return err
			}
		}
	case Object:
		for _, f := range v {
			if err := checkName(f.Name); err != nil {
				return err
			}
			if err := checkValue(f.Value); err != nil {
				return err
			}
		}
	}
	return nil
}
