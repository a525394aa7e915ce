package document

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Update is what changes documents, in the form of MongoDB: {"$set": {"a.b": 1}, "$inc": {"n": 1}}.
type Update struct {
	work    Condition // what $pull asks is counted with the rest of the work
	changes []change
}

type change struct {
	*budget
	path     []string
	operator string
	value    any
	gone     test         // of $pull
	sort     []orderField // of $push
}

// NewUpdate reads an update. One of _id or _openid is refused: the host sets them.
func NewUpdate(text []byte, now time.Time) (*Update, error) {
	parsed, err := parseAny(text, now)
	if err != nil {
		return nil, err
	}
	operators, ok := parsed.(Object)
	if !ok {
		return nil, invalid("parameter.data should be object instead of %s", kindName(parsed))
	}
	update := &Update{}
	r := reader{condition: &update.work}
	for _, operator := range operators {
		fields, ok := operator.Value.(Object)
		if !ok {
			return nil, invalid("%s needs an object of fields", clip(operator.Name))
		}
		for _, f := range fields {
			path, err := splitPath(f.Name)
			if err != nil {
				return nil, err
			}
			if path[0] == "_id" || path[0] == "_openid" {
				return nil, invalid("Invalid Key Name: %s", path[0])
			}
			if len(update.changes) == MaxChanges {
				return nil, invalid("an update may change %d fields", MaxChanges)
			}
			made, err := r.change(path, operator.Name, f.Value)
			if err != nil {
				return nil, err
			}
			update.changes = append(update.changes, made)
		}
	}
	if len(update.changes) == 0 {
		return nil, invalid("parameter.data has nothing that would change")
	}
	return update, update.conflict()
}

// conflict refuses updates in which one path lies within another: their order would decide.
func (u *Update) conflict() error {
	names := make([]string, len(u.changes))
	for i, c := range u.changes {
		names[i] = strings.Join(c.path, ".") + "."
	}
	slices.Sort(names)
	for i := 1; i < len(names); i++ {
		if strings.HasPrefix(names[i], names[i-1]) {
			return invalid("the update changes %s twice", clip(strings.TrimSuffix(names[i], ".")))
		}
	}
	return nil
}

func (r *reader) change(path []string, operator string, value any) (change, error) {
	c := change{budget: &r.condition.budget, path: path, operator: operator, value: value}
	switch operator {
	case "$set", "$min", "$max", "$addToSet":
		if each, ok := eachOf(value); ok && operator == "$addToSet" {
			c.value = each
			return c, checkValue(each)
		}
		if operator == "$addToSet" {
			c.value = Array{value}
		}
		return c, checkValue(value)
	case "$unset":
		return c, nil
	case "$inc", "$mul", "$bit", "$pop":
		if _, ok := value.(float64); !ok && operator != "$bit" {
			return c, invalid("%s needs a number", operator[1:])
		}
		return c, nil
	case "$rename":
		name, _ := value.(string)
		to, err := splitPath(name)
		if err == nil && (to[0] == "_id" || to[0] == "_openid") {
			err = invalid("Invalid Key Name: %s", to[0])
		}
		return c, err
	case "$push":
		var err error
		c.sort, err = checkPush(value)
		return c, err
	case "$pullAll":
		if _, ok := value.(Array); !ok {
			return c, invalid("pullAll needs a list")
		}
		return c, checkValue(value)
	case "$pull":
		var err error
		c.gone, err = r.pulled(value)
		return c, err
	}
	return c, invalid("there is no update operator %s", clip(operator))
}

func eachOf(value any) (Array, bool) {
	o, _ := value.(Object)
	return get[Array](o, "$each")
}

// checkPush checks {"$each": […], "$position": n, "$slice": n, "$sort": 1 or {"field": -1}}.
// It returns what is sorted by: of "$sort": 1 one field without a path.
func checkPush(value any) (sort []orderField, err error) {
	o, ok := value.(Object)
	each, given := get[Array](o, "$each")
	if !ok || !given {
		return nil, invalid("push needs a list of values")
	}
	for _, f := range o {
		number, isNumber := f.Value.(float64)
		switch f.Name {
		case "$each":
		case "$position", "$slice":
			if !isNumber || number != math.Trunc(number) {
				return nil, invalid("%s of push needs a whole number", f.Name[1:])
			}
		case "$sort":
			if sort, err = sortOf(f.Value); err != nil {
				return nil, err
			}
		default:
			return nil, invalid("push has no option %s", clip(f.Name))
		}
	}
	return sort, checkValue(each)
}

func sortOf(value any) ([]orderField, error) {
	if number, ok := value.(float64); ok {
		return []orderField{{down: number < 0}}, nil
	}
	fields, _ := value.(Object)
	if len(fields) == 0 || len(fields) > MaxOrder {
		return nil, invalid("sort of push needs 1, -1 or an object of at most %d fields", MaxOrder)
	}
	sort := make([]orderField, len(fields))
	for i, f := range fields {
		path, err := splitPath(f.Name)
		direction, number := f.Value.(float64)
		if err != nil || !number {
			return nil, invalid("sort of push needs 1, -1 or an object of at most %d fields", MaxOrder)
		}
		sort[i] = orderField{path, direction < 0}
	}
	return sort, nil
}

// pulled is what $pull removes: equal values, or those of which a condition is true.
func (r *reader) pulled(value any) (test, error) {
	if o, ok := isOperators(value); ok {
		return r.operators(nil, o)
	}
	if query, ok := value.(Object); ok {
		objects, err := r.query(query)
		return func(value any) bool { _, ok := value.(Object); return ok && objects(value) }, err
	}
	return func(item any) bool { return r.condition.equal(item, value) }, checkValue(value)
}

// Apply returns the document after the update. The receiver's values and the given document are not used by
// the result, so that one update may be applied to many. It fails when all documents together cost more than an
// update may.
func (u *Update) Apply(doc Object) (Object, error) {
	doc = copyOf(doc).(Object)
	e := editor{budget: &u.work.budget}
	for _, c := range u.changes {
		if err := u.work.Err(); err != nil {
			return nil, err
		}
		if c.operator == "$rename" {
			value, found := e.lookup(doc, c.path)
			if !found {
				continue
			}
			to, _ := splitPath(c.value.(string)) // change has checked it
			removed, err := e.edit(doc, c.path, false, func(any, bool) (any, bool, error) { return nil, false, nil })
			if err != nil {
				return nil, err
			}
			renamed, err := e.edit(removed, to, true, func(any, bool) (any, bool, error) { return value, true, nil })
			if err != nil {
				return nil, err
			}
			doc = renamed.(Object)
			continue
		}
		edited, err := e.edit(doc, c.path, c.creates(), c.apply)
		if err != nil {
			return nil, err
		}
		doc = edited.(Object)
	}
	if err := checkDepth(doc, 0); err != nil {
		return nil, err
	}
	return doc, u.work.Err()
}

// creates reports whether a change makes what is missing.
func (c change) creates() bool {
	switch c.operator {
	case "$unset", "$pop", "$pull", "$pullAll":
		return false
	}
	return true
}

// checkDepth refuses what could not be read again.
func checkDepth(value any, depth int) error {
	if depth > MaxDepth {
		return invalid("the value is nested deeper than %d levels", MaxDepth)
	}
	switch v := value.(type) {
	case Array:
		for _, item := range v {
			if err := checkDepth(item, depth+1); err != nil {
				return err
			}
		}
	case Object:
		for _, f := range v {
			if err := checkDepth(f.Value, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// copy is copyOf for what an update brings: it is copied into every document.
func (b *budget) copy(value any) any {
	if b.spent += inside(value); b.over() {
		return nil
	}
	return copyOf(value)
}

func copyOf(value any) any {
	switch v := value.(type) {
	case Array:
		made := make(Array, len(v))
		for i := range v {
			made[i] = copyOf(v[i])
		}
		return made
	case Object:
		made := make(Object, len(v))
		for i, f := range v {
			made[i] = Field{f.Name, copyOf(f.Value)}
		}
		return made
	}
	return value
}

// lookup finds the one value at a path of an update, where a part names a field or a place in a list.
func (b *budget) lookup(value any, path []string) (any, bool) {
	for _, part := range path {
		switch v := value.(type) {
		case Object:
			b.spent += 1 + len(v)/manyFields
			var ok bool
			if value, ok = v.Get(part); !ok {
				return nil, false
			}
		case Array:
			i, ok := index(part)
			if !ok || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// editSteps is what a part of a path costs in steps: an object may be made for it.
const editSteps = 4

// editor changes one document.
type editor struct {
	*budget
	filled int
}

// edit replaces what is at a path. Objects on the way are made when it creates what is missing.
func (e *editor) edit(value any, path []string, creates bool, with func(old any, found bool) (made any, keep bool, err error)) (any, error) {
	part, rest := path[0], path[1:]
	step := func(old any, found bool) (any, bool, error) {
		if len(rest) == 0 {
			return with(old, found)
		}
		if !found {
			if !creates {
				return nil, false, nil
			}
			old = Object{}
		}
		made, err := e.edit(old, rest, creates, with)
		return made, true, err
	}
	e.spent += editSteps
	switch v := value.(type) {
	case Object:
		e.spent += len(v) / manyFields
		old, found := v.Get(part)
		made, keep, err := step(old, found)
		switch {
		case err != nil:
			return nil, err
		case keep:
			return v.with(part, made), nil
		case found:
			return v.without(part), nil
		}
		return v, nil
	case Array:
		i, ok := index(part)
		if !ok {
			return nil, invalid("Cannot create field '%s' in an array", clip(part))
		}
		var old any
		if i < len(v) {
			old = v[i]
		}
		made, keep, err := step(old, i < len(v))
		if err != nil || !keep && i >= len(v) {
			return v, err
		}
		for ; len(v) <= i; e.filled++ {
			if e.filled > MaxIndex {
				return nil, invalid("the update would fill lists with more than %d nulls", MaxIndex)
			}
			v = append(v, nil)
		}
		v[i] = made // an element that is removed becomes null, so that the others keep their places
		return v, nil
	}
	if !creates {
		return value, nil
	}
	return nil, invalid("Cannot create field '%s' in element {%s}", clip(part), clip(string(Encode(value))))
}

// apply is one operator on one value.
func (c change) apply(old any, found bool) (any, bool, error) {
	switch c.operator {
	case "$set":
		return c.copy(c.value), true, nil
	case "$unset":
		return nil, false, nil
	case "$min", "$max":
		if order := c.compare(c.value, old); !found || order < 0 && c.operator == "$min" || order > 0 && c.operator == "$max" {
			return c.copy(c.value), true, nil
		}
		return old, true, nil
	case "$inc", "$mul":
		return c.arithmetic(old, found)
	case "$bit":
		return c.bits(old, found)
	}
	list, ok := old.(Array)
	if found && !ok {
		return nil, false, invalid("%s needs a list at %s, which is %s", c.operator[1:], strings.Join(c.path, "."), kindName(old))
	}
	return c.list(list, found)
}

func (c change) arithmetic(old any, found bool) (any, bool, error) {
	by := c.value.(float64)
	n, ok := old.(float64)
	switch {
	case found && !ok:
		return nil, false, invalid("%s needs a number at %s, which is %s", c.operator[1:], strings.Join(c.path, "."), kindName(old))
	case c.operator == "$mul":
		n *= by
	default:
		n += by
	}
	if math.IsInf(n, 0) {
		return nil, false, invalid("%s makes %s too large", c.operator[1:], strings.Join(c.path, "."))
	}
	return n, true, nil
}

// bits is {"and": n, "or": n, "xor": n} on whole numbers.
func (c change) bits(old any, found bool) (any, bool, error) {
	o, ok := c.value.(Object)
	n, number := old.(float64)
	if !ok || found && !number || math.Abs(n) > math.MaxInt32 {
		return nil, false, invalid("bit needs an object with and, or or xor, and a number of 32 bits")
	}
	bits := int32(n)
	for _, f := range o {
		with, number := f.Value.(float64)
		if !number || math.Abs(with) > math.MaxInt32 {
			return nil, false, invalid("bit needs numbers of 32 bits")
		}
		switch f.Name {
		case "and":
			bits &= int32(with)
		case "or":
			bits |= int32(with)
		case "xor":
			bits ^= int32(with)
		default:
			return nil, false, invalid("bit has no %s", clip(f.Name))
		}
	}
	return float64(bits), true, nil
}

func (c change) list(list Array, found bool) (any, bool, error) {
	switch c.operator {
	case "$push":
		return c.push(list)
	case "$pop":
		switch {
		case !found || len(list) == 0:
			return list, found, nil
		case c.value.(float64) < 0:
			return list[1:], true, nil
		}
		return list[:len(list)-1], true, nil
	case "$addToSet":
		for _, item := range c.value.(Array) {
			if !c.among(list, item) {
				list = append(list, c.copy(item))
			}
		}
		return emptyList(list), true, nil
	case "$pull":
		c.spent += len(list)
		return slices.DeleteFunc(list, c.gone), found, nil
	}
	return slices.DeleteFunc(list, func(item any) bool { return c.among(c.value.(Array), item) }), found, nil
}

// among reports whether a list has a value. Over the budget it says yes, and Apply fails.
func (c change) among(list Array, value any) bool {
	if c.spent += 1 + len(list); c.over() {
		return true
	}
	return slices.ContainsFunc(list, func(other any) bool { return c.equal(value, other) })
}

func emptyList(list Array) Array {
	if list == nil {
		return Array{}
	}
	return list
}

func (c change) push(list Array) (any, bool, error) {
	o := c.value.(Object)
	each, _ := eachOf(o)
	place := len(list)
	if given, ok := get[float64](o, "$position"); ok {
		if place = int(min(given, float64(len(list)))); given < 0 {
			place = max(0, len(list)+int(max(given, -float64(len(list)))))
		}
	}
	added, _ := c.copy(each).(Array)
	list = slices.Insert(list, place, added...)
	if c.sort != nil {
		c.sortList(list)
	}
	if keep, ok := get[float64](o, "$slice"); ok {
		if keep < 0 {
			list = list[max(0, len(list)+int(max(keep, -float64(len(list))))):]
		} else {
			list = list[:min(len(list), int(min(keep, float64(len(list)))))]
		}
	}
	return emptyList(list), true, nil
}

func (c change) sortList(list Array) {
	slices.SortStableFunc(list, func(one, two any) int {
		for _, by := range c.sort {
			if c.spent++; c.over() {
				return 0
			}
			a, b := one, two
			if len(by.path) > 0 {
				a, _ = c.lookup(one, by.path)
				b, _ = c.lookup(two, by.path)
			}
			if order := c.compare(a, b); order != 0 {
				if by.down {
					return -order
				}
				return order
			}
		}
		return 0
	})
}
