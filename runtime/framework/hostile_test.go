package framework_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

// A program may break its own builtins. Its pages still answer: the platform does not stand on them.
func TestAPageAnswersWhoseProgramBrokeItsBuiltins(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"Object is a number":         `globalThis.Object = 1`,
		"Object is gone":             `delete globalThis.Object`,
		"Object throws":              `Object.defineProperty(globalThis, 'Object', {get() { throw 1 }})`,
		"errors are numbers":         `globalThis.Error = globalThis.TypeError = 1`,
		"functions are numbers":      `globalThis.Function = globalThis.Promise = globalThis.Array = 1; Function.prototype = 1`,
		"methods of functions":       `Function.prototype.call = Function.prototype.apply = Function.prototype.bind = 1`,
		"methods of arrays":          `Array.prototype.push = Array.prototype.map = Array.prototype[Symbol.iterator] = null`,
		"methods of promises":        `Promise.prototype.then = Promise.resolve = 1`,
		"JSON of everything":         `Object.prototype.toJSON = () => 7`,
		"setters of everything":      `for (const k of ['n', 'data', 'a', 'v', 'type']) Object.defineProperty(Object.prototype, k, {set() { throw 2 }, get() { throw 3 }, configurable: true})`,
		"no prototypes":              `Object.setPrototypeOf(Array.prototype, null); Object.setPrototypeOf(Function.prototype, null)`,
		"every global is a number":   `for (const k of Object.getOwnPropertyNames(globalThis)) try { globalThis[k] = 1 } catch (e) {}`,
		"every global is gone":       `for (const k of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[k] } catch (e) {}`,
		"its data is frozen":         `Object.freeze(this.data); Object.freeze(this.data.list)`,
		"its data is a proxy":        `this.data = new Proxy({}, {get() { throw 4 }, ownKeys() { throw 5 }})`,
		"paths into the prototype":   `this.setData({'__proto__.polluted': 1, 'constructor.prototype.polluted': 1, 'list[0].__proto__.polluted': 1, 'o.__proto__.polluted': 1})`,
		"paths of a data prototype":  `this.setData(JSON.parse('{"__proto__": {"polluted": 1}, "o": {"__proto__": {"polluted": 1}}}'))`,
		"properties as a prototype":  `this.selectComponent('#c').setData({'__proto__.polluted': 1, 'v.__proto__.polluted': 1})`,
		"nothing":                    ``,
		"storage under a prototype":  `wx.setStorageSync('__proto__', {polluted: 1}); wx.getStorageSync('__proto__')`,
		"an event of a proto detail": `this.selectComponent('#c').triggerEvent('hit', JSON.parse('{"__proto__": {"polluted": 1}}'))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := apptest.Open(t, map[string]string{
				"app.js": `App({})`,
				"pages/index/index.js": `Page({data: {n: 0, list: [{a: 1}], o: {p: 1}}, go() { ` + code + ` }, hit() {},
					more() { this.setData({n: 'it is ' + {}.polluted}) }})`,
				"pages/index/index.wxml": `<view bindtap="go">a</view><view bindtap="more">{{n}}</view><c id="c" v="{{o}}" list="{{list}}" bind:hit="hit"/>`,
				"pages/index/index.json": `{"usingComponents": {"c": "/c/c"}}`,
				"c/c.js": `const proto = () => JSON.parse('{"__proto__": {"polluted": 1}, "o": {"__proto__": {"polluted": 1}}}')
					Component({behaviors: [Behavior({data: proto()})], data: proto(), properties: {v: Object, list: Array}, observers: {'list.**'() { this.setData({seen: 1}) }}})`,
				"c/c.json": `{"component": true}`,
				"c/c.wxml": `<view>{{v.p}} {{seen}}</view>`,
			})
			b.Send(`{"t":"ready","page":1}`)
			b.Tap(1, 0)
			b.Frames = nil
			b.Tap(1, 1)
			if got, want := apptest.JSON(b.Last("patch")["ops"]), `[[0,0,"it is undefined"]]`; got != want {
				t.Errorf("the page shows %s, want %s; %s", got, want, b.Problems())
			}
		})
	}
}
