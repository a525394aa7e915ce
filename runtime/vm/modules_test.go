package vm_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/wx"
)

func TestModulesAreLoadedOnceAndMayReferToEachOther(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"lib/a.js":                     `console.log('a runs'); exports.early = 1; const b = require('./b'); exports.seen = b.sawEarly; exports.late = 2;`,
		"lib/b.js":                     `const a = require('./a.js'); exports.sawEarly = a.early; exports.sawLate = a.late;`,
		"lib/folder/index.js":          `module.exports = function () { return 'folder'; };`,
		"miniprogram_npm/tea/index.js": `module.exports = 'npm tea';`,
		"pages/index/index.js": `const a = require('../../lib/a'); require('/lib/a.js');
			console.log(a.seen, a.late, require('../../lib/b').sawLate, require('../../lib/folder')(), require('tea'));
			import later from '../../lib/es'; console.log(later);
			Page({});`,
		"lib/es.js": `export default 'es';
			require('./folder', (f) => console.log('later', f()));
			require('./none', () => {}, (e) => console.log(e.errMsg));
			require.async('./folder').then((f) => console.log('async', f()));
			require.async('./none').catch((e) => console.log('caught', e.message));`,
	})
	if got := b.Printed(); !strings.Contains(got, "a runs\n1 2 undefined folder npm tea\nes") || strings.Count(got, "a runs") != 1 {
		t.Errorf("printed %s\n%s", got, b.Problems())
	}
	for _, want := range []string{"later folder", "async folder", "caught module",
		`Error: module "./none" is not found, required by lib/es.js`} {
		if !strings.Contains(b.Printed(), want) {
			t.Errorf("no %q in %s", want, b.Printed())
		}
	}
	b.WantClean()
}

func TestWhatAModuleExportsLaterIsUndefinedToModulesThatItImports(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"lib/shop.js": `import { seen } from './cart';
			export const name = 'shop'; export let open = true; export class Till {} export function greet() { return 'hello'; }
			export default { seen };`,
		"lib/cart.js": `import * as all from './shop'; import shop, { name, open, Till, greet } from './shop';
			export const seen = [name, open, Till, shop, all.name, greet()];
			export const later = () => [name, open, typeof Till, all.name, shop.seen === seen];`,
		"lib/broken.js": `import { get } from './needs'; export const value = get();`,
		"lib/needs.js":  `export const get = () => missing;`,
		"pages/index/index.js": `import shop from '../../lib/shop'; import { later } from '../../lib/cart';
			console.log(shop.seen.map(String).join()); console.log(later().join());
			try { require('../../lib/broken'); } catch (e) { console.log(e.message); }
			Page({})`,
	})
	b.WantPrinted("undefined,undefined,undefined,undefined,undefined,hello", "shop,true,function,shop,true", "missing is not defined")
	b.WantClean()
}

func TestAModuleThatTheEngineCannotParseNamesItsPlace(t *testing.T) {
	t.Parallel()
	img := apptest.Compile(t, map[string]string{"pages/index/index.js": "Page({})"})
	for i := range img.Modules {
		if img.Modules[i].Path == "pages/index/index.js" {
			img.Modules[i].Source, img.Modules[i].SourceMap = "let ok = 1;\nlet = = 2;", nil
		}
	}
	engine, err := wx.NewEngine(img, framework.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := apptest.OpenOn(t, engine)
	if got := b.Problems(); !strings.Contains(got, "SyntaxError: Unexpected token = (pages/index/index.js:2:") {
		t.Error(got)
	}
}

func TestModulesOfBothKindsUseEachOther(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, map[string]string{
		"cjs.js":          `exports.a = 1; exports.later = () => { exports.a = 2; };`,
		"fn.js":           `module.exports = function tea() { return 'fn'; }; module.exports.b = 'b';`,
		"es.js":           `export default class Es {}; export const c = 3; export let live = 0; export function up() { live++; }`,
		"both.js":         `import {c} from './es'; module.exports = {c};`,
		"marked.js":       `Object.defineProperty(exports, '__esModule', {value: true}); exports.default = 'marked';`,
		"again.js":        `export * from './es'; export * as all from './es'; export {default as Renamed} from './es';`,
		"data.json":       "\ufeff{\"x\": [1, /* two */ 2,], \"__proto__\": null}",
		"typed.ts":        `import type {T} from './types'; import * as cjs from './cjs'; export enum Kind {A, B} export const k: T = Kind.B; export {cjs};`,
		"types.ts":        `export type T = number`,
		"circle/a.js":     `import {b} from './b'; export function a() { return 'a' + b(); }`,
		"circle/b.js":     `import {a} from './a'; export function b() { return typeof a; }`,
		"folder/index.ts": `export default 'folder'`,
		"pages/index/index.js": `
			import cjs, {a, later} from '../../cjs'; import * as space from '../../cjs';
			import fn, {b} from '../../fn'; import Es, {c, live, up} from '../../es.js';
			import marked from '../../marked'; import {c as c2, all, Renamed} from '../../again';
			import data from '../../data.json'; import {Kind, k} from '../../typed'; import folder from '../../folder';
			import {a as circle} from '../../circle/a';
			later(); up();
			console.log(a, cjs.a, space.default === cjs, fn(), b, c, live, typeof Es, marked, c2, all.c, Renamed === Es);
			console.log(require('../../es').default === Es, require('../../both').c, JSON.stringify(data), Kind[k], folder, circle());
			import('../../es').then((m) => console.log('later', m.default === Es));
			Page({});`,
	})
	want := "2 2 true fn b 3 1 function marked 3 3 true\ntrue 3 {\"x\":[1,2],\"__proto__\":null} B folder afunction\nlater true"
	if got := b.Printed(); !strings.Contains(got, want) {
		t.Errorf("printed %s\n%s", got, b.Problems())
	}
	b.WantClean()
}
