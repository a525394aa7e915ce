package document_test

import (
	"testing"

	"github.com/teahouse/teahouse/server/cloud/document"
)

// Documents of the fuzz tests, and what is done to them: what is not refused must be kept and read again.
var (
	fuzzDocuments = []string{
		`{}`, `{"a":[1,{"b":[[],{}]},"x"],"b":{"c":{"$date":5}}}`, `{"a":{"$serverDate":8640000000000000}}`, `{"a":1,"a":2,"__proto__":{"b":"\ud800\u0000"}}`,
		`{"a":[{"type":"Point","coordinates":[180,-90]}],"b":[1e308,-0,1.5e-320]}`, "{\"a\":\"\xff\",\"\xff\":1,\"\xfe\":2}",
	}
	fuzzQueries = []string{
		`{"a":{"$mod":[3,1e300]},"a.0.b.0":{"$not":{"$in":[null,[],{}]}}}`, `{"$nor":[{"a":{"$elemMatch":{"$gt":1}}},{"a":{"$size":1e300}}]}`,
		`{"a":{"$elemMatch":{"$or":[{"b":null}]}},"b":{"$all":[1e308]}}`, `{"a":{"$regex":"(a|b){2,9}[^\\s\\u8336]$","$options":"ims"}}`,
		`{"a":{"$near":{"geometry":{"type":"Point","coordinates":[1,2]},"maxDistance":-1}}}`,
		`{"a":{"$geoWithin":{"geometry":{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}}}}`,
	}
	fuzzUpdates = []string{
		`{"$push":{"a":{"$each":[3,[],{}],"$position":-1e300,"$slice":-1e300,"$sort":{"b.0":-1}}},"$rename":{"b":"a.0.c"}}`,
		`{"$set":{"a.9999":1,"b.c.d.e":{"$serverDate":1}},"$bit":{"n":{"xor":2147483647}}}`, `{"$unset":{"a.0":1},"$rename":{"b":"b.b"}}`,
		`{"$pull":{"a":{"b":{"$exists":false}}},"$pop":{"b":-1}}`, `{"$addToSet":{"a":{"$each":[1,1,{}]}},"$mul":{"b":1e308}}`, `{"$pullAll":{"a":[[],1]},"$min":{"b":null}}`,
	}
)

func FuzzDocumentsThatAreTakenAreReadAgain(f *testing.F) {
	for _, text := range fuzzDocuments {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if doc, err := document.Parse([]byte(text), now); err == nil {
			wantReadable(t, doc)
		}
	})
}

func FuzzQueriesOfDocuments(f *testing.F) {
	for i, query := range fuzzQueries {
		f.Add(query, fuzzDocuments[i], "a.0", `{"a.b":{"$slice":[-9e99,9e99]}}`)
	}
	f.Fuzz(func(t *testing.T, query, text, by, fields string) {
		doc, err := document.Parse([]byte(text), now)
		if err != nil {
			return
		}
		if c, err := document.NewCondition([]byte(query), now); err == nil {
			_, _ = c.Matches(doc)
			_, _ = c.Distance(doc)
		}
		if o, err := document.NewOrder([][2]string{{by, "asc"}, {by, "desc"}}); err == nil && o.Compare(o.Key(doc), o.Key(doc)) != 0 {
			t.Errorf("%s is not equal to itself by %s", text, by)
		}
		if p, err := document.NewProjection([]byte(fields)); err == nil {
			wantReadable(t, p.Apply(doc))
		}
	})
}

func FuzzUpdatesOfDocuments(f *testing.F) {
	for i, update := range fuzzUpdates {
		f.Add(update, fuzzDocuments[i])
	}
	f.Fuzz(func(t *testing.T, update, text string) {
		doc, err := document.Parse([]byte(text), now)
		if err != nil {
			return
		}
		u, err := document.NewUpdate([]byte(update), now)
		if err != nil {
			return
		}
		if changed, err := u.Apply(doc); err == nil {
			wantReadable(t, changed)
		}
	})
}

// wantReadable compares a document with what is read of it.
func wantReadable(t *testing.T, doc document.Object) {
	t.Helper()
	kept := document.Encode(doc)
	again, err := document.Read(kept)
	if err != nil || string(document.Encode(again)) != string(kept) {
		t.Errorf("%.200q is read as %.200q, %v", kept, document.Encode(again), err)
	}
}

func FuzzAggregations(f *testing.F) {
	for _, pipeline := range []string{
		`[{"$match":{"$expr":{"$in":["$a",["$b",null]]}}},{"$group":{"_id":{"a":"$none"},"x":{"$push":"$a.b"},"y":{"$first":"$none"},"z":{"$mergeObjects":"$b"}}}]`,
		`[{"$addFields":{"a.b.c":{"$arrayElemAt":["$a",-9]},"b":"$$REMOVE","l":["$none",{"$map":{"input":"$a","in":"$$this.b"}}]}},{"$unwind":"$a"},{"$sort":{"a.0":-1}}]`,
		`[{"$lookup":{"from":"x","localField":"a.b","foreignField":"b","as":"a.x"}},{"$lookup":{"from":"x","let":{"v":"$a"},"as":"y","pipeline":[{"$project":{"z":{"$zip":{"inputs":["$$v","$a"],"useLongestLength":true}}}}]}}]`,
		`[{"$project":{"_id":0,"s":{"$substrCP":[{"$toString":"$a"},1,2147483647]},"r":{"$range":[-2147483647,2147483647,2147483647]},"t":{"$slice":["$a",-1,2147483647]},"d":{"$dateToString":{"date":"$b.c","format":"%G%V%z","timezone":"-0730"}}}}]`,
		`[{"$replaceRoot":{"newRoot":{"$arrayToObject":{"$objectToArray":"$b"}}}},{"$bucket":{"groupBy":"$c","boundaries":[null,1,"x"],"default":{}}},{"$sample":{"size":2}}]`,
		`[{"$project":{"x":{"$switch":{"branches":[{"case":{"$setIsSubset":["$a",[1]]},"then":{"$reduce":{"input":"$a","initialValue":0,"in":{"$cmp":["$$value","$$this"]}}}}],"default":{"$avg":["$a"]}}}}},{"$sortByCount":"$x"},{"$count":"n"}]`,
	} {
		for _, text := range fuzzDocuments {
			f.Add(pipeline, text)
		}
	}
	f.Fuzz(func(t *testing.T, pipeline, text string) {
		doc, err := document.Parse([]byte(text), now)
		if err != nil {
			return
		}
		p, err := document.NewPipeline([]byte(pipeline), now)
		if err != nil {
			return
		}
		source := func(_ string, each func(document.Object) bool) error {
			_ = each(doc) && each(document.Object{}) && each(doc)
			return nil
		}
		found, _ := p.Run("x", 100, source, source)
		for _, made := range found {
			wantReadable(t, made)
		}
	})
}
