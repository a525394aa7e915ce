package framework_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestAPageWrittenWithComponentHasItsQueryAsProperties(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{"pages/index/index.js": `Component({
		properties: {id: Number, name: {type: String, value: 'none', observer: 'renamed'}, other: String},
		data: {text: ''},
		observers: {'id, name'(id, name) { this.setData({text: id + ':' + name}); }},
		lifetimes: {created() { console.log('created', this.data.id); }, attached() { console.log('attached', this.data.id, typeof this.data.id); }},
		methods: {
			onLoad(q) { console.log('load', q.id, q.extra, this.data.text, this.properties === this.data); },
			renamed(now, before) { console.log(before, 'to', now); },
		},
	});`}, apptest.WithPath("pages/index/index?id=7&name=tea&extra=1"))
	b.WantPrinted("created 0", "none to tea", "attached 7 number", "load 7 1 7:tea true")
	b.WantClean()
}

func TestBehaviorsOfAPageBringDataMethodsObserversAndLifetimes(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{"pages/index/index.js": `
		const inner = Behavior({data: {a: 1, o: {x: 1}}, methods: {who() { return 'inner'; }, helper() { return this.data.a; }}});
		const outer = Behavior({behaviors: [inner], data: {b: 2, o: {y: 2}}, observers: {a(a) { console.log('a is', a); }},
			lifetimes: {attached() { console.log('attached', this.is); }},
			definitionFilter(def) { def.data = {...def.data, counted: Object.keys(def.counters || {}).length}; }});
		Page({
			behaviors: [outer], counters: {one: 1, two: 2}, data: {a: 5},
			onLoad() {
				console.log(JSON.stringify(this.data), this.who(), this.helper(), this.hasBehavior(inner), this.hasBehavior(Behavior({})));
				console.log(JSON.stringify(this.counters));
				this.setData({a: 6});
			},
			who() { return 'page'; },
		});`})
	b.WantPrinted("attached pages/index/index", `{"a":5,"o":{"x":1,"y":2},"b":2,"counted":2} page 5 true false`, `{"one":1,"two":2}`, "a is 6")
	b.WantClean()
}

func TestADefinitionThatIsWrongSaysWhereAndWorksWithoutThatPart(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{"pages/index/index.js": `Component({
		behaviors: [undefined, {}],
		properties: {a: 'String', b: {type: Date}, c: {type: Number, observer: 'missing'}},
		observers: {'a..b'() {}, 'l[x]'() {}, ok: 'missing'},
		relations: {'./x': {type: 'sibling'}},
		lifetimes: {attached() { console.log('attached'); }},
	});`})
	b.WantPrinted("attached")
	for _, want := range []string{
		`behaviors has undefined that is no behavior`, `behaviors has an object that is no behavior`,
		`property "a" has the type a string`, `property "b" has a type that is none of`,
		`the observer of property "c" is neither`, `the observer "a..b": "a..b" lacks a name`,
		`the observer "l[x]": "l[x]" needs a number`, `the observer "ok" is neither`,
		`the relation "./x" has the type "sibling"`,
	} {
		if !strings.Contains(b.Problems(), want) {
			t.Errorf("the log lacks %q:\n%s", want, b.Problems())
		}
	}
	for _, e := range b.Logs { // the vendor's client runs such programs, so that nothing of this is an error
		if e.Level == "error" {
			t.Errorf("error: %s", e.Text)
		}
	}
}

func TestInstancesHaveWhatLibrariesReadOfTheVendorsOwn(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{"pages/index/index.js": `Component({
		data: {name: 'tea'},
		methods: {onLoad() { console.log(this.renderer, this.__data__.name, Object.keys(this).includes('__data__')); }},
	});`})
	b.WantPrinted("webview tea false")
	b.WantClean()
}

func TestAPropertyWithAListOfTypesTakesEveryValueAndOnlyWarns(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{"pages/index/index.js": `Component({
		properties: {custom: {type: [Boolean, String], default: false}, short: false},
		attached() { this.setData({custom: 'yes', short: [1]}); console.log(this.data.custom, this.data.short.length); },
	});`})
	b.WantPrinted("yes 1")
	if got := b.Problems(); strings.Contains(got, "error ") || !strings.Contains(got, `"custom" has a type that is none of`) {
		t.Errorf("%s", got)
	}
}

func TestValuesOfOtherTypesAreConvertedOrReplacedWithAWarning(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{"pages/index/index.js": `Component({
		properties: {s: {type: String, value: 'default'}, n: Number, b: Boolean, l: Array, o: Object, f: Function, any: null,
			two: {type: Number, optionalTypes: [String, Object]}},
		methods: {onLoad() {
			const say = (d) => { this.setData(d); console.log(Object.keys(d).map((k) => JSON.stringify(this.data[k])).join(' ')); };
			say({s: 5, n: '7', b: 'x', l: [1], o: null});
			say({s: null, n: 'x', b: '', l: {}, o: 1});
			say({s: {}, n: null, any: undefined});
			say({two: 'text'}); say({two: [1, 2]}); say({two: {a: 1}});
			console.log(typeof this.data.f);
			this.setData({n: NaN});
		}},
	});`})
	b.WantPrinted(`"5" 7 true [1] null`, `"" 0 false [] null`, `"[object Object]" 0 null`, `"text"`, `0`, `{"a":1}`, "function")
	if got := strings.Count(b.Problems(), "wants"); got != 7 {
		t.Errorf("%d warnings:\n%s", got, b.Problems())
	}
	if !strings.Contains(b.Problems(), `warn :0:0 pages/index/index: property "n" wants a number and was given a string. It has its type's empty value instead.`) ||
		!strings.Contains(b.Problems(), `property "n" wants a number and was given NaN.`) {
		t.Error(b.Problems())
	}
}

func TestObserversThatNeverComeToRestAreStopped(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{"pages/index/index.js": `Component({data: {n: 0}, observers: {n(n) { this.setData({n: n + 1}); }},
		methods: {onLoad() { this.setData({n: 1}); console.log(this.data.n > 50); this.setData({m: 1}); console.log(this.data.m); }}});`})
	b.WantPrinted("true", "1")
	if !strings.Contains(b.Problems(), "its observers set data") {
		t.Error(b.Problems())
	}
}

func TestTheViewShowsDataAsJSONHasIt(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.wxml": `<view>{{d}}|{{n}}|{{f}}|{{l}}|{{o}}|{{r}}|{{m.size}}</view>`,
		"pages/index/index.js": `class Cup { constructor() { this.size = 1; } toString() { return 'a cup'; } }
			Page({data: {}, onLoad() { this.setData({d: new Date(0), n: NaN, f() {}, l: [1, [2, null, undefined], 'x'], o: new Cup(), r: /x/, m: new Cup()});
				console.log(this.data.d instanceof Date, this.data.n, typeof this.data.f); }});`,
	})
	b.WantPrinted("true NaN function")
	if got := apptest.JSON(b.Last("page")["render"]); got != `["1970-01-01T00:00:00.000Z|null||1,2,,,x|[object Object]|[object Object]|1"]` {
		t.Error(got)
	}
}
