package function_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/function"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/vm"
)

// program is a program with the files of cloud functions; names are below cloudfunctions/.
func program(files map[string]string) map[string][]byte {
	all := map[string][]byte{
		"project.config.json":             []byte(`{"miniprogramRoot": "miniprogram/", "cloudfunctionRoot": "cloudfunctions/"}`),
		"miniprogram/app.json":            []byte(`{"pages": ["pages/a/a"]}`),
		"miniprogram/app.js":              []byte(`App({})`),
		"miniprogram/pages/a/a.js":        []byte(`Page({})`),
		"miniprogram/pages/a/a.wxml":      []byte(`<view/>`),
		"miniprogram/pages/a/shared.json": []byte(`{}`),
	}
	for name, text := range files {
		all["cloudfunctions/"+name] = []byte(text)
	}
	return all
}

func compiled(t *testing.T, files map[string]string) *compile.Result {
	t.Helper()
	result := compile.Compile(t.Context(), program(files), compile.Options{FunctionModule: function.Module})
	if result.Image == nil {
		t.Fatalf("does not compile: %+v", result.Diagnostics)
	}
	return result
}

// host is the host of one call under test. Its clock moves only when a test moves it.
type host struct {
	t       *testing.T
	session *function.Session
	now     time.Time
	calls   []call
	logs    []protocol.LogEntry
	answers []protocol.FunctionFrame
}

type call struct {
	id   uint64
	name string
	args string
}

func (h *host) Frame(text []byte) {
	var f protocol.FunctionFrame
	if err := json.Unmarshal(text, &f); err != nil || f.T != "result" {
		h.t.Errorf("frame %s: %v", text, err)
	}
	h.answers = append(h.answers, f)
}

func (h *host) Call(id uint64, name string, args []byte) {
	h.calls = append(h.calls, call{id, name, string(args)})
}

func (h *host) Store(op protocol.StorageOp) { h.t.Errorf("stored %v", op) }

func (h *host) Log(e protocol.LogEntry) { h.logs = append(h.logs, e) }

// open calls the function f of a set with an event.
func open(t *testing.T, set *function.Set, event string) *host {
	t.Helper()
	h := &host{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	session, err := set.Open(function.Request{
		Call:  protocol.FunctionCall{Name: "f", Event: json.RawMessage(event), RequestID: "r-1", OpenID: "o_ann", Source: "wx_client"},
		AppID: "ta0123", Seed: 7, Now: func() time.Time { return h.now },
	}, h)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	h.session = session
	return h
}

// run compiles files and calls the function f.
func run(t *testing.T, files map[string]string, event string) *host {
	t.Helper()
	return open(t, function.New(compiled(t, files).Image), event)
}

// main is a function f of one file.
func main(code string) map[string]string {
	return map[string]string{"f/index.js": code}
}

func (h *host) advance(d time.Duration) {
	h.t.Helper()
	end := h.now.Add(d)
	for {
		at, ok := h.session.NextTimer()
		if !ok || at.After(end) {
			break
		}
		h.now = at
		if err := h.session.RunTimers(h.now); err != nil {
			h.t.Fatal(err)
		}
	}
	h.now = end
}

func (h *host) reply(i int, ok bool, result string) {
	h.t.Helper()
	if err := h.session.Reply(h.calls[i].id, ok, []byte(result)); err != nil {
		h.t.Fatal(err)
	}
}

// wantResult compares the answer.
func (h *host) wantResult(want string) {
	h.t.Helper()
	if len(h.answers) != 1 || h.answers[0].Failure != nil || string(h.answers[0].Result) != want {
		h.t.Errorf("answers %s, want the result\n%s\nlogs %+v", asJSON(h.answers), want, h.logs)
	}
}

// wantFailure compares how the function failed.
func (h *host) wantFailure(code int, message string) {
	h.t.Helper()
	if len(h.answers) != 1 || h.answers[0].Failure == nil || *h.answers[0].Failure != (protocol.FunctionFailure{Code: code, Message: message}) {
		h.t.Errorf("answers %s, want the failure %d %q", asJSON(h.answers), code, message)
	}
}

func (h *host) wantPrinted(lines ...string) {
	h.t.Helper()
	var printed []string
	for _, e := range h.logs {
		printed = append(printed, e.Text)
	}
	if !slices.Equal(printed, lines) {
		h.t.Errorf("printed %q, want %q", printed, lines)
	}
}

func asJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func TestAFunctionAnswersWithWhatMainReturns(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		`exports.main = async (event) => event.a + event.b`:                                      `3`,
		`exports.main = (event) => ({sum: event.a + event.b, at: new Date(0), none: undefined})`: `{"sum":3,"at":"1970-01-01T00:00:00.000Z"}`,
		`exports.main = () => {}`: `null`,
		`exports.main = async () => { await null; return [1, null, 'ä'] }`:                                                  `[1,null,"ä"]`,
		`module.exports = {main(event, context) { return [context.function_name, context.request_id] }}`:                    `["f","r-1"]`,
		`export async function main({a, ...rest}) { const {b = 5} = rest; return a ?? b }`:                                  `1`,
		`exports.main = (event) => event.userInfo`:                                                                          `{"appId":"ta0123","openId":"o_ann"}`,
		`exports.main = () => new Promise((done) => setTimeout(() => done(typeof wx + typeof Page + typeof getApp), 2000))`: `"undefinedundefinedundefined"`,
	} {
		h := run(t, main(code), `{"a":1,"b":2}`)
		h.advance(2500 * time.Millisecond)
		h.wantResult(want)
	}
}

func TestAFailureHasTheStackOfTheDevelopersSource(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"f/index.js":    "const help = require('./lib/help');\nexports.main = async (event) => {\n  await null;\n  return help.length(event.none);\n};",
		"f/lib/help.js": "exports.length = (list) => {\n\n  return list.length;\n};",
	}
	h := run(t, files, `{}`)
	h.wantFailure(-504002, "TypeError: Cannot read properties of undefined (reading 'length')\n"+
		"    at cloudfunctions/f/lib/help.js:3:15\n    at cloudfunctions/f/index.js:4:15")
	if len(h.logs) != 1 || h.logs[0].File != "cloudfunctions/f/lib/help.js" || h.logs[0].Line != 3 || h.logs[0].Level != "error" {
		t.Errorf("logs %+v", h.logs)
	}
	for code, want := range map[string]string{
		`throw new Error('at once')`:                                                                    "Error: at once\n    at cloudfunctions/f/index.js:1:7",
		`exports.main = () => { throw 'a text' }`:                                                       `"a text"`,
		`exports.main = async () => { throw {a: 1} }`:                                                   `{a: 1}`,
		`exports.handler = 1`:                                                                           "TypeError: exports.main is not a function: a cloud function has exports.main = async (event, context) => { … }",
		`exports.main = () => { const a = {}; a.a = a; return a }`:                                      "TypeError: Converting circular structure to JSON",
		`exports.main = () => 'x'.repeat(2 << 20)`:                                                      "RangeError: the function returned 2048 KB; at most 2048 KB can be returned",
		`exports.main = () => { const deep = () => deep() + 1; return deep() }`:                         "RangeError: Maximum call stack size exceeded",
		`exports.main = () => new Promise(() => { setTimeout(() => { throw new Error('later') }, 5) })`: "Error: later\n    at cloudfunctions/f/index.js:1:67",
	} {
		h := run(t, main(code), `{}`)
		h.advance(time.Second)
		if len(h.answers) != 1 || h.answers[0].Failure == nil || h.answers[0].Failure.Code != -504002 ||
			!strings.HasPrefix(h.answers[0].Failure.Message, want) {
			t.Errorf("%s\nanswers %s, want %q", code, asJSON(h.answers), want)
		}
	}
}

func TestAFunctionHasItsTimeAndNoMore(t *testing.T) {
	t.Parallel()
	forever := `exports.main = () => new Promise(() => {})`
	h := run(t, main(forever), `{}`)
	h.advance(2999 * time.Millisecond)
	if len(h.answers) != 0 {
		t.Fatalf("answered early: %s", asJSON(h.answers))
	}
	h.advance(time.Millisecond)
	h.wantFailure(-504003, "Invoking task timed out after 3 seconds")
	h = run(t, map[string]string{"f/index.js": forever, "f/config.json": `{"timeout": 60}`}, `{}`)
	h.advance(59 * time.Second)
	if len(h.answers) != 0 {
		t.Fatalf("answered early: %s", asJSON(h.answers))
	}
	h.advance(time.Second)
	h.wantFailure(-504003, "Invoking task timed out after 60 seconds")
}

func TestALoopInAFunctionCanBeStopped(t *testing.T) {
	t.Parallel()
	set := function.New(compiled(t, main(`exports.main = () => { for (;;); }`)).Image)
	h := &host{t: t}
	_, err := set.Open(function.Request{Call: protocol.FunctionCall{Name: "f"}, Started: func(s *function.Session) { s.Interrupt("cpu") }}, h)
	if !errors.Is(err, vm.ErrInterrupted) || len(h.answers) != 0 {
		t.Errorf("%v, answers %s", err, asJSON(h.answers))
	}
}

func TestCallsShareNothing(t *testing.T) {
	t.Parallel()
	set := function.New(compiled(t, main(`let calls = 0; global.seen = global.seen || []; exports.main = (event) => { global.seen.push(event.who); return [++calls, global.seen] }`)).Image)
	open(t, set, `{"who":"ann"}`).wantResult(`[1,["ann"]]`)
	open(t, set, `{"who":"bob"}`).wantResult(`[1,["bob"]]`)
}

func TestAFunctionThatIsNotThereFailsAsWithTheVendor(t *testing.T) {
	t.Parallel()
	run(t, map[string]string{"g/index.js": `exports.main = () => 1`}, `{}`).wantFailure(-501000, "FunctionName parameter could not be found")
}

func TestFilesAndPackagesOfAFunctionAreFound(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"f/index.js": `require('wx-server-sdk').init(); const add = require('adder'), {deep} = require('./lib'), names = require('./names.json');
			const route = (name) => require('./routes/' + name);
			exports.main = async (event) => [add(1, 2), deep, names.list, route(event.route)(), process.env.PLACE];`,
		"f/lib/index.js":                            `exports.deep = require('../lib/deep.js').deep`,
		"f/lib/deep.js":                             `export const deep = 'deep'`,
		"f/names.json":                              `{"list": ["a"]}`,
		"f/routes/list.js":                          `module.exports = () => 'listed'`,
		"f/package.json":                            `{"dependencies": {"adder": "1", "wx-server-sdk": "latest"}}`,
		"f/config.json":                             `{"permissions": {"openapi": []}, "envVariables": {"PLACE": "here"}}`,
		"f/node_modules/adder/package.json":         `{"main": "dist/add.js", "dependencies": {"inner": "1"}}`,
		"f/node_modules/adder/dist/add.js":          `const inner = require('inner'); module.exports = (a, b) => inner(a) + b`,
		"f/node_modules/inner/package.json":         `{}`,
		"f/node_modules/inner/index.js":             `module.exports = (a) => a * 10`,
		"f/node_modules/wx-server-sdk/package.json": `{}`,
		"f/node_modules/wx-server-sdk/index.js":     `throw new Error('the vendor has no code here')`,
		"shared/texts.js":                           `exports.x = 1`,
	}
	result := compiled(t, files)
	if got := asJSON(result.Diagnostics); got != "[]" {
		t.Errorf("diagnostics %s", got)
	}
	if got := asJSON(result.Report.Functions); got != `["f"]` {
		t.Errorf("functions %s", got)
	}
	var paths []string
	for _, m := range result.Image.Functions[0].Modules {
		paths = append(paths, m.File)
	}
	if text := strings.Join(paths, " "); strings.Contains(text, "wx-server-sdk") || !strings.Contains(text, "cloudfunctions/f/node_modules/adder/dist/add.js") {
		t.Errorf("modules %s", text)
	}
	for _, m := range result.Image.Modules {
		if strings.HasPrefix(m.File, "cloudfunctions/") {
			t.Errorf("%s is in the program", m.File)
		}
	}
	encoded, err := result.Image.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := image.Decode(encoded, image.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	open(t, function.New(decoded), `{"route":"list"}`).wantResult(`[12,"deep",["a"],"listed","here"]`)
}

func TestWhatIsWrongWithFunctionsIsToldAtUpload(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range image.MaxFunctions + 1 {
		many[fmt.Sprintf("f%03d/index.js", i)] = ``
	}
	for want, files := range map[string]map[string]string{
		`warning function-module cloudfunctions/f/index.js:2:12 Cloud functions have no module "fs": there is no file system: keep files with uploadFile of wx-server-sdk. Using it fails.`: {
			"f/index.js": "exports.main = () => 1;\nconst fs = require('fs');"},
		`warning function-module cloudfunctions/f/index.js:1:1 Cloud functions have no module "worker_threads": functions run in the sandbox`: {
			"f/index.js": "require('worker_threads')"},
		`warning npm-not-built cloudfunctions/f/index.js:1:1 There is no module "axios", and no package axios in a node_modules of the function.`: {
			"f/index.js": "require('axios')"},
		`warning module-not-found cloudfunctions/f/index.js:1:1 There is no module "./none".`: {"f/index.js": "require('./none')"},
		`error js-syntax cloudfunctions/f/index.js:2:9 `:                                      {"f/index.js": "let a = 1;\nlet b = ;"},
		`error function-too-large cloudfunctions/f/index.js:0:0 The scripts of a cloud function, with those of its packages, may have 2048 KB together; these have 2500 KB.`: {
			"f/index.js": "require('./a'); require('./b')", "f/a.js": "exports.a = '" + strings.Repeat("a", 1250<<10) + "'", "f/b.js": "exports.b = '" + strings.Repeat("b", 1250<<10) + "'"},
		`warning config-value cloudfunctions/f/config.json:1:13 timeout should be a whole number from 1 to 60.`: {"f/index.js": "", "f/config.json": `{"timeout": 61}`},
		`warning function-trigger cloudfunctions/f/config.json:1:14 Triggers do not run here`: {
			"f/index.js": "", "f/config.json": `{"triggers": [{"name": "t", "type": "timer", "config": "0 0 2 1 * * *"}]}`},
		`warning function-name cloudfunctions/ä/index.js:0:0 `:                                              {"ä/index.js": ""},
		`error too-many-functions cloudfunctions/f100/index.js:0:0 A program may have 100 cloud functions.`: many,
	} {
		result := compile.Compile(context.Background(), program(files), compile.Options{FunctionModule: function.Module})
		var got []string
		for _, d := range result.Diagnostics {
			got = append(got, fmt.Sprintf("%s %s %s:%d:%d %s", severity(d), d.Code, d.File, d.Line, d.Column, d.Message))
		}
		if len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("diagnostics %q, want %q", got, want)
		}
	}
}

func severity(d source.Diagnostic) string {
	return map[bool]string{true: "error", false: "warning"}[d.Severity == source.Error]
}

func TestTheSDKSaysWhoCalls(t *testing.T) {
	t.Parallel()
	h := run(t, main(`const cloud = require('wx-server-sdk');
		cloud.init({env: cloud.DYNAMIC_CURRENT_ENV});
		cloud.logger().info({a: 1});
		exports.main = async () => { const {OPENID, APPID, UNIONID, SOURCE} = cloud.getWXContext(); return {OPENID, APPID, UNIONID, SOURCE} }`), `{}`)
	h.wantResult(`{"OPENID":"o_ann","APPID":"ta0123","SOURCE":"wx_client"}`)
	h.wantPrinted(`{a: 1}`)
}

func TestTheDatabaseOfAFunctionIsThatOfAnAdministrator(t *testing.T) {
	t.Parallel()
	h := run(t, main(`const cloud = require('wx-server-sdk'), db = cloud.database(), _ = db.command;
		exports.main = async () => {
			const {data} = await db.collection('todos').where({n: _.gt(1)}).get();
			const added = await db.collection('todos').add({data: {_openid: 'o_bob', due: db.serverDate()}});
			let refused;
			try { await db.collection('none').doc('x').update({data: {a: 1}}); } catch (e) { refused = [e instanceof Error, e.errCode, e.message, e.stack.includes('index.js')]; }
			await cloud.openapi.wxacode.getUnlimited({}).catch((e) => refused.push(e.stack.includes('index.js')));
			return [data, added, refused];
		};`), `{}`)
	h.reply(0, true, `{"documents":[{"_id":"a","at":{"$date":0}}]}`)
	h.reply(1, true, `{"ids":["b"]}`)
	h.reply(2, false, `{"message":"no such thing","slug":"cloud-no-collection"}`)
	want := []string{`cloud.get {"collection":"todos","limit":100,"where":{"n":{"$gt":1}}}`,
		`cloud.add {"collection":"todos","documents":[{"_openid":"o_bob","due":{"$serverDate":0}}]}`,
		`cloud.update {"collection":"none","where":{"_id":{"$eq":"x"}},"update":{"$set":{"a":1}}}`}
	for i, c := range h.calls {
		if got := c.name + " " + c.args; i >= len(want) || got != want[i] {
			t.Errorf("call %d: %s", i, got)
		}
	}
	h.wantResult(`[[{"_id":"a","at":"1970-01-01T00:00:00.000Z"}],{"_id":"b","errMsg":"collection.add:ok"},` +
		`[true,-502005,"document.update:fail -502005 no such thing",true,true]]`)
}

func TestFunctionsCallFunctions(t *testing.T) {
	t.Parallel()
	h := run(t, main(`const cloud = require('wx-server-sdk');
		exports.main = async () => {
			const {result, requestID, errMsg} = await cloud.callFunction({name: 'g', data: {n: 1}});
			return [result, requestID, errMsg, await cloud.callFunction({name: 'h'}).catch((e) => [e.errCode, e.errMsg])];
		};`), `{}`)
	h.reply(0, true, `{"request_id":"r-2","result":{"a":1}}`)
	h.reply(1, true, `{"request_id":"r-3","failure":{"code":-504002,"message":"Error: no"}}`)
	if h.calls[0].args != `{"name":"g","data":{"n":1}}` || h.calls[1].args != `{"name":"h","data":{}}` {
		t.Errorf("calls %+v", h.calls)
	}
	h.wantResult(`[{"a":1},"r-2","callFunction:ok",[-504002,"callFunction:fail -504002 Error: no"]]`)
}

func TestWhatFunctionsDoNotHaveIsRefusedByName(t *testing.T) {
	t.Parallel()
	h := run(t, main(`const cloud = require('wx-server-sdk');
		const why = async (run) => { try { await run(); return 'ran'; } catch (e) { return e.message; } };
		exports.main = async () => [
			await why(() => cloud.openapi.security.msgSecCheck({content: 'x'})), await why(() => require('node:vm')),
			await why(() => require('crypto').generateKeyPairSync('rsa')), await why(() => eval('1 + 1')),
			await why(() => process.exit(1)), await why(() => require('express')),
		];`), `{}`)
	h.wantResult(`["openapi.security.msgSecCheck:fail -604100 it belongs to the vendor’s own services, which are not here",` +
		`"Cannot find module 'vm': functions run in the sandbox of the program, which has no processes of its own",` +
		`"crypto.generateKeyPairSync is not supported here: there are hashes, HMAC, AES, signatures and encryption with RSA, pbkdf2 and random bytes",` +
		`"new Function and eval are not available in mini programs","process.exit is not supported: return from main",` +
		`"module \"express\" is not found, required by index.js"]`)
}

// Ensure the modules of Node.js do what Node.js does: testdata/node.json has expressions and what it says of them, see
// testdata/generate.mjs.
func TestModulesOfNodeDoWhatNodeDoes(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/node.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases [][2]string
	if err := json.Unmarshal(raw, &cases); err != nil || len(cases) < 50 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	var code strings.Builder
	code.WriteString("const ask = async (run) => { try { return JSON.stringify(await run()) || 'undefined'; } catch (e) { return e.name; } };\nexports.main = async () => [\n")
	for _, c := range cases {
		fmt.Fprintf(&code, "await ask(() => (%s)),\n", c[0])
	}
	code.WriteString("];")
	h := run(t, main(code.String()), `{}`)
	h.advance(time.Second)
	var got []string
	if len(h.answers) != 1 || json.Unmarshal(h.answers[0].Result, &got) != nil || len(got) != len(cases) {
		t.Fatalf("answers %s", asJSON(h.answers))
	}
	for i, c := range cases {
		if got[i] != c[1] {
			t.Errorf("%s\n is %s\n not %s", c[0], got[i], c[1])
		}
	}
}

// BenchmarkCall is a call of a function with wx-server-sdk that asks the database once: with a VM of its own.
func BenchmarkCall(b *testing.B) {
	result := compile.Compile(b.Context(), program(main(`const cloud = require('wx-server-sdk'), db = cloud.database();
		cloud.init({env: cloud.DYNAMIC_CURRENT_ENV});
		exports.main = async (event) => { const {OPENID} = cloud.getWXContext(); return (await db.collection('todos').where({_openid: OPENID}).get()).data; }`)), compile.Options{})
	set := function.New(result.Image)
	b.ReportAllocs()
	for b.Loop() {
		h := &host{}
		session, err := set.Open(function.Request{Call: protocol.FunctionCall{Name: "f", OpenID: "o"}}, h)
		if err == nil {
			err = session.Reply(h.calls[0].id, true, []byte(`{"documents":[{"_id":"a"}]}`))
		}
		if err != nil || len(h.answers) != 1 {
			b.Fatal(err, h.answers)
		}
	}
}
