package document_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/cloud/document"
)

var now = time.UnixMilli(1_000_000)

func parse(t *testing.T, text string) document.Object {
	t.Helper()
	doc, err := document.Parse([]byte(text), now)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc
}

func matches(t *testing.T, query, doc string) bool {
	t.Helper()
	c, err := document.NewCondition([]byte(query), now)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	found, err := c.Matches(parse(t, doc))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return found
}

func TestADocumentIsKeptAsItWasSent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, `{"b":1,"a":{"z":[],"y":{}}}`, `{"n":[0,-1,1.5,1e+300,9007199254740993,-0.25,1e-7]}`,
		`{"s":"茶 <b> \"x\" \\ \u0000\u001f"}`, `{"d":{"$date":-5},"t":true,"f":false,"x":null}`, `{"__proto__":{"a":1},"":null}`,
	} {
		doc, err := document.Read([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		again, err := document.Read(document.Encode(doc))
		if err != nil || string(document.Encode(again)) != string(document.Encode(doc)) || !json.Valid(document.Encode(doc)) {
			t.Errorf("%s became %s", text, document.Encode(doc))
		}
	}
	if got := string(document.Encode(parse(t, `{"b": 1, "a": "\u8336\n", "b": {"$serverDate": 5}}`))); got != `{"b":{"$date":1000005},"a":"茶\u000a"}` {
		t.Errorf("kept %s", got)
	}
}

func TestNamesThatNoQueryCouldNameAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"a.b":1}`, `{"$a":1}`, `{"a":[{"$where":"1"}]}`, `{"":1}`, `{"a\u0000b":1}`, `[]`, `"a"`, `{"a":`, `{"a":1e999}`,
		`{"d":{"$date":"x"}}`, `{"d":{"$date":1e300}}`, `{"d":{"$date":1,"$x":1}}`, strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200)} {
		if doc, err := document.Parse([]byte(text), now); fault.SlugOf(err) != "cloud-invalid" {
			t.Errorf("%s is taken as %v, %v", text, doc, err)
		}
	}
}

func TestConditionsAreTrueAsInMongoDB(t *testing.T) {
	t.Parallel()
	const doc = `{"_id":"1","n":5,"s":"Tea","t":true,"x":null,"d":{"$date":100},"o":{"a":1,"b":{"c":2}},
		"list":[1,5,9],"words":["a","b"],"rows":[{"k":1,"v":"x"},{"k":2,"v":"y"}],"nested":[[1,2],[3]]}`
	for query, want := range map[string]bool{
		`{}`: true, `{"n":5}`: true, `{"n":5.0}`: true, `{"n":"5"}`: false, `{"n":{"$eq":5},"s":"Tea"}`: true,
		`{"n":{"$gt":4,"$lt":6}}`: true, `{"n":{"$gt":5}}`: false, `{"n":{"$gte":5}}`: true, `{"n":{"$lt":"9"}}`: false, `{"s":{"$gt":"T"}}`: true,
		`{"n":{"$ne":5}}`: false, `{"n":{"$ne":6}}`: true, `{"list":{"$ne":5}}`: false, `{"none":{"$ne":5}}`: true,
		`{"none":null}`: true, `{"x":null}`: true, `{"n":null}`: false, `{"x":{"$exists":true}}`: true, `{"none":{"$exists":true}}`: false, `{"none":{"$exists":false}}`: true,
		`{"list":5}`: true, `{"list":[1,5,9]}`: true, `{"list":[1,5]}`: false, `{"list":{"$gt":8}}`: true, `{"list":{"$size":3}}`: true, `{"list":{"$all":[9,1]}}`: true,
		`{"list":{"$all":[9,2]}}`: false, `{"list":{"$all":[]}}`: false, `{"list":{"$elemMatch":{"$gt":5,"$lt":9}}}`: false, `{"list":{"$elemMatch":{"$gt":4,"$lt":9}}}`: true,
		`{"list":{"$gt":5,"$lt":5}}`: true, // of different elements
		`{"list.0":1}`:               true, `{"list.3":{"$exists":true}}`: false, `{"rows.1.k":2}`: true, `{"rows.k":2}`: true, `{"rows.k":3}`: false,
		`{"rows":{"$elemMatch":{"k":1,"v":"y"}}}`: false, `{"rows":{"$elemMatch":{"k":2,"v":"y"}}}`: true, `{"rows.k":1,"rows.v":"y"}`: true,
		`{"o.b.c":2}`: true, `{"o":{"$eq":{"a":1,"b":{"c":2}}}}`: true, `{"o":{"$eq":{"b":{"c":2},"a":1}}}`: false, `{"n.a":null}`: true, `{"n.a":{"$exists":false}}`: true,
		`{"n":{"$in":[1,5]}}`: true, `{"n":{"$nin":[1,5]}}`: false, `{"list":{"$in":[9]}}`: true, `{"none":{"$in":[null]}}`: true, `{"n":{"$in":[]}}`: false,
		`{"n":{"$mod":[3,2]}}`: true, `{"s":{"$mod":[3,2]}}`: false, `{"d":{"$lt":{"$date":200}}}`: true, `{"d":{"$eq":{"$date":100}}}`: true,
		`{"s":{"$regex":"^te","$options":"i"}}`: true, `{"s":{"$regex":"^te"}}`: false, `{"words":{"$regex":"b"}}`: true,
		`{"$or":[{"n":1},{"s":"Tea"}]}`: true, `{"$and":[{"n":5},{"s":"x"}]}`: false, `{"$nor":[{"n":1},{"s":"x"}]}`: true, `{"n":{"$not":{"$gt":6}}}`: true,
		`{"nested":[1,2]}`: true, `{"nested.0.1":2}`: true, `{"t":true}`: true, `{"x":{"$gte":null}}`: true,
	} {
		if got := matches(t, query, doc); got != want {
			t.Errorf("%s is %v", query, got)
		}
	}
}

func TestAConditionThatIsNoneSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for query, says := range map[string]string{
		`[]`: "object instead of array", `{"$where":"sleep(1)"}`: "Invalid Key Name", `{"a":{"$where":"1"}}`: "no query operator $where", `{"a..b":1}`: "Invalid Key Name",
		`{"a":{"$in":5}}`: "in needs a list", `{"a":{"$size":-1}}`: "whole number", `{"a":{"$mod":[0,1]}}`: "not 0", `{"$or":[]}`: "list of conditions",
		`{"a":{"$regex":"("}}`: "not valid", `{"a":{"$regex":"(?=x)"}}`: "not valid", `{"a":{"$regex":"x","$options":"q"}}`: "no option",
		`{"a":{"$exists":1}}`: "true or false", `{"a":{"$eq":{"$x":1}}}`: "Invalid Key Name", `{"0.0.0.0.0":1}`: "numbers", `{"a":{"$near":{}}}`: "Point",
		`{"a":{"$in":[` + strings.Repeat("1,", document.MaxValues) + `1]}}`:           "values",
		`{"$or":[` + strings.Repeat(`{"a":1},`, document.MaxConditions) + `{"a":1}]}`: "comparisons",
	} {
		if _, err := document.NewCondition([]byte(query), now); fault.SlugOf(err) != "cloud-invalid" || !strings.Contains(fault.MessageOf(err), says) {
			t.Errorf("%.60s: %v", query, err)
		}
	}
}

func TestRegularExpressionsAreThoseOfJavaScript(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{`^\d+\/\d+$`, "1/2", true}, {`\s`, "a\u3000b", true}, {`[\s,]x`, "\u00a0x", true}, {`\u8336`, "茶", true}, {`^.$`, "\u2028", false}, {`[[]`, "[", true},
		{`^[^a]$`, "茶", true}, {`\S`, "\u3000", false}, {`a.c`, "abc", true}, {`(?<year>\d{4})-`, "2026-", true}, {`茶+`, "茶茶", true},
	} {
		pattern, _ := json.Marshal(c.pattern)
		text, _ := json.Marshal(c.text)
		if got := matches(t, fmt.Sprintf(`{"a":{"$regex":%s}}`, pattern), fmt.Sprintf(`{"a":%s}`, text)); got != c.want {
			t.Errorf("%s of %q is %v", c.pattern, c.text, got)
		}
	}
}

// Ensure that no query costs more than it may, whatever the document: each of these would take minutes.
func TestNoQueryCostsMoreThanItMay(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`[{"0":`, 45) + "1" + strings.Repeat("}]", 45)
	many := `[` + strings.Repeat("1,", 50_000) + `1]`
	values := make([]string, document.MaxValues)
	for i := range values {
		values[i] = fmt.Sprint(i + 2)
	}
	in := `{"a":{"$in":[` + strings.Join(values, ",") + `]}}`
	for query, doc := range map[string]string{
		`{"a.0.0.0.0.b.b.b":1}`: `{"a":` + deep + `}`,
		in:                      `{"a":` + many + `}`,
	} {
		c, err := document.NewCondition([]byte(query), now)
		if err != nil {
			t.Fatal(err)
		}
		parsed := parse(t, doc)
		for range 100 {
			if _, err = c.Matches(parsed); err != nil {
				break
			}
		}
		if query == in && fault.SlugOf(err) != "cloud-invalid" {
			t.Errorf("%.40s went on: %v", query, err)
		}
	}
}

func TestUpdatesChangeAsInMongoDB(t *testing.T) {
	t.Parallel()
	const doc = `{"n":5,"o":{"a":1,"b":2},"list":[3,1,2],"rows":[{"k":2},{"k":1}]}`
	for update, want := range map[string]string{
		`{"$set":{"n":6,"o.a":"x","new.deep":true}}`:                     `{"n":6,"o":{"a":"x","b":2},"list":[3,1,2],"rows":[{"k":2},{"k":1}],"new":{"deep":true}}`,
		`{"$set":{"o":{"z":1},"list.1":9,"rows.0.k":0}}`:                 `{"n":5,"o":{"z":1},"list":[3,9,2],"rows":[{"k":0},{"k":1}]}`,
		`{"$unset":{"o.a":true,"none.deep":true,"list.0":1}}`:            `{"n":5,"o":{"b":2},"list":[null,1,2],"rows":[{"k":2},{"k":1}]}`,
		`{"$inc":{"n":-2,"o.c":1},"$mul":{"o.a":3}}`:                     `{"n":3,"o":{"a":3,"b":2,"c":1},"list":[3,1,2],"rows":[{"k":2},{"k":1}]}`,
		`{"$min":{"n":3,"o.a":9},"$max":{"o.b":7}}`:                      `{"n":3,"o":{"a":1,"b":7},"list":[3,1,2],"rows":[{"k":2},{"k":1}]}`,
		`{"$push":{"list":{"$each":[7,8]},"more":{"$each":[]}}}`:         `{"n":5,"o":{"a":1,"b":2},"list":[3,1,2,7,8],"rows":[{"k":2},{"k":1}],"more":[]}`,
		`{"$push":{"list":{"$each":[7],"$position":0,"$slice":2}}}`:      `{"n":5,"o":{"a":1,"b":2},"list":[7,3],"rows":[{"k":2},{"k":1}]}`,
		`{"$push":{"rows":{"$each":[{"k":0}],"$sort":{"k":1}}}}`:         `{"n":5,"o":{"a":1,"b":2},"list":[3,1,2],"rows":[{"k":0},{"k":1},{"k":2}]}`,
		`{"$pop":{"list":1},"$rename":{"o.a":"first"}}`:                  `{"n":5,"o":{"b":2},"list":[3,1],"rows":[{"k":2},{"k":1}],"first":1}`,
		`{"$pop":{"list":-1}}`:                                           `{"n":5,"o":{"a":1,"b":2},"list":[1,2],"rows":[{"k":2},{"k":1}]}`,
		`{"$pull":{"list":{"$gte":2},"rows":{"k":1}}}`:                   `{"n":5,"o":{"a":1,"b":2},"list":[1],"rows":[{"k":2}]}`,
		`{"$pullAll":{"list":[3,2]},"$addToSet":{"rows":{"k":1}}}`:       `{"n":5,"o":{"a":1,"b":2},"list":[1],"rows":[{"k":2},{"k":1}]}`,
		`{"$addToSet":{"list":{"$each":[1,4,4]}},"$bit":{"n":{"or":2}}}`: `{"n":7,"o":{"a":1,"b":2},"list":[3,1,2,4],"rows":[{"k":2},{"k":1}]}`,
	} {
		u, err := document.NewUpdate([]byte(update), now)
		if err != nil {
			t.Errorf("%s: %v", update, err)
			continue
		}
		before := parse(t, doc)
		got, err := u.Apply(before)
		if err != nil || string(document.Encode(got)) != want {
			t.Errorf("%s gives\n%s, want\n%s (%v)", update, document.Encode(got), want, err)
		}
		if string(document.Encode(before)) != string(document.Encode(parse(t, doc))) {
			t.Errorf("%s changed the document that it was given", update)
		}
	}
}

func TestAnUpdateThatCannotBeSaysWhy(t *testing.T) {
	t.Parallel()
	for update, says := range map[string]string{
		`{"$set":{"_openid":"x"}}`: "Invalid Key Name: _openid", `{"$set":{"_id":1}}`: "Invalid Key Name", `{"$rename":{"n":"_openid"}}`: "Invalid Key Name",
		`{"$set":{"a":1,"a.b":2}}`: "twice", `{"$set":{"a":{"$inc":1}}}`: "Invalid Key Name", `{"a":1}`: "needs an object", `{"$inc":{"s":1}}`: "needs a number at s",
		`{"$push":{"s":{"$each":[1]}}}`: "needs a list at s", `{"$set":{"s.a":1}}`: "Cannot create field", `{"$set":{"list.x":1}}`: "Cannot create field",
		`{"$set":{"list.10001":1}}`: "Cannot create field", `{}`: "nothing", `{"$eval":{"a":1}}`: "no update operator",
	} {
		u, err := document.NewUpdate([]byte(update), now)
		if err == nil {
			_, err = u.Apply(parse(t, `{"s":"x","list":[1]}`))
		}
		if fault.SlugOf(err) != "cloud-invalid" || !strings.Contains(fault.MessageOf(err), says) {
			t.Errorf("%s: %v", update, err)
		}
	}
	// Each of many paths would fill a list of ten thousand.
	var fields []string
	for i := range 20 {
		fields = append(fields, fmt.Sprintf(`"l%d.9999":1`, i))
	}
	u, err := document.NewUpdate([]byte(`{"$set":{`+strings.Join(fields, ",")+`}}`), now)
	if err != nil {
		t.Fatal(err)
	}
	lists := ""
	for i := range 20 {
		lists += fmt.Sprintf(`"l%d":[],`, i)
	}
	if _, err := u.Apply(parse(t, `{`+strings.TrimSuffix(lists, ",")+`}`)); fault.SlugOf(err) != "cloud-invalid" {
		t.Errorf("filled %v", err)
	}
}

func TestAProjectionShowsWhatItNames(t *testing.T) {
	t.Parallel()
	const doc = `{"_id":"1","a":1,"o":{"x":1,"y":[1,2,3]},"rows":[{"k":1,"v":2},5]}`
	for fields, want := range map[string]string{
		`{"a":true}`: `{"_id":"1","a":1}`, `{"a":true,"_id":false}`: `{"a":1}`, `{"o.x":1,"rows.k":true}`: `{"_id":"1","o":{"x":1},"rows":[{"k":1}]}`,
		`{"o":false}`: `{"_id":"1","a":1,"rows":[{"k":1,"v":2},5]}`, `{"rows.k":false,"a":false}`: `{"_id":"1","o":{"x":1,"y":[1,2,3]},"rows":[{"v":2},5]}`,
		`{"o.y":{"$slice":-2},"a":true}`: `{"_id":"1","a":1,"o":{"y":[2,3]}}`, `{"o.y":{"$slice":[1,1]}}`: `{"_id":"1","a":1,"o":{"x":1,"y":[2]},"rows":[{"k":1,"v":2},5]}`,
	} {
		p, err := document.NewProjection([]byte(fields))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(document.Encode(p.Apply(parse(t, doc)))); got != want {
			t.Errorf("%s shows %s, want %s", fields, got, want)
		}
	}
	for _, wrong := range []string{`{"a":true,"o":false}`, `{"a":"x"}`, `[]`, `{"a":{"$slice":"x"}}`, `{"a..b":1}`} {
		if _, err := document.NewProjection([]byte(wrong)); fault.SlugOf(err) != "cloud-invalid" {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestDocumentsSortByKindThenValue(t *testing.T) {
	t.Parallel()
	// Each is less than the next.
	docs := []string{`{"b":1}`, `{"a":-1}`, `{"a":2}`, `{"a":10}`, `{"a":"10"}`, `{"a":"2"}`, `{"a":"茶"}`, `{"a":{"x":1}}`, `{"a":{"x":2}}`, `{"a":false}`, `{"a":true}`, `{"a":{"$date":1}}`, `{"a":{"$date":2}}`}
	up, err := document.NewOrder([][2]string{{"a", "asc"}})
	if err != nil {
		t.Fatal(err)
	}
	down, _ := document.NewOrder([][2]string{{"a", "desc"}})
	for i := range docs[1:] {
		one, two := parse(t, docs[i]), parse(t, docs[i+1])
		if up.Compare(up.Key(one), up.Key(two)) >= 0 || down.Compare(down.Key(one), down.Key(two)) <= 0 {
			t.Errorf("%s is not before %s", docs[i], docs[i+1])
		}
	}
	// A list counts by its smallest element, or by its largest.
	list := parse(t, `{"a":[5,1,9]}`)
	if up.Compare(up.Key(list), up.Key(parse(t, `{"a":2}`))) >= 0 || down.Compare(down.Key(list), down.Key(parse(t, `{"a":8}`))) >= 0 {
		t.Error("a list is in the wrong place")
	}
	for _, wrong := range [][2]string{{"a", "up"}, {"$a", "asc"}, {"", "asc"}} {
		if _, err := document.NewOrder([][2]string{wrong}); fault.SlugOf(err) != "cloud-invalid" {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

func TestPlacesAreFoundByDistanceAndInPolygons(t *testing.T) {
	t.Parallel()
	const people = `{"type":"Point","coordinates":[121.4737,31.2304]}` // the People's Square of Shanghai
	const bund = `{"at":{"type":"Point","coordinates":[121.4905,31.2417]}}`
	near := func(most int) string {
		return fmt.Sprintf(`{"at":{"$near":{"geometry":%s,"maxDistance":%d}}}`, people, most)
	}
	if !matches(t, near(2100), bund) || matches(t, near(1900), bund) || matches(t, near(9000), `{"at":5}`) {
		t.Error("the Bund is two kilometres away")
	}
	c, err := document.NewCondition([]byte(near(5000)), now)
	if err != nil {
		t.Fatal(err)
	}
	if d, ok := c.Distance(parse(t, bund)); !ok || d < 2000 || d > 2100 {
		t.Errorf("distance %v", d)
	}
	within := func(holes string) string {
		return `{"at":{"$geoWithin":{"geometry":{"type":"Polygon","coordinates":[[[121,31],[122,31],[122,32],[121,32],[121,31]]` + holes + `]}}}}`
	}
	if !matches(t, within(""), bund) || matches(t, within(`,[[121.4,31.2],[121.5,31.2],[121.5,31.3],[121.4,31.3],[121.4,31.2]]`), bund) ||
		matches(t, within(""), `{"at":{"type":"Point","coordinates":[120,31.5]}}`) {
		t.Error("the polygon is wrong")
	}
}
