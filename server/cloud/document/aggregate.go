package document

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"time"
)

// Pipeline is an aggregation in the form of MongoDB: [{"$match": {…}}, {"$group": {…}}]. It runs once.
type Pipeline struct {
	work   *work
	stages []stage
	first  *Condition // of a match that comes first
	from   []string
}

// work is what one aggregation has done, those within it included.
type work struct {
	budget
	now         time.Time
	err         error // the first
	expressions int
	stages      int
	kept        int
	load        Source
	loaded      map[string][]Object
}

// Source passes the documents of a collection to each until that returns false.
type Source func(collection string, each func(Object) bool) error

// fail notes the first fault. Nothing that is computed after it means anything.
func (w *work) fail(err error) any {
	if w.err == nil {
		w.err = err
	}
	return missing
}

// stopped reports whether there is no use in going on.
func (w *work) stopped() bool {
	if w.err == nil && w.over() {
		w.err = w.Err()
	}
	return w.err != nil
}

// keep counts what is held in memory until documents after it have been read.
func (w *work) keep(value any) int {
	n := w.weigh(value, 0)
	if w.kept += n; w.kept > MaxKept && w.err == nil {
		w.fail(invalid("the aggregation holds too much at once: use match, project or limit before group, sort and lookup"))
	}
	return n
}

// weigh counts the values in a value, and its texts by their length.
func (w *work) weigh(value any, depth int) (n int) {
	w.spent++
	if depth > MaxDepth {
		w.fail(invalid("the value is nested deeper than %d levels", MaxDepth))
	}
	if w.stopped() {
		return 0
	}
	n = 1
	switch v := value.(type) {
	case string:
		n += len(v) / keptText
	case Array:
		for _, item := range v {
			n += w.weigh(item, depth+1)
		}
	case Object:
		for _, f := range v {
			n += w.weigh(f.Value, depth+1)
		}
	}
	return n
}

// keptText is how many bytes of a text count as one value that is kept.
const keptText = 64

// sink takes documents. push returns false when it needs no more; finish follows the last.
type sink struct {
	push   func(Object) bool
	finish func()
}

// stage is one step of an aggregation: it makes of what takes its documents what it takes itself. outer has the
// variables of a pipeline within a lookup.
type stage struct {
	name string
	n    int // of limit and skip
	open func(next sink, outer *scope) sink
	top  *int // of sort: how many documents are needed, 0 for all
}

// NewPipeline reads an aggregation.
func NewPipeline(text []byte, now time.Time) (*Pipeline, error) {
	parsed, err := parseAny(text, now)
	if err != nil {
		return nil, err
	}
	w := &work{now: now, loaded: map[string][]Object{}}
	return w.pipeline(parsed, 0)
}

func (w *work) pipeline(parsed any, depth int) (*Pipeline, error) {
	list, ok := parsed.(Array)
	if !ok {
		return nil, invalid("an aggregation is a list of stages")
	}
	if depth > MaxNested {
		return nil, invalid("lookups are nested deeper than %d levels", MaxNested)
	}
	p := &Pipeline{work: w}
	for i, item := range list {
		one, ok := item.(Object)
		if !ok || len(one) != 1 {
			return nil, invalid("a stage of an aggregation has one name")
		}
		if w.stages++; w.stages > MaxStages {
			return nil, invalid("an aggregation may have %d stages", MaxStages)
		}
		build := builders[one[0].Name]
		if build == nil {
			return nil, invalid("there is no stage %s", clip(one[0].Name))
		}
		made, err := build(p, one[0].Value, depth)
		if err != nil {
			return nil, err
		}
		if made.name = one[0].Name; made.name != "$match" || i > 0 {
			p.first = firstOf(p.first, i)
		}
		p.stages = append(p.stages, made)
	}
	p.shorten()
	return p, nil
}

// firstOf keeps the condition of a match only if that is the first stage.
func firstOf(c *Condition, at int) *Condition {
	if at == 0 {
		return nil
	}
	return c
}

// shorten tells each sort how many documents are needed of it.
func (p *Pipeline) shorten() {
	for i, s := range p.stages {
		if s.top == nil {
			continue
		}
		skipped := 0
		for _, after := range p.stages[i+1:] {
			if after.name == "$skip" {
				skipped += after.n
				continue
			}
			if after.name == "$limit" {
				*s.top = skipped + after.n
			}
			break
		}
	}
}

// Collections are those that lookups read.
func (p *Pipeline) Collections() []string { return p.from }

// Selects is a condition for the collection itself: it is true of every document, and knows of which _id they are.
func (p *Pipeline) Selects() *Condition {
	c := &Condition{test: func(any) bool { return true }}
	if p.first != nil {
		c.IDs = p.first.IDs
	}
	return c
}

// Run reads the collection and returns up to limit documents.
func (p *Pipeline) Run(collection string, limit int, source, lookup Source) ([]Object, error) {
	w := p.work
	w.load = lookup
	var failed error
	found := p.run(nil, limit, func(each func(Object) bool) { failed = source(collection, each) })
	switch {
	case failed != nil:
		return nil, failed
	case w.stopped():
		return nil, w.err
	}
	return found, nil
}

// run runs the stages over what source has.
func (p *Pipeline) run(outer *scope, limit int, source func(each func(Object) bool)) (found []Object) {
	w := p.work
	into := sink{
		push: func(doc Object) bool {
			w.keep(doc)
			found = append(found, doc)
			return len(found) < limit
		},
		finish: func() {},
	}
	for _, s := range slices.Backward(p.stages) {
		into = s.open(into, outer)
	}
	source(func(doc Object) bool { return into.push(doc) && !w.stopped() })
	if !w.stopped() {
		into.finish()
	}
	return found
}

type builder func(p *Pipeline, value any, depth int) (stage, error)

var builders map[string]builder

func init() { // lookups have pipelines of their own
	builders = map[string]builder{
		"$match": (*Pipeline).match, "$project": (*Pipeline).project, "$addFields": (*Pipeline).addFields, "$set": (*Pipeline).addFields,
		"$group": (*Pipeline).group, "$sort": (*Pipeline).sort, "$limit": (*Pipeline).limit, "$skip": (*Pipeline).skip, "$count": (*Pipeline).count,
		"$lookup": (*Pipeline).lookup, "$unwind": (*Pipeline).unwind, "$sample": (*Pipeline).sample, "$replaceRoot": (*Pipeline).replaceRoot,
		"$sortByCount": (*Pipeline).sortByCount, "$bucket": (*Pipeline).bucket, "$geoNear": (*Pipeline).geoNear,
	}
}

// each is a stage that makes one document of each, or none.
func each(change func(doc Object, outer *scope) (Object, bool)) stage {
	return stage{open: func(next sink, outer *scope) sink {
		return sink{finish: next.finish, push: func(doc Object) bool {
			made, ok := change(doc, outer)
			return !ok || next.push(made)
		}}
	}}
}

// matching tests documents with a condition, whose work is that of the aggregation.
func (w *work) matching(c *Condition, doc Object, outer *scope) bool {
	c.spent, c.outer = w.spent, outer
	found := c.test(doc)
	w.spent = c.spent
	return found && !w.stopped()
}

func (p *Pipeline) match(value any, _ int) (stage, error) {
	query, ok := value.(Object)
	if !ok {
		return stage{}, invalid("match needs an object instead of %s", kindName(value))
	}
	c, err := newCondition(query, p.work)
	if err != nil {
		return stage{}, err
	}
	if c.near != nil {
		return stage{}, invalid("match cannot sort by distance: use geoNear of aggregate as the first stage")
	}
	if len(p.stages) == 0 {
		p.first = c
	}
	return each(func(doc Object, outer *scope) (Object, bool) { return doc, p.work.matching(c, doc, outer) }), nil
}

// natural reads a number of documents.
func natural(stage string, value any, least float64) (int, error) {
	n, ok := value.(float64)
	if !ok || n < least || n != math.Trunc(n) || n > math.MaxInt32 {
		return 0, invalid("%s needs a whole number from %v", stage, least)
	}
	return int(n), nil
}

func (p *Pipeline) limit(value any, _ int) (stage, error) {
	n, err := natural("limit", value, 1)
	return stage{n: n, open: func(next sink, _ *scope) sink {
		seen := 0
		return sink{finish: next.finish, push: func(doc Object) bool {
			seen++
			return seen <= n && next.push(doc) && seen < n
		}}
	}}, err
}

func (p *Pipeline) skip(value any, _ int) (stage, error) {
	n, err := natural("skip", value, 0)
	return stage{n: n, open: func(next sink, _ *scope) sink {
		seen := 0
		return sink{finish: next.finish, push: func(doc Object) bool {
			seen++
			return seen <= n || next.push(doc)
		}}
	}}, err
}

// fieldName reads the name of a field that a stage makes.
func fieldName(stage string, value any) (string, error) {
	name, _ := value.(string)
	if err := checkName(name); err != nil {
		return "", invalid("%s needs the name of a field", stage)
	}
	return name, nil
}

func (p *Pipeline) count(value any, _ int) (stage, error) {
	name, err := fieldName("count", value)
	return stage{open: func(next sink, _ *scope) sink {
		n := 0
		return sink{
			push: func(Object) bool { n++; return true },
			finish: func() {
				if n > 0 {
					next.push(Object{{name, float64(n)}})
				}
				next.finish()
			},
		}
	}}, err
}

// all passes documents on that a stage has held.
func (w *work) all(docs []Object, next sink) {
	for _, doc := range docs {
		if w.stopped() || !next.push(doc) {
			break
		}
	}
	if !w.stopped() {
		next.finish()
	}
}

func (p *Pipeline) sort(value any, _ int) (stage, error) {
	fields, ok := value.(Object)
	if !ok || len(fields) == 0 {
		return stage{}, invalid("sort needs an object of fields, each with 1 or -1")
	}
	var given [][2]string
	for _, f := range fields {
		direction, ok := map[any]string{1.0: "asc", -1.0: "desc"}[f.Value]
		if !ok {
			return stage{}, invalid("sort needs 1 or -1 for %s", clip(f.Name))
		}
		given = append(given, [2]string{f.Name, direction})
	}
	order, err := NewOrder(given)
	if err != nil {
		return stage{}, err
	}
	return p.sorted(order), nil
}

// sorted is a stage that sorts. Of a few that are needed it holds few.
func (p *Pipeline) sorted(order *Order) stage {
	type row struct {
		doc    Object
		key    []any
		weight int
	}
	w, top := p.work, new(int)
	return stage{top: top, open: func(next sink, _ *scope) sink {
		var rows []row
		arrange := func() {
			order.spent = w.spent
			slices.SortStableFunc(rows, func(a, b row) int {
				if order.over() {
					return 0
				}
				return order.Compare(a.key, b.key)
			})
			w.spent = order.spent
			if *top > 0 && len(rows) > *top {
				for _, r := range rows[*top:] {
					w.kept -= r.weight
				}
				clear(rows[*top:])
				rows = rows[:*top]
			}
		}
		return sink{
			push: func(doc Object) bool {
				order.spent = w.spent
				key := order.Key(doc)
				w.spent = order.spent
				rows = append(rows, row{doc, key, w.keep(doc)})
				if *top > 0 && len(rows) >= 2*(*top)+1000 {
					arrange()
				}
				return !w.stopped()
			},
			finish: func() {
				arrange()
				for _, r := range rows {
					w.kept -= r.weight
					if w.stopped() || !next.push(r.doc) {
						break
					}
				}
				if !w.stopped() {
					next.finish()
				}
			},
		}
	}}
}

func (p *Pipeline) sample(value any, _ int) (stage, error) {
	o, _ := value.(Object)
	size, _ := o.Get("size")
	n, err := natural("sample", size, 1)
	if err == nil && n > MaxSample {
		err = invalid("sample has at most %d documents", MaxSample)
	}
	w := p.work
	return stage{open: func(next sink, _ *scope) sink {
		var chosen []Object
		seen := 0
		return sink{
			push: func(doc Object) bool {
				seen++
				if len(chosen) < n {
					w.keep(doc)
					chosen = append(chosen, doc)
				} else if at := rand.IntN(seen); at < n { //nolint:gosec // nobody gains by knowing which documents come
					chosen[at] = doc
				}
				return !w.stopped()
			},
			finish: func() {
				rand.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
				w.all(chosen, next)
			},
		}
	}}, err
}

func (p *Pipeline) replaceRoot(value any, _ int) (stage, error) {
	o, _ := value.(Object)
	given, ok := o.Get("newRoot")
	if !ok {
		return stage{}, invalid("replaceRoot needs newRoot")
	}
	w := p.work
	root, err := w.expression(given)
	return each(func(doc Object, outer *scope) (Object, bool) {
		made, ok := root(w.at(doc, outer)).(Object)
		if !ok {
			w.fail(invalid("newRoot of replaceRoot should be an object in every document"))
		}
		return made, ok
	}), err
}

func (p *Pipeline) unwind(value any, _ int) (stage, error) {
	name, _ := value.(string)
	index, preserve := "", false
	if o, ok := value.(Object); ok {
		name, _ = get[string](o, "path")
		preserve, _ = get[bool](o, "preserveNullAndEmptyArrays")
		if given, there := o.Get("includeArrayIndex"); there {
			var err error
			if index, err = fieldName("includeArrayIndex", given); err != nil {
				return stage{}, err
			}
		}
	}
	if len(name) < 2 || name[0] != '$' {
		return stage{}, invalid("unwind needs the path of a field, such as $tags")
	}
	path, err := splitPath(name[1:])
	if err != nil {
		return stage{}, err
	}
	w := p.work
	return stage{open: func(next sink, _ *scope) sink {
		one := func(doc Object, at, item any) bool {
			w.spent += len(doc)
			if item != missing {
				doc = replaced(doc, path, item)
			}
			if index != "" {
				doc = replaced(doc, []string{index}, at)
			}
			return next.push(doc) && !w.stopped()
		}
		return sink{finish: next.finish, push: func(doc Object) bool {
			found := inObjects(doc, path)
			switch list, isList := found.(Array); {
			case isList && len(list) > 0:
				for i, item := range list {
					if !one(doc, float64(i), item) {
						return false
					}
				}
				return true
			case !isList && found != missing && found != nil:
				return one(doc, nil, missing)
			case !preserve:
				return true
			case isList:
				return one(without(doc, path), nil, missing)
			}
			return one(doc, nil, missing)
		}}
	}}, nil
}

// inObjects is what is at a path through objects alone.
func inObjects(doc Object, path []string) any {
	value, ok := doc.Get(path[0])
	if !ok {
		return missing
	}
	if len(path) == 1 {
		return value
	}
	inner, ok := value.(Object)
	if !ok {
		return missing
	}
	return inObjects(inner, path[1:])
}

// replaced is a document with a value at a path. The document itself stays as it is.
func replaced(doc Object, path []string, value any) Object {
	made := slices.Clone(doc)
	if len(path) > 1 {
		inner, _ := get[Object](doc, path[0])
		value = replaced(inner, path[1:], value)
	}
	return made.with(path[0], value)
}

// without is a document without the field at a path.
func without(doc Object, path []string) Object {
	if len(path) == 1 {
		return slices.Clone(doc).without(path[0])
	}
	inner, _ := get[Object](doc, path[0])
	return slices.Clone(doc).with(path[0], without(inner, path[1:]))
}

func (p *Pipeline) lookup(value any, depth int) (stage, error) {
	o, _ := value.(Object)
	from, _ := get[string](o, "from")
	as, err := pathOf(o, "as")
	if from == "" || err != nil {
		return stage{}, invalid("lookup needs from, a collection, and as, a field")
	}
	if !slices.Contains(p.from, from) {
		p.from = append(p.from, from)
	}
	if inner, ok := o.Get("pipeline"); ok {
		return p.lookupPipeline(o, from, as, inner, depth)
	}
	local, failed := pathOf(o, "localField")
	foreign, bad := pathOf(o, "foreignField")
	if failed != nil || bad != nil {
		return stage{}, invalid("lookup needs localField and foreignField, or a pipeline")
	}
	w := p.work
	return w.holding(func(docs []Object, _ *scope) { w.join(docs, from, as, local, foreign) }), nil
}

func pathOf(o Object, name string) ([]string, error) {
	text, _ := get[string](o, name)
	if text == "" {
		return nil, invalid("%s is not given", name)
	}
	return splitPath(text)
}

// holding is a stage that changes all documents together.
func (w *work) holding(change func(docs []Object, outer *scope)) stage {
	return stage{open: func(next sink, outer *scope) sink {
		var docs []Object
		before := w.kept
		return sink{
			push: func(doc Object) bool {
				w.keep(doc)
				docs = append(docs, doc)
				return !w.stopped()
			},
			finish: func() {
				change(docs, outer)
				w.kept = before // the next stage counts what it keeps of them
				w.all(docs, next)
			},
		}
	}}
}

// join reads a collection once, and gives each document those of it that have one of its values.
func (w *work) join(docs []Object, from string, as, local, foreign []string) {
	wanting := map[string][]int{}
	for i, doc := range docs {
		for _, key := range w.keysAt(doc, local) {
			wanting[key] = append(wanting[key], i)
		}
	}
	found := make([]Array, len(docs))
	last := make([]int, len(docs)) // the number of the foreign document that was added last
	n := 0
	w.each(from, func(other Object) bool {
		n++
		for _, key := range w.keysAt(other, foreign) {
			for _, i := range wanting[key] {
				w.spent++
				if last[i] != n {
					last[i] = n
					w.keep(other)
					found[i] = append(found[i], other)
				}
			}
		}
		return !w.stopped()
	})
	for i := range docs {
		if found[i] == nil {
			found[i] = Array{}
		}
		docs[i] = replaced(docs[i], as, found[i])
	}
}

// keysAt are the values at a path, and the elements of lists there, as texts. What is missing counts as null.
func (w *work) keysAt(doc Object, path []string) (keys []string) {
	add := func(value any) {
		w.weigh(value, 0)
		if !w.stopped() {
			keys = append(keys, string(Encode(value)))
		}
	}
	w.walk(doc, path, func(value any, _ bool) bool {
		if list, ok := value.(Array); ok {
			for _, item := range list {
				add(item)
			}
			return false
		}
		add(value)
		return false
	})
	return keys
}

// each reads a collection. What it fails with ends the aggregation.
func (w *work) each(from string, visit func(Object) bool) {
	if docs, ok := w.loaded[from]; ok {
		for _, doc := range docs {
			w.spent++
			if !visit(doc) {
				return
			}
		}
		return
	}
	if err := w.load(from, visit); err != nil {
		w.fail(err)
	}
}

// lookupPipeline is the form of lookup that runs stages over the other collection for each document.
func (p *Pipeline) lookupPipeline(o Object, from string, as []string, given any, depth int) (stage, error) {
	w := p.work
	inner, err := w.pipeline(given, depth+1)
	if err != nil {
		return stage{}, err
	}
	for _, name := range inner.from {
		if !slices.Contains(p.from, name) {
			p.from = append(p.from, name)
		}
	}
	let, _ := get[Object](o, "let")
	values := make([]expression, len(let))
	for i, variable := range let {
		if values[i], err = w.expression(variable.Value); err != nil {
			return stage{}, err
		}
	}
	return w.holding(func(docs []Object, outer *scope) {
		w.hold(from)
		for i, doc := range docs {
			at, with := w.at(doc, outer), outer
			for j, variable := range let {
				with = &scope{name: variable.Name, value: values[j](at), outer: with}
			}
			kept := w.kept
			found := inner.run(with, math.MaxInt, func(each func(Object) bool) { w.each(from, each) })
			if w.stopped() {
				return
			}
			w.kept = kept
			list := make(Array, len(found))
			for j, one := range found {
				list[j] = one
			}
			w.keep(list)
			docs[i] = replaced(doc, as, list)
		}
	}), nil
}

// hold reads a collection into memory, because it is read many times.
func (w *work) hold(from string) {
	if _, ok := w.loaded[from]; ok {
		return
	}
	docs := []Object{}
	w.each(from, func(doc Object) bool {
		w.keep(doc)
		docs = append(docs, doc)
		return !w.stopped()
	})
	w.loaded[from] = docs
}

func (p *Pipeline) group(value any, _ int) (stage, error) {
	fields, ok := value.(Object)
	by, given := fields.Get("_id")
	if !ok || !given {
		return stage{}, invalid("group needs _id: what it groups by, or null for all")
	}
	key, err := p.work.expression(by)
	if err != nil {
		return stage{}, err
	}
	made, err := p.work.accumulators(slices.Clone(fields).without("_id"))
	return p.grouped(key, made), err
}

// grouped is a stage that makes one document of all with the same key.
func (p *Pipeline) grouped(key expression, fields []accumulated) stage {
	w := p.work
	return stage{open: func(next sink, outer *scope) sink {
		type group struct {
			key    any
			totals []accumulator
		}
		groups := map[string]*group{}
		var order []*group
		return sink{
			push: func(doc Object) bool {
				at := w.at(doc, outer)
				value := orNull(key(at))
				if w.weigh(value, 0); w.stopped() {
					return false
				}
				name := string(Encode(value))
				g := groups[name]
				if g == nil {
					w.keep(value)
					g = &group{key: value}
					for _, f := range fields {
						g.totals = append(g.totals, f.make(w))
						w.keep(nil)
					}
					groups[name] = g
					order = append(order, g)
				}
				for i, f := range fields {
					g.totals[i].add(f.value(at))
				}
				return !w.stopped()
			},
			finish: func() {
				docs := make([]Object, len(order))
				for i, g := range order {
					doc := Object{{"_id", g.key}}
					for j, f := range fields {
						doc = append(doc, Field{f.name, orNull(g.totals[j].result())})
					}
					docs[i] = doc
				}
				w.all(docs, next)
			},
		}
	}}
}

func (p *Pipeline) sortByCount(value any, depth int) (stage, error) {
	key, err := p.work.expression(value)
	if err != nil {
		return stage{}, err
	}
	counts, err := p.work.accumulators(Object{{"count", Object{{"$sum", 1.0}}}})
	if err != nil {
		return stage{}, err
	}
	order, err := NewOrder([][2]string{{"count", "desc"}})
	group, sorted := p.grouped(key, counts), p.sorted(order)
	return stage{open: func(next sink, outer *scope) sink { return group.open(sorted.open(next, outer), outer) }}, err
}

func (p *Pipeline) bucket(value any, _ int) (stage, error) {
	o, _ := value.(Object)
	by, given := o.Get("groupBy")
	bounds, ok := get[Array](o, "boundaries")
	w := p.work
	if !given || !ok || len(bounds) < 2 || len(bounds) > MaxValues ||
		!sort.SliceIsSorted(bounds, func(i, j int) bool { return w.order(bounds[i], bounds[j]) < 0 }) {
		return stage{}, invalid("bucket needs groupBy and boundaries: at least two values that go up")
	}
	rest, hasRest := o.Get("default")
	key, err := w.expression(by)
	if err != nil {
		return stage{}, err
	}
	output, ok := get[Object](o, "output")
	if !ok {
		output = Object{{"count", Object{{"$sum", 1.0}}}}
	}
	fields, err := w.accumulators(output)
	if err != nil {
		return stage{}, err
	}
	order, err := NewOrder([][2]string{{"_id", "asc"}})
	group, sorted := p.grouped(func(s *scope) any {
		value := orNull(key(s))
		at := sort.Search(len(bounds), func(i int) bool { return w.order(bounds[i], value) > 0 })
		switch {
		case at > 0 && at < len(bounds):
			return bounds[at-1]
		case !hasRest:
			return w.fail(invalid("bucket has no default for %s, which is in none of its boundaries", clip(string(Encode(value)))))
		}
		return rest
	}, fields), p.sorted(order)
	return stage{open: func(next sink, outer *scope) sink { return group.open(sorted.open(next, outer), outer) }}, err
}

func (p *Pipeline) geoNear(value any, _ int) (stage, error) {
	o, _ := value.(Object)
	center, _ := o.Get("near")
	from, ok := pointOf(center)
	key, bad := pathOf(o, "key")
	field, failed := pathOf(o, "distanceField")
	if !ok || bad != nil || failed != nil || len(p.stages) > 0 {
		return stage{}, invalid("geoNear is the first stage and needs near, a Point, key, the field with the places, and distanceField")
	}
	number := func(name string, otherwise float64) float64 {
		if n, ok := get[float64](o, name); ok {
			return n
		}
		return otherwise
	}
	least, most, times := number("minDistance", 0), number("maxDistance", math.Inf(1)), number("distanceMultiplier", 1)
	query, _ := get[Object](o, "query")
	c, err := newCondition(query, p.work)
	if err != nil {
		return stage{}, err
	}
	var locs []string
	if _, given := o.Get("includeLocs"); given {
		if locs, err = pathOf(o, "includeLocs"); err != nil {
			return stage{}, err
		}
	}
	w := p.work
	at := near{path: key, from: from}
	order, err := NewOrder([][2]string{{strings.Join(field, "."), "asc"}})
	sorted := p.sorted(order)
	*sorted.top = int(min(max(number("limit", 0), 0), math.MaxInt32))
	return stage{open: func(next sink, outer *scope) sink {
		cut := 0
		into := sorted.open(sink{finish: next.finish, push: func(doc Object) bool {
			cut++
			return (*sorted.top <= 0 || cut <= *sorted.top) && next.push(doc)
		}}, outer)
		return sink{finish: into.finish, push: func(doc Object) bool {
			if !w.matching(c, doc, outer) {
				return !w.stopped()
			}
			d, place := w.nearest(at, doc)
			if place == nil || d < least || d > most {
				return true
			}
			doc = replaced(doc, field, d*times)
			if locs != nil {
				doc = replaced(doc, locs, place)
			}
			return into.push(doc)
		}}
	}}, err
}
