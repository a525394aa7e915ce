package document_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/teahouse/teahouse/server/cloud/document"
)

// The tests here compare conditions and updates with a second evaluator, of few lines, on documents that are one
// level deep: fields a to d with small numbers, texts, null, and lists of these.

const rounds = 20_000

type random struct{ *rand.Rand }

func (r random) name() string { return string(rune('a' + r.IntN(4))) }

func (r random) scalar() any {
	return []any{float64(r.IntN(4)), float64(r.IntN(4)), fmt.Sprint(r.IntN(3)), nil, true}[r.IntN(5)]
}

func (r random) value() any {
	if r.IntN(3) > 0 {
		return r.scalar()
	}
	list := []any{}
	for range r.IntN(4) {
		list = append(list, r.scalar())
	}
	return list
}

func (r random) document() map[string]any {
	doc := map[string]any{}
	for range r.IntN(5) {
		doc[r.name()] = r.value()
	}
	return doc
}

func (r random) condition(depth int) map[string]any {
	if depth > 0 && r.IntN(2) == 0 {
		parts := []any{}
		for range 1 + r.IntN(3) {
			parts = append(parts, r.condition(depth-1))
		}
		return map[string]any{[]string{"$and", "$or", "$nor"}[r.IntN(3)]: parts}
	}
	operator := []string{"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$all", "$exists", "$size"}[r.IntN(11)]
	var value any = r.scalar()
	switch operator {
	case "$eq", "$ne":
		value = r.value()
	case "$in", "$nin", "$all":
		value = []any{r.scalar(), r.scalar()}
	case "$exists":
		value = r.IntN(2) == 0
	case "$size":
		value = float64(r.IntN(3))
	}
	asked := map[string]any{operator: value}
	if r.IntN(4) == 0 {
		asked = map[string]any{"$not": asked}
	}
	return map[string]any{r.name(): asked}
}

// simple says whether a condition is true, in the plainest way.
func simple(condition, doc map[string]any) bool {
	for name, value := range condition {
		switch name {
		case "$and", "$or", "$nor":
			some, every := false, true
			for _, part := range value.([]any) {
				is := simple(part.(map[string]any), doc)
				some, every = some || is, every && is
			}
			return map[string]bool{"$and": every, "$or": some, "$nor": !some}[name]
		}
		held, there := doc[name]
		return simpleField(value.(map[string]any), held, there)
	}
	return true
}

func simpleField(asked map[string]any, held any, there bool) bool {
	candidates := []any{held}
	list, isList := held.([]any)
	candidates = append(candidates, list...)
	has := func(want any) bool {
		return slices.ContainsFunc(candidates, func(c any) bool { return reflect.DeepEqual(c, want) })
	}
	for operator, want := range asked {
		switch operator {
		case "$not":
			return !simpleField(want.(map[string]any), held, there)
		case "$eq":
			return has(want)
		case "$ne":
			return !has(want)
		case "$in":
			return slices.ContainsFunc(want.([]any), has)
		case "$nin":
			return !slices.ContainsFunc(want.([]any), has)
		case "$all":
			return has(want.([]any)[0]) && has(want.([]any)[1])
		case "$exists":
			return there == want
		case "$size":
			return isList && float64(len(list)) == want
		}
		return slices.ContainsFunc(candidates, func(c any) bool { return less(operator, c, want, there) })
	}
	return true
}

func less(operator string, c, want any, there bool) bool {
	orEqual := operator == "$gte" || operator == "$lte"
	up := operator[1] == 'g'
	switch w := want.(type) {
	case float64:
		n, ok := c.(float64)
		return ok && (orEqual && n == w || up && n > w || !up && n < w)
	case string:
		s, ok := c.(string)
		return ok && (orEqual && s == w || up && s > w || !up && s < w)
	case bool:
		return c == true && orEqual
	}
	return c == nil && orEqual
}

func TestRandomConditionsAgreeWithASimpleEvaluator(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(1, 2))}
	hits := 0
	for range rounds {
		condition, doc := r.condition(2), r.document()
		query, _ := json.Marshal(condition)
		text, _ := json.Marshal(doc)
		want := simple(condition, doc)
		if got := matches(t, string(query), string(text)); got != want {
			t.Fatalf("%s of %s is %v", query, text, got)
		}
		if want {
			hits++
		}
	}
	if hits < rounds/5 || hits > rounds*4/5 {
		t.Errorf("%d of %d are true: the conditions ask too little", hits, rounds)
	}
}

func TestRandomUpdatesAgreeWithASimpleEvaluator(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(3, 4))}
	for range rounds {
		doc, name := r.document(), r.name()
		text, _ := json.Marshal(doc)
		list, isList := doc[name].([]any)
		n, isNumber := doc[name].(float64)
		_, there := doc[name]
		one, two := r.scalar(), r.scalar()
		var update string
		var fails bool
		switch say := func(format string, args ...any) { update = fmt.Sprintf(format, args...) }; r.IntN(6) {
		case 0:
			say(`{"$set":{"%s":%s}}`, name, encoded(one))
			doc[name] = one
		case 1:
			say(`{"$unset":{"%s":true}}`, name)
			delete(doc, name)
		case 2:
			say(`{"$inc":{"%s":2}}`, name)
			fails = there && !isNumber
			doc[name] = n + 2
		case 3:
			say(`{"$push":{"%s":{"$each":[%s,%s]}}}`, name, encoded(one), encoded(two))
			fails = there && !isList
			doc[name] = append(append([]any{}, list...), one, two)
		case 4:
			say(`{"$pull":{"%s":%s}}`, name, encoded(one))
			fails = there && !isList
			if isList {
				doc[name] = slices.DeleteFunc(append([]any{}, list...), func(v any) bool { return v == one })
			}
		case 5:
			say(`{"$pop":{"%s":-1}}`, name)
			fails = there && !isList
			if len(list) > 0 {
				doc[name] = list[1:]
			}
		}
		u, err := document.NewUpdate([]byte(update), now)
		if err != nil {
			t.Fatal(err)
		}
		got, err := u.Apply(parse(t, string(text)))
		if fails != (err != nil) {
			t.Fatalf("%s of %s: %v", update, text, err)
		}
		if fails {
			continue
		}
		var back map[string]any
		if err := json.Unmarshal(document.Encode(got), &back); err != nil || !reflect.DeepEqual(back, doc) {
			t.Fatalf("%s of %s gives %s, want %v (%v)", update, text, document.Encode(got), doc, err)
		}
	}
}

func encoded(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
