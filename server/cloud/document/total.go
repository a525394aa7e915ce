package document

import (
	"math"
	"slices"
)

// accumulator makes one value of many: of those in a group, or of a list.
type accumulator interface {
	add(value any)
	result() any
}

// totals make accumulators, by their operators.
var totals = map[string]func(w *work) accumulator{
	"sum": func(*work) accumulator { return &mean{} }, "avg": func(*work) accumulator { return &mean{average: true} },
	"min": func(w *work) accumulator { return &extreme{w: w, sign: -1} }, "max": func(w *work) accumulator { return &extreme{w: w, sign: 1} },
	"first": func(w *work) accumulator { return &end{w: w, first: true} }, "last": func(w *work) accumulator { return &end{w: w} },
	"push": func(w *work) accumulator { return &collected{w: w} }, "addToSet": func(w *work) accumulator { return &collected{w: w, seen: map[string]bool{}} },
	"stdDevPop": func(*work) accumulator { return &deviation{} }, "stdDevSamp": func(*work) accumulator { return &deviation{sample: 1} },
}

// accumulated is one field of a group.
type accumulated struct {
	name  string
	make  func(w *work) accumulator
	value expression
}

// accumulators reads the fields of a group: {"total": {"$sum": "$price"}}.
func (w *work) accumulators(fields Object) (made []accumulated, err error) {
	for _, f := range fields {
		if err := checkName(f.Name); err != nil {
			return nil, err
		}
		o, ok := isOperators(f.Value)
		if !ok || len(o) != 1 {
			return nil, invalid("the field %s of group needs an accumulator, such as $.sum('$price')", clip(f.Name))
		}
		name := o[0].Name[1:]
		make := totals[name]
		if name == "mergeObjects" {
			make = func(w *work) accumulator { return &merged{w: w} }
		}
		if make == nil {
			return nil, invalid("%s is no accumulator: there are addToSet, avg, first, last, max, mergeObjects, min, push, stdDevPop, stdDevSamp and sum", clip(name))
		}
		one := accumulated{name: f.Name, make: make}
		if one.value, err = w.expression(o[0].Value); err != nil {
			return nil, err
		}
		made = append(made, one)
	}
	return made, nil
}

// total is an accumulator as an expression: of the elements of a list, or of its arguments.
func (w *work) total(name string, given any) (expression, error) {
	if name == "push" || name == "addToSet" {
		return nil, invalid("%s works in group only", name)
	}
	argument, err := w.expression(given)
	arguments, _ := given.(Array)
	single := len(arguments) == 1
	return func(s *scope) any {
		made := totals[name](w)
		value := argument(s)
		if single {
			value = value.(Array)[0] // [list] is the list itself
		}
		list, ok := value.(Array)
		if !ok {
			list = Array{value}
		}
		for _, item := range list {
			if w.spent++; w.stopped() {
				break
			}
			made.add(item)
		}
		return made.result()
	}, err
}

// mean is a sum or an average. What is no number counts for nothing.
type mean struct {
	average bool
	sum     float64
	n       float64
}

func (m *mean) add(value any) {
	if f, ok := value.(float64); ok {
		m.sum += f
		m.n++
	}
}

func (m *mean) result() any {
	switch {
	case !m.average:
		return finite(m.sum)
	case m.n == 0:
		return nil
	}
	return finite(m.sum / m.n)
}

// extreme is the largest or smallest value. What is null counts for nothing.
type extreme struct {
	w     *work
	sign  int
	best  any
	given bool
}

func (e *extreme) add(value any) {
	if orNull(value) != nil && (!e.given || e.w.order(value, e.best)*e.sign > 0) {
		e.best, e.given = value, true
	}
}

func (e *extreme) result() any { return e.best }

// end is the first or the last value.
type end struct {
	w     *work
	first bool
	value any
	given bool
}

func (e *end) add(value any) {
	if e.first && e.given {
		return
	}
	if !e.given {
		e.w.keep(value)
	}
	e.value, e.given = orNull(value), true
}

func (e *end) result() any { return e.value }

// collected is a list of all values, or of those that differ.
type collected struct {
	w    *work
	seen map[string]bool // nil for all
	list Array
}

func (c *collected) add(value any) {
	if value == missing {
		return
	}
	if c.w.weigh(value, 0); c.w.stopped() {
		return
	}
	if c.seen != nil {
		key := string(Encode(value))
		if c.seen[key] {
			return
		}
		c.seen[key] = true
	}
	c.w.keep(value)
	c.list = append(c.list, value)
}

func (c *collected) result() any {
	if c.list == nil {
		return Array{}
	}
	return c.list
}

// deviation is a standard deviation, by the way of Welford.
type deviation struct {
	sample        float64
	n, mean, more float64
}

func (d *deviation) add(value any) {
	if f, ok := value.(float64); ok {
		d.n++
		from := f - d.mean
		d.mean += from / d.n
		d.more += from * (f - d.mean)
	}
}

func (d *deviation) result() any {
	if d.n <= d.sample {
		return nil
	}
	return finite(math.Sqrt(d.more / (d.n - d.sample)))
}

// merged is an object with the fields of all.
type merged struct {
	w    *work
	made Object
}

func (m *merged) add(value any) {
	if both, ok := mergeObjects(m.w, []any{m.made, value}).(Object); ok {
		m.made = slices.Clip(both)
		m.w.kept += len(both)
	}
}

func (m *merged) result() any { return m.made }
