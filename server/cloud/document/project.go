package document

import (
	"math"
	"time"
)

// Projection is what is shown of a document: {"a": true, "b.c": true}, or all but {"a": false}.
type Projection struct {
	shown
	include bool
	hideID  bool
}

// shown is what a projection says about the field at a path, or about those within it.
type shown struct {
	named  bool
	show   bool
	slice  Array // [from, count] of a list
	within map[string]*shown
}

// at finds or makes what is said about a path.
func (s *shown) at(path []string) *shown {
	for _, part := range path {
		if s.within == nil {
			s.within = map[string]*shown{}
		}
		if s.within[part] == nil {
			s.within[part] = &shown{}
		}
		s = s.within[part]
	}
	return s
}

// NewProjection reads one. An empty text shows everything.
func NewProjection(text []byte) (*Projection, error) {
	if len(text) == 0 {
		return nil, nil
	}
	parsed, err := parseAny(text, time.Time{})
	if err != nil {
		return nil, err
	}
	fields, ok := parsed.(Object)
	if !ok || len(fields) > MaxChanges {
		return nil, invalid("a projection is an object of at most %d fields", MaxChanges)
	}
	p := &Projection{}
	hides := false
	for _, f := range fields {
		path, err := splitPath(f.Name)
		if err != nil {
			return nil, err
		}
		one := shown{named: true}
		switch v := f.Value.(type) {
		case bool:
			one.show = v
		case float64:
			one.show = v != 0
		case Object:
			if one.slice, err = sliceOf(v); err != nil {
				return nil, err
			}
		default:
			return nil, invalid("the field %s of a projection should be true or false", clip(f.Name))
		}
		if f.Name == "_id" && one.slice == nil {
			p.hideID = !one.show
			continue
		}
		p.include = p.include || one.show
		hides = hides || !one.show && one.slice == nil
		at := p.at(path)
		one.within = at.within
		*at = one
	}
	if p.include && hides {
		return nil, invalid("a projection names the fields to show or those to hide, not both")
	}
	return p, nil
}

func sliceOf(o Object) (Array, error) {
	value, _ := o.Get("$slice")
	if n, ok := value.(float64); ok && len(o) == 1 && n == math.Trunc(n) {
		if n < 0 {
			return Array{n, -n}, nil
		}
		return Array{0.0, n}, nil
	}
	pair, _ := value.(Array)
	if len(pair) == 2 {
		from, one := pair[0].(float64)
		count, two := pair[1].(float64)
		if one && two && from == math.Trunc(from) && count == math.Trunc(count) && count > 0 {
			return pair, nil
		}
	}
	return nil, invalid("a projection has true, false or slice with one or two whole numbers")
}

// Apply returns what is shown of a document.
func (p *Projection) Apply(doc Object) Object {
	if p == nil {
		return doc
	}
	made := Object{}
	for _, f := range doc {
		if f.Name == "_id" {
			if !p.hideID {
				made = append(made, f)
			}
			continue
		}
		if value, show := p.part(f.Value, p.within[f.Name]); show {
			made = append(made, Field{f.Name, value})
		}
	}
	return made
}

// part is what is shown of a value, of which by says how; nil says nothing.
func (p *Projection) part(value any, by *shown) (any, bool) {
	switch {
	case by == nil:
		return value, !p.include
	case by.slice != nil:
		return slice(value, by.slice), true
	case by.named:
		return value, by.show
	}
	switch v := value.(type) {
	case Object:
		made := Object{}
		for _, f := range v {
			if inner, show := p.part(f.Value, by.within[f.Name]); show {
				made = append(made, Field{f.Name, inner})
			}
		}
		return made, true
	case Array:
		made := Array{}
		for _, item := range v {
			if inner, show := p.part(item, by); show {
				made = append(made, inner)
			}
		}
		return made, true
	}
	return value, !p.include
}

func slice(value any, by Array) any {
	list, ok := value.(Array)
	if !ok {
		return value
	}
	length := float64(len(list))
	from, count := by[0].(float64), by[1].(float64)
	if from < 0 {
		from = max(0, length+from)
	}
	from = min(from, length)
	return list[int(from):int(min(length, from+count))]
}
