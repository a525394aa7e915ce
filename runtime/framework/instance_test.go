package framework_test

import (
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestFirstFrameCarriesTheDataThatOnLoadAndOnShowSet(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Page({data: {text: 'a'},
			onLoad() { wx.setNavigationBarTitle({title: 'T'}); this.setData({text: 'b'}, () => console.log('cb', this.data.text)); },
			onShow() { this.setData({text: this.data.text + 'c'}); }});`,
	})
	b.WantPrinted("cb bc")
	if len(b.Frames) != 2 || b.Frames[0]["t"] != "page" || b.Frames[1]["name"] != "setNavigationBarTitle" {
		t.Fatalf("frames %v", b.Frames)
	}
	if got := apptest.JSON(b.Frames[0]["render"]); got != `["bc"]` {
		t.Errorf("render %s", got)
	}
}

func TestManySetDataOfATurnLeaveAsOnePatch(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Page({data: {n: 0, list: [{x: 1}]},
			tap() {
				this.setData({n: 1}); this.setData({'list[0].x': 5, 'list[1].x': 6});
				Promise.resolve().then(() => this.setData({n: 2}, () => console.log('after', this.data.n, JSON.stringify(this.data.list))));
			}});`,
		"pages/index/index.wxml": `<view bindtap="tap">{{n}} {{list[0].x}} {{list[1].x}}</view>`,
	})
	b.Frames = nil
	b.Tap(1, 0)
	b.WantPrinted(`after 2 [{"x":5},{"x":6}]`)
	b.WantClean()
	if len(b.Frames) != 1 || apptest.JSON(b.Frames[0]["ops"]) != `[[0,0,"2 5 6"]]` {
		t.Errorf("frames %v", b.Frames)
	}
}

func TestInstancesOfAPageShareNothing(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Page({data: {list: []}, extra: {n: 0}, when: new Date(0),
			onLoad(q) {
				this.data.list.push(1); this.extra.n++;
				console.log(this.data.list.length, this.extra.n, this.when.getTime(), this.route, this.options === q, q.again);
				if (!q.again) wx.navigateTo({url: 'index?again=1'});
			}});`,
	})
	b.WantPrinted("1 1 0 pages/index/index true undefined", "1 1 0 pages/index/index true 1")
}

func TestPageFunctionsKeepTheirPage(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `const debounced = Object.assign(function () {}, {cancel() { return 'cancelled'; }});
			Page({n: 5, debounced, Model: class { static kind = 'k'; },
				onLoad() {
					setTimeout(this.tick, 1);
					wx.getStorageInfo({success: this.done});
					[1].forEach(this.each);
					console.log(this.debounced.cancel(), this.Model.kind, new this.Model() instanceof this.Model);
				},
				tick() { console.log('tick', this.n); }, done() { console.log('done', this.n); }, each() { console.log('each', this.n); },
			});`,
	})
	b.Advance(time.Second)
	b.WantPrinted("each 5", "cancelled k true", "done 5", "tick 5")
}

// Ensure that a handler may be what the program has put on the object of a component: compilers such as
// that of uni-app make their handlers while a component runs. A method goes before it.
func TestAHandlerMayBePutOnTheObject(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Component({
			methods: { own() { console.log('method'); } },
			created() { this.e0 = function () { console.log('put', this.is); }; this.own = () => console.log('field'); },
		});`,
		"pages/index/index.wxml": `<view bindtap="e0"/><view bindtap="own"/>`,
	})
	b.Tap(1, 0)
	b.Tap(1, 1)
	b.WantPrinted("put pages/index/index", "method")
	b.WantClean()
}

// Ensure that calls of setData inside others keep apart what they set, also when one of them fails in the middle:
// they use the same memory one after the other.
func TestCallsOfSetDataInsideOthersKeepApart(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"pages/index/index.js": `Component({
			data: {a: 0, b: 0, c: {}, list: []},
			properties: {p: {type: Number, observer(now, old) { console.log('p', now, old, this.data.c.deep); }}},
			observers: {
				'a, b'(a, b) { console.log('a b', a, b); if (a < 3) this.setData({a: a + 1, 'c.deep': a}); console.log('then', a, b); },
				'c.**'(c) { console.log('c', JSON.stringify(c)); },
			},
			methods: {onLoad() {
				for (let i = 0; i < 50; i++) { try { this.setData({b: 9, 'a..b': i}); } catch (e) { if (i === 49) console.log(e.message); } }
				const self = this;
				this.setData({b: 1, get list() { self.setData({b: 2, c: {from: 'getter'}}); return [1]; }, p: 4});
				console.log(JSON.stringify(this.data));
			}}});`,
		"pages/index/index.wxml": `<view>{{a}} {{b}} {{c.deep}} {{c.from}} {{list[0]}} {{p}}</view>`,
	})
	b.WantPrinted(`setData: the path "a..b" has a dot without a name`,
		"a b 0 2", "then 0 2", `c {"from":"getter","deep":0}`, "a b 1 2", "then 1 2", `c {"from":"getter","deep":1}`,
		"a b 2 2", "then 2 2", `c {"from":"getter","deep":2}`, "a b 3 2", "then 3 2",
		"a b 3 1", "then 3 1", "p 4 0 2", `{"a":3,"b":1,"c":{"from":"getter","deep":2},"list":[1],"p":4}`)
	b.WantClean()
	if got := apptest.JSON(b.Frames[0]["render"]); got != `["3 1 2 getter 1 4"]` {
		t.Errorf("render %s", got)
	}
}
