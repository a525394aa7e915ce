package document

import (
	"strconv"
	"strings"
)

// splitPath reads the path of a field: names between dots.
func splitPath(path string) ([]string, error) {
	parts := strings.Split(path, ".")
	if len(path) > MaxPath || len(parts) > MaxDepth {
		return nil, invalid("the path %s is too long", clip(path))
	}
	for _, part := range parts {
		if part == "" || part[0] == '$' || strings.Contains(part, "\x00") {
			return nil, invalid("Invalid Key Name: %s", clip(path))
		}
	}
	return parts, nil
}

// queryPath is splitPath for queries. A number in a path means a place in a list, or a field of that name in
// its elements: both are tried, so each doubles the work.
func queryPath(path string) ([]string, error) {
	parts, err := splitPath(path)
	numbers := 0
	for _, part := range parts {
		if _, ok := index(part); ok {
			numbers++
		}
	}
	if numbers > MaxPlaces {
		return nil, invalid("the path %s of a query may have %d numbers", clip(path), MaxPlaces)
	}
	return parts, err
}

// budget bounds the work of one query or update, whatever it asks and of which documents.
type budget struct{ spent int }

// Allow leaves a query only so many steps, when it is less than MaxSteps.
func (b *budget) Allow(steps int) { b.spent = max(b.spent, MaxSteps-steps) }

// over reports whether the work is more than a query may cost. Answers after that mean nothing.
func (b *budget) over() bool { return b.spent > MaxSteps }

// Err is the fault of what costs more than it may.
func (b *budget) Err() error {
	if b.over() {
		return invalid("the query compares too much: use fewer comparisons, shorter lists, or more collections")
	}
	return nil
}

// index reads a part of a path as the place in a list.
func index(part string) (int, bool) {
	n, err := strconv.Atoi(part)
	return n, err == nil && n >= 0 && n <= MaxIndex && strconv.Itoa(n) == part
}

// walk visits every value at a path, through the elements of lists on the way. Where an object has no
// such field, it visits a missing value. It ends early, with true, when visit returns true.
func (b *budget) walk(value any, path []string, visit func(value any, missing bool) bool) bool {
	if b.spent++; b.over() {
		return true
	}
	if len(path) == 0 {
		return visit(value, false)
	}
	switch v := value.(type) {
	case Object:
		b.spent += len(v) / manyFields // they are searched one by one
		inner, ok := v.Get(path[0])
		if !ok || len(path) > 1 && !hasInside(inner) { // {a: 5} has no a.b
			return visit(nil, true)
		}
		return b.walk(inner, path[1:], visit)
	case Array:
		if i, ok := index(path[0]); ok && i < len(v) && b.walk(v[i], path[1:], visit) {
			return true
		}
		b.spent += len(v) / manyFields
		for _, item := range v {
			if object, ok := item.(Object); ok && b.walk(object, path, visit) {
				return true
			}
		}
	}
	return false
}

func hasInside(value any) bool {
	switch value.(type) {
	case Object, Array:
		return true
	}
	return false
}
