package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/cloud/document"
)

// collections are the documents of a test, as lines of JSON.
type collections map[string]string

func (c collections) read(t *testing.T) document.Source {
	return func(name string, each func(document.Object) bool) error {
		text, ok := c[name]
		if !ok {
			return errors.New("there is no " + name)
		}
		for line := range strings.SplitSeq(text, "\n") {
			doc, err := document.Read([]byte(line))
			if err != nil {
				t.Errorf("%s: %v", line, err)
			}
			if !each(doc) {
				break
			}
		}
		return nil
	}
}

// aggregate runs an aggregation of the collection "sales".
func aggregate(t *testing.T, c collections, pipeline string) (string, error) {
	t.Helper()
	p, err := document.NewPipeline([]byte(pipeline), now)
	if err != nil {
		return "", err
	}
	found, err := p.Run("sales", 1000, c.read(t), c.read(t))
	lines := make([]string, len(found))
	for i, doc := range found {
		lines[i] = string(document.Encode(doc))
	}
	return strings.Join(lines, " "), err
}

var sales = collections{
	"sales": `{"_id":1,"item":"tea","price":10,"n":2,"at":{"$date":1767225600000},"tags":["hot","green"],"size":{"h":1,"w":2}}
{"_id":2,"item":"cake","price":20,"n":1,"at":{"$date":1769904000000},"tags":[]}
{"_id":3,"item":"tea","price":5,"n":10,"at":{"$date":1769904000000},"tags":["hot"],"note":null}
{"_id":4,"item":"jam","price":"free","tags":"cold"}`,
	"items": `{"_id":"tea","name":"Tea","shop":1,"codes":["a","b"]}
{"_id":"cake","name":"Cake","shop":2}
{"_id":"pie","name":"Pie","shop":1}`,
	"shops": `{"_id":1,"town":"Kraków"}
{"_id":2,"town":"Shenzhen"}`,
}

func TestAggregationsAnswerAsInMongoDB(t *testing.T) {
	t.Parallel()
	for pipeline, want := range map[string]string{
		`[]`: strings.ReplaceAll(sales["sales"], "\n", " "),
		`[{"$match":{"item":"tea","n":{"$gt":2}}},{"$project":{"n":1}}]`:                                                                                  `{"_id":3,"n":10}`,
		`[{"$group":{"_id":"$item","sold":{"$sum":"$n"},"sales":{"$sum":1}}}]`:                                                                            `{"_id":"tea","sold":12,"sales":2} {"_id":"cake","sold":1,"sales":1} {"_id":"jam","sold":0,"sales":1}`,
		`[{"$group":{"_id":null,"avg":{"$avg":"$price"},"max":{"$max":"$price"},"min":{"$min":"$price"}}}]`:                                               `{"_id":null,"avg":11.666666666666666,"max":"free","min":5}`,
		`[{"$group":{"_id":"$none","all":{"$push":"$item"},"each":{"$addToSet":"$item"},"notes":{"$push":"$note"}}}]`:                                     `{"_id":null,"all":["tea","cake","tea","jam"],"each":["tea","cake","jam"],"notes":[null]}`,
		`[{"$group":{"_id":{"item":"$item","none":"$none"},"f":{"$first":"$_id"},"l":{"$last":"$_id"},"m":{"$mergeObjects":"$size"}}},{"$limit":1}]`:      `{"_id":{"item":"tea"},"f":1,"l":3,"m":{"h":1,"w":2}}`,
		`[{"$match":{"n":{"$exists":true}}},{"$group":{"_id":null,"p":{"$stdDevPop":"$n"},"s":{"$stdDevSamp":"$price"}}}]`:                                `{"_id":null,"p":4.0276819911981905,"s":7.637626158259733}`,
		`[{"$sort":{"item":1,"_id":-1}},{"$project":{"_id":1}}]`:                                                                                          `{"_id":2} {"_id":4} {"_id":3} {"_id":1}`,
		`[{"$sort":{"price":-1}},{"$skip":1},{"$limit":2},{"$project":{"price":1,"_id":0}}]`:                                                              `{"price":20} {"price":10}`,
		`[{"$match":{"item":"tea"}},{"$count":"teas"}]`:                                                                                                   `{"teas":2}`,
		`[{"$match":{"item":"none"}},{"$count":"teas"}]`:                                                                                                  ``,
		`[{"$unwind":"$tags"},{"$project":{"tags":1}}]`:                                                                                                   `{"_id":1,"tags":"hot"} {"_id":1,"tags":"green"} {"_id":3,"tags":"hot"} {"_id":4,"tags":"cold"}`,
		`[{"$unwind":{"path":"$tags","includeArrayIndex":"i","preserveNullAndEmptyArrays":true}},{"$project":{"tags":1,"i":1}},{"$skip":1},{"$limit":2}]`: `{"_id":1,"tags":"green","i":1} {"_id":2,"i":null}`,
		`[{"$sortByCount":"$item"},{"$limit":1}]`:                                                                                                         `{"_id":"tea","count":2}`,
		`[{"$bucket":{"groupBy":"$price","boundaries":[0,10,20],"default":"more","output":{"of":{"$push":"$_id"}}}}]`:                                     `{"_id":0,"of":[3]} {"_id":10,"of":[1]} {"_id":"more","of":[2,4]}`,
		`[{"$match":{"size":{"$exists":true}}},{"$replaceRoot":{"newRoot":{"$mergeObjects":["$size",{"id":"$_id"}]}}}]`:                                   `{"h":1,"w":2,"id":1}`,
		`[{"$limit":1},{"$addFields":{"size.d":3,"total":{"$multiply":["$price","$n"]},"gone":"$none","tags.x":1}}]`:                                      `{"_id":1,"item":"tea","price":10,"n":2,"at":{"$date":1767225600000},"tags":[{"x":1},{"x":1}],"size":{"h":1,"w":2,"d":3},"total":20}`,
		`[{"$limit":1},{"$project":{"_id":0,"size.h":1,"name":{"$toUpper":"$item"},"at":{"$year":"$at"}}}]`:                                               `{"size":{"h":1},"name":"TEA","at":2026}`,
		`[{"$limit":1},{"$project":{"at":0,"size":{"h":false},"tags":0}}]`:                                                                                `{"_id":1,"item":"tea","price":10,"n":2,"size":{"w":2}}`,
		`[{"$limit":1},{"$project":{"_id":0}},{"$project":{"item":1}}]`:                                                                                   `{"item":"tea"}`,
		`[{"$match":{"$expr":{"$gt":["$n",{"$multiply":[2,2]}]}}},{"$project":{"_id":1}}]`:                                                                `{"_id":3}`,
		// A lookup of equal values, through lists too, and of none.
		`[{"$lookup":{"from":"items","localField":"item","foreignField":"_id","as":"about"}},{"$project":{"about.name":1}}]`:                                           `{"_id":1,"about":[{"name":"Tea"}]} {"_id":2,"about":[{"name":"Cake"}]} {"_id":3,"about":[{"name":"Tea"}]} {"_id":4,"about":[]}`,
		`[{"$limit":1},{"$addFields":{"c":["b","z"]}},{"$lookup":{"from":"items","localField":"c","foreignField":"codes","as":"about"}},{"$project":{"about._id":1}}]`: `{"_id":1,"about":[{"_id":"tea"}]}`,
		`[{"$limit":1},{"$lookup":{"from":"items","localField":"none","foreignField":"codes","as":"a"}},{"$project":{"n":{"$size":"$a"}}}]`:                            `{"_id":1,"n":2}`,
		`[{"$match":{"_id":{"$lt":3}}},{"$lookup":{"from":"items","let":{"it":"$item"},"as":"a","pipeline":[{"$match":{"$expr":{"$eq":["$_id","$$it"]}}},
			{"$lookup":{"from":"shops","localField":"shop","foreignField":"_id","as":"s"}},{"$replaceRoot":{"newRoot":{"$arrayElemAt":["$s",0]}}},{"$project":{"_id":0,"town":1,"for":"$$it"}}]}},{"$project":{"a":1}}]`: `{"_id":1,"a":[{"town":"Kraków","for":"tea"}]} {"_id":2,"a":[{"town":"Shenzhen","for":"cake"}]}`,
	} {
		got, err := aggregate(t, sales, pipeline)
		if err != nil || got != want {
			t.Errorf("%s\nis   %s\nwant %s (%v)", pipeline, got, want, err)
		}
	}
}

func TestExpressionsOfAggregationsAreThoseOfMongoDB(t *testing.T) {
	t.Parallel()
	doc := collections{"sales": `{"_id":1,"n":7,"f":2.5,"z":null,"s":"Green tea 茶","t":"tea","l":[1,2,3],"e":[],"o":{"a":1,"b":2},"rows":[{"k":"x","v":1},{"k":"y","v":2}],"d":{"$date":1767229323456},"b":true}`}
	for expression, want := range map[string]string{
		`{"$add":["$n",1,"$f"]}`: `10.5`, `{"$add":["$d",1000]}`: `{"$date":1767229324456}`, `{"$add":["$n","$z"]}`: `null`, `{"$subtract":["$d",{"$date":1767229323000}]}`: `456`,
		`{"$subtract":["$n",10]}`: `-3`, `{"$subtract":["$d",456]}`: `{"$date":1767229323000}`, `{"$multiply":["$n",2,3]}`: `42`, `{"$divide":["$n",2]}`: `3.5`, `{"$mod":["$n",4]}`: `3`,
		`{"$abs":-3}`: `3`, `{"$ceil":"$f"}`: `3`, `{"$floor":-2.5}`: `-3`, `{"$trunc":-2.7}`: `-2`, `{"$round":["$f",0]}`: `2`, `{"$sqrt":9}`: `3`, `{"$pow":[2,10]}`: `1024`, `{"$ln":1}`: `0`, `{"$log10":1000}`: `3`, `{"$log":[8,2]}`: `3`, `{"$exp":0}`: `1`, `{"$sqrt":-1}`: `null`,
		`{"$eq":["$n",7]}`: `true`, `{"$ne":["$n",7]}`: `false`, `{"$gt":["$n",7]}`: `false`, `{"$gte":["$n",7]}`: `true`, `{"$lt":["$none","$z"]}`: `true`, `{"$lte":["a","b"]}`: `true`, `{"$cmp":["$n",9]}`: `-1`, `{"$gt":["a",5]}`: `true`,
		`{"$and":["$n",true]}`: `true`, `{"$and":[]}`: `true`, `{"$or":[0,"$z","$none"]}`: `false`, `{"$not":["$e"]}`: `false`, `{"$not":"$z"}`: `true`,
		`{"$cond":[{"$gt":["$n",5]},"many","few"]}`: `"many"`, `{"$cond":{"if":"$z","then":1,"else":2}}`: `2`, `{"$ifNull":["$none","$z",5]}`: `5`, `{"$ifNull":["$n",0]}`: `7`,
		`{"$switch":{"branches":[{"case":{"$lt":["$n",5]},"then":"few"},{"case":{"$lt":["$n",9]},"then":"some"}],"default":"many"}}`: `"some"`,
		`{"$arrayElemAt":["$l",-1]}`: `3`, `{"$size":"$l"}`: `3`, `{"$slice":["$l",-2]}`: `[2,3]`, `{"$slice":["$l",1,1]}`: `[2]`, `{"$concatArrays":["$l",[4]]}`: `[1,2,3,4]`, `{"$in":[2,"$l"]}`: `true`, `{"$indexOfArray":["$l",3]}`: `2`, `{"$indexOfArray":["$l",9]}`: `-1`,
		`{"$isArray":"$l"}`: `true`, `{"$isArray":["$n"]}`: `false`, `{"$range":[0,5,2]}`: `[0,2,4]`, `{"$range":[3,0,-1]}`: `[3,2,1]`, `{"$reverseArray":"$l"}`: `[3,2,1]`, `{"$arrayToObject":"$rows"}`: `{"x":1,"y":2}`, `{"$arrayToObject":[[["p",1]]]}`: `{"p":1}`, `{"$objectToArray":"$o"}`: `[{"k":"a","v":1},{"k":"b","v":2}]`,
		`{"$map":{"input":"$l","as":"x","in":{"$multiply":["$$x","$n"]}}}`: `[7,14,21]`, `{"$map":{"input":"$z","in":1}}`: `null`, `{"$filter":{"input":"$rows","as":"r","cond":{"$eq":["$$r.v",2]}}}`: `[{"k":"y","v":2}]`,
		`{"$reduce":{"input":"$l","initialValue":10,"in":{"$add":["$$value","$$this"]}}}`: `16`, `{"$zip":{"inputs":["$l",["a","b"]]}}`: `[[1,"a"],[2,"b"]]`, `{"$zip":{"inputs":["$l",["a"]],"useLongestLength":true,"defaults":[0,"-"]}}`: `[[1,"a"],[2,"-"],[3,"-"]]`,
		`"$rows.v"`: `[1,2]`, `"$l.x"`: `[]`, `"$o.b"`: `2`, `"$$ROOT.o.a"`: `1`, `"$$NOW"`: `{"$date":1000000}`, `{"$literal":"$n"}`: `"$n"`, `{"a":"$n","b":"$none"}`: `{"a":7}`, `["$n","$none"]`: `[7,null]`, `"plain"`: `"plain"`,
		`{"$let":{"vars":{"x":{"$add":["$n",1]},"y":2},"in":{"$multiply":["$$x","$$y"]}}}`: `16`, `{"$mergeObjects":["$o",{"b":3},"$z"]}`: `{"a":1,"b":3}`,
		`{"$allElementsTrue":["$l"]}`: `true`, `{"$anyElementTrue":["$e"]}`: `false`, `{"$setDifference":["$l",[1]]}`: `[2,3]`, `{"$setEquals":["$l",[3,2,1,1]]}`: `true`, `{"$setIntersection":["$l",[2,9]]}`: `[2]`, `{"$setIsSubset":[[1,2],"$l"]}`: `true`, `{"$setUnion":["$l",[3,4]]}`: `[1,2,3,4]`,
		`{"$concat":["$t","-","$s"]}`: `"tea-Green tea 茶"`, `{"$concat":["$t","$none"]}`: `null`, `{"$toUpper":"$s"}`: `"GREEN TEA 茶"`, `{"$toLower":"$z"}`: `""`, `{"$strLenCP":"$s"}`: `11`, `{"$strLenBytes":"$s"}`: `13`, `{"$substrCP":["$s",10,5]}`: `"茶"`, `{"$substr":["$s",0,5]}`: `"Green"`, `{"$substr":["$s",6,-1]}`: `"tea 茶"`,
		`{"$indexOfCP":["$s","茶"]}`: `10`, `{"$indexOfBytes":["$s","tea",7]}`: `-1`, `{"$split":["$s"," "]}`: `["Green","tea","茶"]`, `{"$strcasecmp":["TEA","$t"]}`: `0`, `{"$toString":"$n"}`: `"7"`, `{"$toInt":"12"}`: `12`, `{"$trim":{"input":" a "}}`: `"a"`,
		`{"$sum":"$l"}`: `6`, `{"$sum":["$n","$f"]}`: `9.5`, `{"$avg":["$l"]}`: `2`, `{"$max":"$rows.v"}`: `2`, `{"$min":["$n",3]}`: `3`, `{"$first":"$l"}`: `1`,
		`{"$year":"$d"}`: `2026`, `{"$month":"$d"}`: `1`, `{"$dayOfMonth":{"date":"$d","timezone":"Asia/Shanghai"}}`: `1`, `{"$hour":"$d"}`: `1`, `{"$hour":{"date":"$d","timezone":"+08:00"}}`: `9`, `{"$minute":["$d"]}`: `2`, `{"$second":"$d"}`: `3`, `{"$millisecond":"$d"}`: `456`, `{"$dayOfWeek":"$d"}`: `5`, `{"$isoDayOfWeek":"$d"}`: `4`, `{"$isoWeek":"$d"}`: `1`, `{"$week":"$d"}`: `0`, `{"$dayOfYear":"$d"}`: `1`, `{"$year":"$z"}`: `null`,
		`{"$dateToString":{"date":"$d","format":"%Y-%m-%d %H:%M:%S.%L %j %u %%","timezone":"Asia/Shanghai"}}`: `"2026-01-01 09:02:03.456 001 4 %"`, `{"$dateToString":{"date":"$z","onNull":"never"}}`: `"never"`, `{"$dateToString":{"date":"$d"}}`: `"2026-01-01T01:02:03.456Z"`,
		`{"$dateFromString":{"dateString":"2026-01-01","timezone":"Asia/Shanghai"}}`: `{"$date":1767196800000}`, `{"$dateFromString":{"dateString":"?","onError":0}}`: `0`, `{"$dateFromParts":{"year":2026,"month":2,"hour":3}}`: `{"$date":1769914800000}`,
	} {
		got, err := aggregate(t, doc, `[{"$project":{"_id":0,"x":{"$ifNull":[`+expression+`,null]}}}]`)
		if err != nil || got != `{"x":`+want+`}` {
			t.Errorf("%s\nis   %s\nwant %s (%v)", expression, got, want, err)
		}
	}
}

func TestAnAggregationThatIsNoneSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for pipeline, says := range map[string]string{
		`{}`: "a list of stages", `[{}]`: "has one name", `[{"$out":"x"}]`: "no stage $out", `[{"$match":5}]`: "match needs an object", `[{"$match":{"$where":"1"}}]`: "Invalid Key Name",
		`[{"$limit":0}]`: "from 1", `[{"$skip":-1}]`: "from 0", `[{"$sort":{"a":2}}]`: "1 or -1", `[{"$group":{"n":{"$sum":1}}}]`: "_id", `[{"$group":{"_id":1,"n":"$a"}}]`: "accumulator", `[{"$group":{"_id":1,"n":{"$size":"$a"}}}]`: "size is no accumulator",
		`[{"$project":{"a":1,"b":0}}]`: "not both", `[{"$project":{}}]`: "1 to", `[{"$project":{"a":{"$nope":1}}}]`: "no operator $nope", `[{"$project":{"a":{"$add":[1],"$sum":1}}}]`: "one operator", `[{"$project":{"a":1,"a.b":1}}]`: "named twice", `[{"$addFields":{"$x":1}}]`: "Invalid Key Name",
		`[{"$unwind":"tags"}]`: "such as $tags", `[{"$lookup":{"from":"items","as":"x"}}]`: "localField", `[{"$lookup":{"as":"x"}}]`: "from", `[{"$count":"$n"}]`: "name of a field", `[{"$sample":{}}]`: "sample needs", `[{"$replaceRoot":{}}]`: "newRoot", `[{"$bucket":{"groupBy":"$a","boundaries":[2,1]}}]`: "go up",
		`[{"$project":{"a":{"$divide":[1,0]}}}]`: "divides by 0", `[{"$project":{"a":{"$add":["$item",1]}}}]`: "numbers instead of string", `[{"$replaceRoot":{"newRoot":"$item"}}]`: "an object in every document", `[{"$project":{"a":"$$nope"}}]`: "no variable $$nope", `[{"$project":{"a":{"$size":"$n"}}}]`: "size needs a list",
		`[{"$project":{"a":{"$hour":{"date":"$at","timezone":"Mars/Base"}}}}]`: "no time zone", `[{"$project":{"a":{"$cond":[1]}}}]`: "cond needs", `[{"$project":{"a":{"$concat":["$n"]}}}]`: "dateToString", `[{"$project":{"a":{"$year":"$item"}}}]`: "date instead of string",
		`[{"$match":{"a":{"$near":{"geometry":{"type":"Point","coordinates":[0,0]}}}}}]`: "geoNear", `[` + strings.Repeat(`{"$skip":0},`, document.MaxStages) + `{"$skip":0}]`: "stages",
		`[{"$project":{"a":{"$add":[` + strings.Repeat("1,", document.MaxExpressions) + `1]}}}]`: "1 to 1000 arguments", `[{"$project":{"a":[` + strings.Repeat("1,", document.MaxExpressions) + `1]}}]`: "expressions",
		`[{"$lookup":{"from":"a","as":"x","pipeline":[{"$lookup":{"from":"a","as":"x","pipeline":[{"$lookup":{"from":"a","as":"x","pipeline":[{"$lookup":{"from":"a","as":"x","pipeline":[]}}]}}]}}]}}]`: "nested deeper",
	} {
		if _, err := aggregate(t, sales, pipeline); fault.SlugOf(err) != "cloud-invalid" || !strings.Contains(fault.MessageOf(err), says) {
			t.Errorf("%.100s: %v, want %q", pipeline, err, says)
		}
	}
	if _, err := aggregate(t, sales, `[{"$lookup":{"from":"none","localField":"a","foreignField":"a","as":"x"}}]`); err == nil || err.Error() != "there is no none" {
		t.Errorf("a collection that cannot be read: %v", err)
	}
}

// Ensure that no aggregation costs more than a query may, in time or in memory, whatever it repeats.
func TestDearAggregationsAreRefused(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "{\"_id\":%d,\"a\":[1,2,3,4,5,6,7,8,9,0],\"b\":%d,\"s\":\"0123456789012345\",\"o\":{\"a\":{\"b\":[1,2,3,4,5,6,7,8,9,0]}}}\n", i, i)
	}
	c := collections{"sales": strings.TrimSpace(many.String()), "items": strings.TrimSpace(many.String())}
	double := func(stage string, times int) string {
		return `[{"$limit":1},` + strings.TrimSuffix(strings.Repeat(stage+",", times), ",") + `]`
	}
	for pipeline, says := range map[string]string{
		`[{"$sort":{"b":1}}]`: "holds too much", `[{"$group":{"_id":null,"all":{"$push":"$$ROOT"}}}]`: "holds too much", `[{"$group":{"_id":"$$ROOT"}}]`: "holds too much", `[{"$group":{"_id":1,"all":{"$addToSet":"$$ROOT"}}}]`: "holds too much",
		`[{"$lookup":{"from":"items","localField":"a","foreignField":"a","as":"x"}}]`:                                                         "holds too much",
		`[{"$limit":100},{"$lookup":{"from":"items","localField":"a","foreignField":"a","as":"x"}}]`:                                          "holds too much",
		`[{"$limit":500},{"$project":{"_id":1}},{"$lookup":{"from":"items","as":"x","pipeline":[{"$project":{"b":1}},{"$match":{"b":-1}}]}}]`: "too much",
		`[{"$unwind":"$a"},{"$unwind":"$o.a.b"},{"$addFields":{"r":{"$range":[0,100]}}},{"$unwind":"$r"},{"$count":"n"}]`:                     "compares too much",
		double(`{"$project":{"l":["$$ROOT","$$ROOT"]}}`, 40):                                                                                  "too much", double(`{"$project":{"s":{"$concat":["$s","$s"]}}}`, 40): "512 KB", double(`{"$project":{"a":{"$concatArrays":["$a","$a"]}}}`, 40): "compares too much",
		double(`{"$addFields":{"x":{"a":"$$ROOT"}}}`, 49): "nested deeper", double(`{"$replaceRoot":{"newRoot":{"a":{"b":{"c":"$$ROOT"}}}}}`, 40): "nested deeper",
		`[{"$project":{"a":{"$range":[0,2000000000]}}}]`: "compares too much", `[{"$project":{"a":{"$map":{"input":{"$range":[0,2000]},"in":{"$map":{"input":{"$range":[0,2000]},"in":1}}}}}}]`: "compares too much",
		`[{"$project":{"a":{"$reduce":{"input":{"$range":[0,5000]},"initialValue":[],"in":{"$concatArrays":["$$value",["$$this"]]}}}}}]`: "compares too much",
	} {
		if _, err := aggregate(t, c, pipeline); fault.SlugOf(err) != "cloud-invalid" || !strings.Contains(fault.MessageOf(err), says) {
			t.Errorf("%.120s: %v, want %q", pipeline, err, says)
		}
	}
	// A page of a sorted collection is no such thing, and neither is a group of all.
	for pipeline, want := range map[string]string{
		`[{"$sort":{"b":-1}},{"$skip":10},{"$limit":2},{"$project":{"b":1}}]`:                                                     `{"_id":19989,"b":19989} {"_id":19988,"b":19988}`,
		`[{"$group":{"_id":{"$mod":["$b",2]},"n":{"$sum":1}}}]`:                                                                   `{"_id":0,"n":10000} {"_id":1,"n":10000}`,
		`[{"$match":{"b":7}},{"$lookup":{"from":"items","localField":"b","foreignField":"b","as":"x"}},{"$project":{"x._id":1}}]`: `{"_id":7,"x":[{"_id":7}]}`,
	} {
		if got, err := aggregate(t, c, pipeline); err != nil || got != want {
			t.Errorf("%s\nis   %s\nwant %s (%v)", pipeline, got, want, err)
		}
	}
}

func TestPlacesAreSortedByDistanceInAggregations(t *testing.T) {
	t.Parallel()
	c := collections{"sales": `{"_id":"far","at":{"type":"Point","coordinates":[114,23]}}
{"_id":"near","at":{"type":"Point","coordinates":[113,22]}}
{"_id":"nowhere"}`}
	got, err := aggregate(t, c, `[{"$geoNear":{"near":{"type":"Point","coordinates":[113,22.001]},"key":"at","distanceField":"d","spherical":true,"maxDistance":200000,"query":{"_id":{"$ne":"x"}}}},{"$project":{"d":{"$trunc":"$d"}}}]`)
	if err != nil || got != `{"_id":"near","d":111} {"_id":"far","d":151471}` {
		t.Errorf("%s %v", got, err)
	}
}

func TestASampleIsOfTheCollection(t *testing.T) {
	t.Parallel()
	got, err := aggregate(t, sales, `[{"$sample":{"size":3}},{"$group":{"_id":null,"n":{"$sum":1},"of":{"$addToSet":"$_id"}}},{"$project":{"n":1,"of":{"$size":"$of"}}}]`)
	if err != nil || got != `{"_id":null,"n":3,"of":3}` {
		t.Errorf("%s %v", got, err)
	}
}
