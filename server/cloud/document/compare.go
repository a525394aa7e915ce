package document

import (
	"cmp"
	"strings"
)

// rank is the place of a kind of value in the order of all values.
func rank(value any) int {
	switch value.(type) {
	case nil:
		return 0
	case float64:
		return 1
	case string:
		return 2
	case Object:
		return 3
	case Array:
		return 4
	case bool:
		return 5
	}
	return 6 // Date
}

// compare orders any two values.
func (b *budget) compare(one, two any) int {
	if order := cmp.Compare(rank(one), rank(two)); order != 0 || b.over() {
		return order
	}
	switch one := one.(type) {
	case float64:
		return cmp.Compare(one, two.(float64))
	case string:
		other := two.(string)
		b.spent += min(len(one), len(other)) / textStep
		return strings.Compare(one, other)
	case Date:
		return cmp.Compare(one, two.(Date))
	case bool:
		return cmp.Compare(truth(one), truth(two.(bool)))
	case Array:
		other := two.(Array)
		for i := range min(len(one), len(other)) {
			b.spent++
			if order := b.compare(one[i], other[i]); order != 0 {
				return order
			}
		}
		return cmp.Compare(len(one), len(other))
	case Object:
		other := two.(Object)
		for i := range min(len(one), len(other)) {
			b.spent++
			if order := cmp.Or(cmp.Compare(rank(one[i].Value), rank(other[i].Value)),
				strings.Compare(one[i].Name, other[i].Name), b.compare(one[i].Value, other[i].Value)); order != 0 {
				return order
			}
		}
		return cmp.Compare(len(one), len(other))
	}
	return 0 // null
}

// textStep is how many bytes of two texts are compared in one step.
const textStep = 256

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (b *budget) equal(one, two any) bool { return b.compare(one, two) == 0 }

// Order is what documents are sorted by.
type Order struct {
	budget
	fields []orderField
}

type orderField struct {
	path []string
	down bool
}

// NewOrder reads fields with "asc" or "desc".
func NewOrder(given [][2]string) (*Order, error) {
	order := &Order{}
	if len(given) > MaxOrder {
		return nil, invalid("a query may be ordered by %d fields", MaxOrder)
	}
	for _, by := range given {
		path, err := queryPath(by[0])
		if err != nil {
			return nil, err
		}
		if by[1] != "asc" && by[1] != "desc" {
			return nil, invalid(`the order of %s should be "asc" or "desc"`, clip(by[0]))
		}
		order.fields = append(order.fields, orderField{path, by[1] == "desc"})
	}
	return order, nil
}

// Given reports whether there is anything to sort by.
func (o *Order) Given() bool { return len(o.fields) > 0 }

// Key is what a document is sorted by: a list counts by its smallest element, or its largest when the order goes
// down. When it costs too much, Err says so.
func (o *Order) Key(doc Object) []any {
	key := make([]any, len(o.fields))
	for i, by := range o.fields {
		found := false
		o.walk(doc, by.path, func(value any, missing bool) bool {
			items := Array{value}
			if list, ok := value.(Array); ok && len(list) > 0 {
				items = list
				o.spent += len(list)
			}
			for _, item := range items {
				if order := o.compare(item, key[i]); !found || (order < 0) != by.down && order != 0 {
					key[i], found = item, true
				}
			}
			return false
		})
		o.spent += keptStep * inside(key[i])
	}
	return key
}

// keptStep is the steps that a value counts for that is kept until the documents are sorted: it is memory.
const keptStep = 10

// inside counts the values in a list or an object.
func inside(value any) (n int) {
	switch v := value.(type) {
	case Array:
		for _, item := range v {
			n += 1 + inside(item)
		}
	case Object:
		for _, f := range v {
			n += 1 + inside(f.Value)
		}
	}
	return n
}

// Compare orders two keys.
func (o *Order) Compare(a, b []any) int {
	for i, by := range o.fields {
		o.spent++
		if order := o.compare(a[i], b[i]); order != 0 {
			if by.down {
				return -order
			}
			return order
		}
	}
	return 0
}
