package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/cloud/document"
)

// list writes a list of n values.
func list(n int, value func(i int) string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = value(i)
	}
	return "[" + strings.Join(items, ",") + "]"
}

func same(text string) func(int) string { return func(int) string { return text } }

func number(i int) string { return fmt.Sprint(i) }

// wantRefused does something up to 400 times: so many documents of these sizes are read for one call.
func wantRefused(t *testing.T, what string, do func() error) {
	t.Helper()
	for range 400 {
		if err := do(); err != nil {
			if fault.SlugOf(err) != "cloud-invalid" || !strings.Contains(fault.MessageOf(err), "compares too much") {
				t.Errorf("%.60s: %v", what, err)
			}
			return
		}
	}
	t.Errorf("%.60s went on", what)
}

// Ensure that the work within one comparison is counted too.
func TestDearComparisonsAreRefused(t *testing.T) {
	t.Parallel()
	ring := list(999, func(i int) string { return fmt.Sprintf("[%d,%d]", i%180, i%90) })
	for query, doc := range map[string]string{
		// Long lists in lists.
		`{"a":{"$in":` + list(300, same(list(300, same("0")))) + `}}`: `{"a":` + list(300, same(list(299, same("0"))[:598]+",1]")) + `}`,
		// A list of numbers, in which no element has a field.
		`{"a.b":{"$in":` + list(1000, same("1")) + `}}`: `{"a":` + list(20_000, same("1")) + `}`,
		// Regular expressions of many parts on long texts.
		`{"a":{"$regex":"(a|b|ab|ba){1,40}c"}}`: `{"a":"` + strings.Repeat("ab", 100_000) + `"}`,
		// A polygon of many sides.
		`{"a":{"$geoWithin":{"geometry":{"type":"Polygon","coordinates":[` + strings.TrimSuffix(ring, "]") + `,[0,0]]]}}}}`: `{"a":` + list(300, same(`{"type":"Point","coordinates":[1,2]}`)) + `}`,
	} {
		c, err := document.NewCondition([]byte(query), now)
		if err != nil {
			t.Fatalf("%.60s: %v", query, err)
		}
		parsed := parse(t, doc)
		wantRefused(t, query, func() error { _, err := c.Matches(parsed); return err })
	}
}

func TestDearOrdersAreRefused(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]document.Object{
		"long lists":       parse(t, `{"a":`+list(20_000, number)+`}`),
		"lists kept whole": parse(t, `{"a":[`+list(20_000, same("[]"))+`]}`),
	} {
		o, err := document.NewOrder([][2]string{{"a", "asc"}, {"a", "desc"}, {"a", "asc"}, {"a", "desc"}})
		if err != nil {
			t.Fatal(err)
		}
		wantRefused(t, name, func() error { o.Key(doc); return o.Err() })
	}
	// Each comparison of a sort is counted.
	o, err := document.NewOrder([][2]string{{"a", "asc"}})
	if err != nil {
		t.Fatal(err)
	}
	key := o.Key(parse(t, `{"a":[`+list(1000, same("0"))+`]}`))
	wantRefused(t, "a sort", func() error {
		for range 100 {
			o.Compare(key, key)
		}
		return o.Err()
	})
}

func TestDearUpdatesAreRefused(t *testing.T) {
	t.Parallel()
	doc := parse(t, `{"a":`+list(20_000, number)+`}`)
	for _, update := range []string{
		`{"$pullAll":{"a":` + list(2000, func(i int) string { return number(-i - 1) }) + `}}`,
		`{"$addToSet":{"a":{"$each":` + list(2000, func(i int) string { return number(-i - 1) }) + `}}}`,
		`{"$pull":{"a":{"$in":` + list(1000, func(i int) string { return number(-i - 1) }) + `}}}`,
		`{"$push":{"a":{"$each":[1],"$sort":-1}}}`,
		`{"$push":{"b":{"$each":` + list(50_000, same("1")) + `,"$slice":0}}}`,
		`{"$set":{` + strings.Trim(list(1000, func(i int) string { return fmt.Sprintf(`"f%d%s":1`, i, strings.Repeat(".x", 40)) }), "[]") + `}}`,
	} {
		u, err := document.NewUpdate([]byte(update), now)
		if err != nil {
			t.Fatalf("%.60s: %v", update, err)
		}
		wantRefused(t, update, func() error { _, err := u.Apply(doc); return err })
	}
	sort := `{"$push":{"a":{"$each":[],"$sort":{"x":1` + strings.Repeat(`,"%d":1`, document.MaxOrder) + `}}}}`
	for i := range document.MaxOrder {
		sort = strings.Replace(sort, "%d", fmt.Sprint(i), 1)
	}
	if _, err := document.NewUpdate([]byte(sort), now); fault.SlugOf(err) != "cloud-invalid" {
		t.Errorf("sorts by many fields: %v", err)
	}
}

func TestRegularExpressionsThatRepeatTooMuchAreRefused(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`(abcdefghij){1000}`, `([a-f]x?){500}`, `(ab|cd){0,400}`} {
		if _, err := document.NewCondition(fmt.Appendf(nil, `{"a":{"$regex":%q}}`, pattern), now); !strings.Contains(fault.MessageOf(err), "repeats too much") {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	if !matches(t, `{"a":{"$regex":"^1[3-9]\\d{9}$"}}`, `{"a":"13800138000"}`) {
		t.Error("a telephone number is not found")
	}
	// All regular expressions of an update count together.
	pulls := list(document.MaxPatterns+1, func(i int) string { return fmt.Sprintf(`"l%d":{"$regex":"a"}`, i) })
	if _, err := document.NewUpdate([]byte(`{"$pull":{`+strings.Trim(pulls, "[]")+`}}`), now); fault.SlugOf(err) != "cloud-invalid" {
		t.Errorf("pulls by many: %v", err)
	}
}

// Ensure that no update makes a document that cannot be read: every query of its collection would fail.
func TestAnUpdateMakesNoDocumentThatCannotBeRead(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"x":`, 60) + "1" + strings.Repeat("}", 60)
	path := "y" + strings.Repeat(".y", 60)
	for _, update := range []string{
		`{"$set":{"` + path + `":` + deep + `}}`, `{"$rename":{"a":"` + path + `"}}`, `{"$push":{"` + path + `":{"$each":[` + deep + `]}}}`,
	} {
		u, err := document.NewUpdate([]byte(update), now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Apply(parse(t, `{"a":`+deep+`}`)); !strings.Contains(fault.MessageOf(err), "nested deeper") {
			t.Errorf("%.40s: %v", update, err)
		}
	}
	for _, date := range []string{`{"$serverDate":8640000000000000}`, `{"$serverDate":-9e300}`} {
		if _, err := document.Parse([]byte(`{"a":`+date+`}`), now); fault.SlugOf(err) != "cloud-invalid" {
			t.Errorf("%s is kept: %v", date, err)
		}
	}
}

func TestNumbersThatAreTooLargeHaveNoRemainder(t *testing.T) {
	t.Parallel()
	if matches(t, `{"a":{"$mod":[2,0]}}`, `{"a":[1e308,-1e20]}`) || !matches(t, `{"a":{"$mod":[-2,-1]}}`, `{"a":-9007199254740991}`) {
		t.Error("the remainders are wrong")
	}
}

// Ensure that many fields are no work: these would take minutes if each were compared with all others.
func TestObjectsOfManyFieldsAreReadAndShown(t *testing.T) {
	t.Parallel()
	fields := list(40_000, func(i int) string { return fmt.Sprintf(`"f%05d":1`, i) })
	twice := list(60_000, same(`"f39999":2`))
	doc := parse(t, "{"+strings.Trim(fields, "[]")+","+strings.Trim(twice, "[]")+"}")
	if len(doc) != 40_000 || doc[39_999].Value != 2.0 {
		t.Errorf("there are %d fields, the last is %v", len(doc), doc[len(doc)-1])
	}
	hidden := list(document.MaxChanges, func(i int) string { return fmt.Sprintf(`"f%05d":false`, i) })
	p, err := document.NewProjection([]byte("{" + strings.Trim(hidden, "[]") + "}"))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if shown := p.Apply(doc); len(shown) != 40_000-document.MaxChanges {
			t.Fatalf("%d fields are shown", len(shown))
		}
	}
}
