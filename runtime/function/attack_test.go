package function_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/function"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// called calls the function f of the code as a source: "wx_client" for a program.
func called(t *testing.T, code, source, event string) *host {
	t.Helper()
	h := &host{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	session, err := function.New(compiled(t, main(code)).Image).Open(function.Request{
		Call:  protocol.FunctionCall{Name: "f", Event: json.RawMessage(event), RequestID: "r-1", OpenID: "o_ann", Source: source},
		AppID: "ta0123", Seed: 7, Now: func() time.Time { return h.now },
	}, h)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	h.session = session
	return h
}

func TestWhatIsNoJSONIsReturnedAsJSONHasIt(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		`exports.main = () => [NaN, Infinity, -0, undefined, () => 1, Symbol('x')]`: `[null,null,0,null,null,null]`,
		`exports.main = () => Buffer.from('ab')`:                                    `{"type":"Buffer","data":[97,98]}`,
		`exports.main = () => new Date(NaN)`:                                        `null`,
		`exports.main = () => new Map([[1, 2]])`:                                    `{}`,
		`exports.main = () => () => 1`:                                              `null`,
		`exports.main = () => Object.create({a: 1})`:                                `{}`,
		`exports.main = () => ({then(resolve) { resolve(5); resolve(6); }})`:        `5`,
		`exports.main = () => ({toJSON: () => undefined})`:                          `null`,
		`JSON.stringify = () => '"forged"'; exports.main = () => 5`:                 `5`,
		`globalThis.Promise = undefined; exports.main = () => 5`:                    `5`,
	} {
		run(t, main(code), `{}`).wantResult(want)
	}
	for code, want := range map[string]string{
		`exports.main = () => 10n`:                                                           "TypeError: Do not know how to serialize a BigInt",
		`exports.main = () => ({a: 10n})`:                                                    "TypeError: Do not know how to serialize a BigInt",
		`exports.main = () => ({toJSON() { throw new Error('json') }})`:                      "Error: json\n    at toJSON (cloudfunctions/f/index.js:1:",
		`exports.main = () => ({get then() { throw new Error('then') }})`:                    "Error: then\n    at then (cloudfunctions/f/index.js:1:",
		`exports.main = () => { let a = []; while (a.length < 1e6) a.push(a); return a }`:    "TypeError: Converting circular structure to JSON",
		`exports.main = () => { throw {get message() { throw 1 }, toString() { throw 2 }} }`: "{message: [threw], toString: [Function toString]}",
		`exports.main = () => Promise.reject()`:                                              "undefined",
	} {
		h := run(t, main(code), `{}`)
		if len(h.answers) != 1 || h.answers[0].Failure == nil || !strings.HasPrefix(h.answers[0].Failure.Message, want) {
			t.Errorf("%s\nanswers %s, want %q", code, asJSON(h.answers), want)
		}
	}
}

// Ensure that nothing deep arrives as an empty object: programs and functions read values of a bounded depth.
func TestValuesThatNobodyCouldReadAreRefused(t *testing.T) {
	t.Parallel()
	nest := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	deep := `exports.main = () => { let a = []; for (let i = 1; i < %d; i++) a = [a]; return a }`
	run(t, main(strings.Replace(deep, "%d", "255", 1)), `{}`).wantResult(nest(255))
	h := run(t, main(strings.Replace(deep, "%d", "256", 1)), `{}`)
	if len(h.answers) != 1 || h.answers[0].Failure == nil || !strings.HasPrefix(h.answers[0].Failure.Message, "RangeError: the function returned a value that is nested deeper than 255 levels") {
		t.Errorf("a deep result: %s", asJSON(h.answers))
	}
	count := `exports.main = (a) => { let n = 0; for (; a; a = a[0]) n++; return n }`
	run(t, main(count), nest(255)).wantResult(`255`)
	run(t, main(count), nest(256)).wantFailure(-501007, "parameter.data is nested deeper than 255 levels")
	run(t, main(`exports.main = (event) => event.text.length`), `{"text":"[[[\"[{\\\\"}`).wantResult(`8`)
}

func TestWhatAMicrotaskThrowsEndsTheFunction(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		`exports.main = () => { process.nextTick(() => { throw new Error('lost') }); return new Promise(() => {}) }`,
		`exports.main = () => { queueMicrotask(() => { throw new Error('lost') }); return new Promise(() => {}) }`,
		`exports.main = () => { setImmediate(() => { throw new Error('lost') }); return new Promise(() => {}) }`,
	} {
		h := run(t, main(code), `{}`)
		h.advance(10 * time.Millisecond)
		if len(h.answers) != 1 || h.answers[0].Failure == nil || !strings.HasPrefix(h.answers[0].Failure.Message, "Error: lost\n    at ") {
			t.Errorf("%s\nanswers %s", code, asJSON(h.answers))
		}
	}
}

// Ensure that a call with wrong parameters fails where the program waits for it, and not where it makes it.
func TestWrongParametersRejectTheCall(t *testing.T) {
	t.Parallel()
	run(t, main(`const cloud = require('wx-server-sdk'); const circle = {}; circle.circle = circle;
		exports.main = async () => {
			const said = [];
			for (const start of [() => cloud.callFunction({name: 'g', data: circle}), () => cloud.callFunction({name: 'g', data: 1n}), () => cloud.callFunction(null),
				() => cloud.uploadFile(null), () => cloud.uploadFile({cloudPath: 'a', fileContent: 5}), () => cloud.downloadFile(null), () => cloud.getTempFileURL({fileList: 'x'}), () => cloud.deleteFile(null)]) {
				let promise;
				try { promise = start(); } catch (e) { said.push('threw'); continue; }
				said.push(await promise.then(() => 'ran', (e) => e.name));
			}
			return said.join(' ');
		}`), `{}`).wantResult(`"TypeError TypeError TypeError TypeError Error TypeError Error TypeError"`)
}

// Ensure that nobody says for whom a function runs, whatever its event is.
func TestAnEventCannotForgeWhoCalls(t *testing.T) {
	t.Parallel()
	says := `const cloud = require('wx-server-sdk');
		exports.main = (event, context) => { const {OPENID, APPID} = cloud.getWXContext(); context.OPENID = 'o_bob'; return [OPENID, APPID, event.userInfo, {}.openId] }`
	me := `["o_ann","ta0123",{"appId":"ta0123","openId":"o_ann"},null]`
	for _, event := range []string{`{}`, `{"userInfo":{"openId":"o_bob","appId":"ta9"}}`, `{"userInfo":null}`, `{"userInfo":"o_bob"}`,
		`{"__proto__":{"openId":"o_bob"},"constructor":{"prototype":{"openId":"o_bob"}}}`} {
		called(t, says, "wx_client", event).wantResult(me)
	}
	// A function passes on what it was given; a name and a picture stay.
	called(t, says, "wx_client,scf", `{}`).wantResult(me)
	called(t, says, "wx_client,scf", `{"userInfo":{"openId":"o_bob","nickName":"Bob"}}`).wantResult(
		`["o_ann","ta0123",{"openId":"o_ann","nickName":"Bob","appId":"ta0123"},null]`)
}

func TestAFunctionReachesItsOwnFilesOnly(t *testing.T) {
	t.Parallel()
	files := main(`exports.main = () => ['../g/index.js', '../g/index', '../../miniprogram/app.js', '/../g/index.js', 'g', 'constructor', '__proto__', '', 'toString'].map((name) => {
		try { return typeof require(name); } catch (e) { return e.message.includes('is not found'); }
	})`)
	files["g/index.js"] = `exports.secret = 1`
	run(t, files, `{}`).wantResult(`[true,true,true,true,true,true,true,true,true]`)
}

// Ensure that a name without ./ is that of a package or of a file from the root: packages try one that may not be installed, beside a
// file of theirs with its name.
func TestANameIsThatOfAPackageAndOfNoFileBeside(t *testing.T) {
	t.Parallel()
	run(t, map[string]string{
		"f/index.js": `exports.main = () => [require('follow')('x'), require('other/sub'), require('lib/deep')(), ['a', 'deep', 'debug'].map((name) => { try { return require(name); } catch (e) { return e.message.includes('is not found'); } })]`,
		"f/lib/a.js": `module.exports = 'a file'`, "f/lib/deep.js": `module.exports = () => { try { return require('a'); } catch { return require('lib/a'); } }`, "f/package.json": `{"dependencies": {"follow": "1", "other": "1"}}`,
		"f/node_modules/follow/package.json": `{}`, "f/node_modules/follow/index.js": `module.exports = require('./debug')`,
		"f/node_modules/follow/debug.js":    `let debug; module.exports = (text) => { if (!debug) { try { debug = require('debug')('follow'); } catch { debug = () => 'quiet'; } } return debug(text); }`,
		"f/node_modules/other/package.json": `{"exports": {"./sub": "./inner/sub.js"}}`, "f/node_modules/other/inner/sub.js": `module.exports = 'sub'`,
	}, `{}`).wantResult(`["quiet","sub","a file",[true,true,true]]`)
}

func TestNothingRunsAfterTheAnswer(t *testing.T) {
	t.Parallel()
	h := run(t, main(`const todos = require('wx-server-sdk').database().collection('todos');
		exports.main = () => {
			setInterval(() => console.log('a timer'), 10);
			todos.add({data: {a: 1}}).then(() => { console.log('later'); return todos.count(); });
			return 1;
		}`), `{}`)
	h.advance(time.Second)
	h.reply(0, true, `{"ids":["a"]}`)
	h.wantResult(`1`)
	h.wantPrinted()
	if _, waits := h.session.NextTimer(); waits || len(h.calls) != 1 || h.calls[0].name != "cloud.add" {
		t.Errorf("calls %+v, waits %v", h.calls, waits)
	}
}

// Ensure that a picture of some hundred kilobytes is no work: a function may compute for about a second.
func TestBytesAreCopiedAtOnce(t *testing.T) {
	t.Parallel()
	h := run(t, main(`const cloud = require('wx-server-sdk');
		exports.main = () => {
			const a = Buffer.alloc(600 << 10, 7), b = Buffer.from(a), c = new Uint8Array(b), d = Buffer.concat([a.slice(0, 300 << 10), Buffer.from(c).subarray(300 << 10)]);
			b[0] = 1;
			return cloud.uploadFile({cloudPath: 'a.bin', fileContent: d}).then(() => [a[0], b[0], d.length, Buffer.from(d.toString('base64'), 'base64').equals(a)]);
		}`), `{}`)
	h.reply(0, true, `{"file_id":"cloud://x"}`)
	h.wantResult(`[7,1,614400,true]`)
}
