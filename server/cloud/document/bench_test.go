package document_test

import (
	"fmt"
	"testing"

	"github.com/teahouse/teahouse/server/cloud/document"
)

// BenchmarkAFullCollection reads as many documents as a collection may have, of 200 bytes each, for one query.
func BenchmarkAFullCollection(b *testing.B) {
	const documents = 20_000
	texts := make([][]byte, documents)
	for i := range texts {
		texts[i] = fmt.Appendf(nil, `{"_id":"%032d","_openid":"o_abcdefghijklmnopqrstuvwxyz","room":%d,"text":"One pot of green tea, please","at":{"$date":%d},"tags":["a","b"],"user":{"name":"Ann","age":%d}}`, i, i%100, i, i%90)
	}
	b.ReportAllocs()
	for b.Loop() {
		c, err := document.NewCondition([]byte(`{"room":5,"user.age":{"$gte":18}}`), now)
		if err != nil {
			b.Fatal(err)
		}
		for _, text := range texts {
			doc, err := document.Read(text)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Matches(doc); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkTheDearestQuery spends all that a query may.
func BenchmarkTheDearestQuery(b *testing.B) {
	list := []byte(`{"a":[0`)
	for range 50_000 {
		list = append(list, ",1"...)
	}
	doc, err := document.Read(append(list, "]}"...))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := document.NewCondition([]byte(`{"a":2}`), now)
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = c.Matches(doc)
		}
	}
}
