package function_test

import (
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/function"
)

const (
	teaAnswer = `{"status":200,"headers":{"Content-Type":"application/json","Content-Encoding":"gzip","X-Two":"a,b"},"cookies":["a=1","b=2"],"body":"","body_base64":"eyJ0ZWEiOiLojLYifQ=="}`
	moved     = `{"status":302,"headers":{"Location":"https://other.example/"},"cookies":[],"body":"","body_base64":""}`
)

func TestFunctionsSendRequestsThroughTheHost(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct{ call, answer, result string }{
		`const https = require('https'); exports.main = () => new Promise((done, no) => https.get('https://api.example.com/a?b=茶', (res) => {
			let text = ''; res.setEncoding('utf8'); res.on('data', (part) => { text += part; });
			res.on('end', () => done([res.statusCode, res.statusMessage, res.headers, text, res.complete]));
		}).on('error', no))`: {
			`{"url":"https://api.example.com/a?b=%E8%8C%B6","method":"GET","headers":{"Host":"api.example.com"},"response":"base64","redirect":"manual"}`, teaAnswer,
			`[200,"OK",{"content-type":"application/json","x-two":"a,b","set-cookie":["a=1","b=2"],"content-length":"13"},"{\"tea\":\"茶\"}",true]`},
		`const http = require('node:http'); exports.main = () => new Promise((done) => {
			const req = http.request({hostname: 'api.example.com', port: 8080, path: '/a', method: 'post', headers: {'X-A': 1, 'Cookie': ['a=1', 'b=2']}, auth: 'ann:pot'}, async (res) => {
				const parts = []; for await (const part of res) parts.push(part); done(JSON.parse(Buffer.concat(parts))); });
			req.setHeader('Content-Type', 'text/plain'); req.write('te'); req.write(Buffer.from('a')); req.end();
		})`: {
			`{"url":"http://api.example.com:8080/a","method":"POST","headers":{"X-A":"1","Cookie":"a=1; b=2","Host":"api.example.com:8080","Authorization":"Basic YW5uOnBvdA==","Content-Type":"text/plain"},"response":"base64","redirect":"manual","body_base64":"dGVh"}`,
			teaAnswer, `{"tea":"茶"}`},
		`const https = require('https'); exports.main = () => new Promise((done) => https.get(new URL('https://api.example.com/'), {headers: {A: 'b'}}, (res) => done([res.statusCode, res.headers.location])))`: {
			`{"url":"https://api.example.com/","method":"GET","headers":{"A":"b","Host":"api.example.com"},"response":"base64","redirect":"manual"}`, moved, `[302,"https://other.example/"]`},
		`exports.main = async () => { const r = await fetch('https://api.example.com/a', {method: 'put', body: JSON.stringify({a: 1}), headers: {'content-type': 'application/json'}});
			const copy = r.clone(); return [r.ok, r.status, r.headers.get('X-Two'), await r.json(), (await copy.arrayBuffer()).byteLength, await r.text().catch((e) => e.name)] }`: {
			`{"url":"https://api.example.com/a","method":"PUT","headers":{"content-type":"application/json"},"response":"base64","body_base64":"eyJhIjoxfQ=="}`, teaAnswer, `[true,200,"a,b",{"tea":"茶"},13,"TypeError"]`},
		`exports.main = () => fetch('https://api.example.com/', {method: 'POST', body: new URLSearchParams({a: 'ä'})}).then((r) => r.text())`: {
			`{"url":"https://api.example.com/","method":"POST","headers":{"content-type":"application/x-www-form-urlencoded;charset=UTF-8"},"response":"base64","body_base64":"YT0lQzMlQTQ="}`, teaAnswer, `"{\"tea\":\"茶\"}"`},
	} {
		h := run(t, main(code), `{}`)
		h.advance(time.Millisecond)
		if len(h.calls) != 1 || h.calls[0].name != "net.request" || h.calls[0].args != want.call {
			t.Errorf("%s\nasks %+v\nwant %s, answers %s", code, h.calls, want.call, asJSON(h.answers))
			continue
		}
		h.reply(0, true, want.answer)
		h.advance(10 * time.Millisecond)
		h.wantResult(want.result)
	}
}

func TestARequestThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	ask := `const https = require('https'); exports.main = () => new Promise((done) => https.get('https://none.example/', () => done('answered')).on('error', (e) => done([e.code, e.message])))`
	refusal := `{"message":"none.example:443 is not among the domains of this version; add \"none.example\" to teahouse.domains in app.json.","slug":"domain-not-declared"}`
	h := run(t, main(ask), `{}`)
	h.advance(time.Millisecond)
	h.reply(0, false, refusal)
	h.wantResult(`["ECONNREFUSED","none.example:443 is not among the domains of this version; add \"none.example\" to teahouse.domains in app.json."]`)
	h = run(t, main(`exports.main = () => fetch('https://none.example/').catch((e) => [e.name, e.message.startsWith('fetch failed: none.example:443'), e.cause.message.length > 10])`), `{}`)
	h.reply(0, false, refusal)
	h.wantResult(`["TypeError",true,true]`)
	// Nobody waits longer than they said, and what comes too late is nothing.
	h = run(t, main(`const https = require('https'); exports.main = () => new Promise((done) => { const said = []; const req = https.get('https://slow.example/', () => said.push('answered'));
		req.setTimeout(100, () => { said.push('timeout'); req.destroy(); }); req.on('error', (e) => said.push(e.code)).on('close', () => setTimeout(() => done(said), 500)); })`), `{}`)
	h.advance(300 * time.Millisecond)
	h.reply(0, true, teaAnswer)
	h.advance(time.Second)
	h.wantResult(`["timeout","ECONNRESET"]`)
	h = run(t, main(`exports.main = () => { const c = new AbortController(); setTimeout(() => c.abort(), 50); return fetch('https://slow.example/', {signal: c.signal}).catch((e) => e.name) }`), `{}`)
	h.advance(time.Second)
	h.wantResult(`"AbortError"`)
	for code, want := range map[string]string{
		`exports.main = () => require('https').get('ftp://a.example/')`:                    `TypeError: Protocol "ftp:" not supported`,
		`exports.main = () => require('https').get('no address')`:                          `TypeError: `,
		`exports.main = () => require('http').createServer(() => {}).listen(80)`:           `Error: functions open no ports`,
		`exports.main = () => fetch('https://a.example/', {body: {a: 1}, method: 'POST'})`: `TypeError: fetch: the body should be a text`,
		`exports.main = () => new Promise((ok, no) => { const r = require('http').request('http://a.example/', {method: 'POST'}); r.on('error', no); r.end(Buffer.alloc(900 << 10)); })`: `Error: a request has more than 1024 KB`,
		`exports.main = () => require('fs').readFileSync('/etc/passwd')`:                                                                                                       `Error: fs.readFileSync is not supported: there is no file system`,
		`exports.main = () => require('fs/promises').readFile('/etc/passwd')`:                                                                                                  `Error: fs.readFile is not supported: there is no file system`,
		`exports.main = () => new Promise((ok, no) => require('fs').readFile('/etc/passwd', (e) => no(e)))`:                                                                    `Error: fs.readFile is not supported: there is no file system`,
		`exports.main = () => require('net').connect(22)`:                                                                                                                      `Error: net.connect is not supported: functions open no connections`,
		`exports.main = () => require('child_process').execSync('id')`:                                                                                                         `Error: child_process.execSync is not supported: functions run in the sandbox`,
		`exports.main = () => new Promise((ok, no) => require('dns').lookup('a.example', no))`:                                                                                 `Error: dns.lookup is not supported`,
		`exports.main = () => require('zlib').gunzipSync(Buffer.concat([require('zlib').gzipSync(Buffer.alloc(10 << 20)), require('zlib').gzipSync(Buffer.alloc(10 << 20))]))`: `Error: the bytes become more than 16 MB`,
		`exports.main = () => require('zlib').deflateSync(Buffer.alloc(20 << 20))`:                                                                                             `Error: zlib takes at most 16 MB at once`,
		`exports.main = () => require('crypto').pbkdf2Sync('a', 'b', 1e9, 64, 'sha512')`:                                                                                       `Error: pbkdf2 has at most 300000 rounds here`,
		`exports.main = () => require('crypto').scryptSync('a', 'b', 64)`:                                                                                                      `Error: crypto.scryptSync is not supported here`,
	} {
		h := run(t, main(code), `{}`)
		h.advance(10 * time.Millisecond)
		if len(h.answers) != 1 || h.answers[0].Failure == nil || !strings.HasPrefix(h.answers[0].Failure.Message, want) {
			t.Errorf("%s\nanswers %s, want %s", code, asJSON(h.answers), want)
		}
	}
}

// rsaKey is a key of the tests alone.
const rsaKey = `-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAKij87MoOcPeOIS3
HBOrz0S9QMCCi4LIuwXo/GeH94oTi+3gVSrtCqYIdw4bvBiADGXvj1+hrMG8p0hz
GEtmFmbH0XHG0ieA4D9gmdeL9rsLe8/kxwbdZIty6I5a4xnzZaxEYuFW6ImQ6feh
HpN5j9TbUjB7fswicbLULOX5eYzZAgMBAAECgYEAiNnbhtSq487usIxjxXbUUWT/
KfoGOtCoLKigQ2fsMmmgUR6OHrKTxJ7z9kf9gShQZ1xbTfDGX8W3Pqzf1zf2DoqC
ecmgYJp46ieRHQBAM0/NFPsnu/K5HK3cWPQVCAZq+/pf0FfxgbdRtq1vU7yzE/wz
sIwGN81tT1ZhAecqps0CQQDa7nVJBPdA1cAad1aDZCCotkpk7TDnj/QyM51z7eRq
GI9ybbxtH2gZ6bxY5QifrrjOrwB46J9ekGL9v4Mg/3CPAkEAxTGjeT4FsHbWg0QM
DC6PWmYc4BhDMAQ9CD0bruACeMpnLa0jrp9xKfehNqoz/++w/ofLc4OZoqWOr1+G
yGqQFwJAc2nkMJNKmUZV2F3zIJ8HTImU3HHiJyDPdiuZpMTTdk7uSD+rZsd4xLhg
j2hmTG/6gxLkp9jSMzLgzK5KPXoL5wJAANn9BboB1kg9FuYFU0wkLFTCjSktqRhr
lwyEgRXQjOr61RSpUci4eWDrXkwP22wSjJbThxUrZatnWVSFRXpIUwJBAKuJNBR3
V0t4/0OhBzqedZuGY9UmomvJdHj1GaiZXGV07FuwEQgxFUu931S9VR0L7qdUJiKm
jmIhgyKfEnT8m/g=
-----END PRIVATE KEY-----`

func TestSignaturesAndEncryptionWithRSA(t *testing.T) {
	t.Parallel()
	code := `const crypto = require('crypto'), key = ` + "`" + rsaKey + "`" + `;
		exports.main = () => {
			const pub = crypto.createPublicKey(key), sign = crypto.createSign('RSA-SHA256').update('POST\n').update('/pay\n').sign(key, 'base64');
			const check = (text, name) => crypto.createVerify(name).update(text).verify(pub, sign, 'base64');
			const coded = crypto.publicEncrypt({key: pub, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING}, Buffer.from('a card')), old = crypto.publicEncrypt({key, padding: 1}, Buffer.from('tea'));
			return [sign, check('POST\n/pay\n', 'RSA-SHA256'), check('POST\n/pay\n', 'sha512'), check('GET\n', 'RSA-SHA256'), crypto.privateDecrypt(key, coded).toString(), crypto.privateDecrypt({key, padding: 1}, old).toString(), pub.asymmetricKeyDetails.modulusLength];
		}`
	run(t, main(code), `{}`).wantResult(`["bCYP61OBegUy9xKCmVTJLzbzdwC1WY9b8P21LNNFPBwIkrr0ISfUMx9j1Mn4wWIYXc1TLqVA2ITlIYc55ZZ03MWIC/L2VbW6xPUiuLa2bww9ai0uMUyLPLNb1xb3eD4A8aXyj1Zw8nuOsAv4djuHA7xc2/DoF7/ZPkUzTuYMyTw=",true,false,false,"a card","tea",1024]`)
}

// Ensure that packages are those for Node.js here, where a program gets those for browsers, and that who sends requests has to have the scope.
func TestPackagesOfFunctionsAreThoseForNode(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"f/index.js":                        `exports.main = () => [require('old'), require('new'), require('new/sub'), require('mini')]`,
		"f/package.json":                    `{"dependencies": {"old": "1", "new": "1", "mini": "1"}}`,
		"f/node_modules/old/package.json":   `{"main": "node.js", "browser": {"./node.js": "./browser.js", "fs": false}}`,
		"f/node_modules/old/node.js":        `module.exports = 'node ' + typeof require('fs').readFile`,
		"f/node_modules/old/browser.js":     `module.exports = 'browser'`,
		"f/node_modules/new/package.json":   `{"main": "main.js", "browser": "browser.js", "exports": {".": {"browser": "./browser.js", "default": {"require": "./node.js"}}, "./sub": {"browser": "./browser.js", "node": "./sub.js"}}}`,
		"f/node_modules/new/node.js":        `module.exports = 'exported'`,
		"f/node_modules/new/main.js":        `module.exports = 'main'`,
		"f/node_modules/new/sub.js":         `module.exports = 'sub'`,
		"f/node_modules/new/browser.js":     `module.exports = 'browser'`,
		"f/node_modules/mini/package.json":  `{"main": "node.js", "miniprogram": "dist"}`,
		"f/node_modules/mini/node.js":       `module.exports = 'of node'; try { require('worker_threads') } catch {}`,
		"f/node_modules/mini/dist/index.js": `module.exports = 'of programs'`,
	}
	result := compiled(t, files)
	if got := asJSON(result.Diagnostics); got != "[]" {
		t.Errorf("diagnostics %s", got)
	}
	if got := result.Image.App.Teahouse.Scopes; len(got) != 0 {
		t.Errorf("a function that sends nothing has the scopes %q", got)
	}
	open(t, function.New(result.Image), `{}`).wantResult(`["node function","exported","sub","of node"]`)

	files["f/node_modules/old/node.js"] = `module.exports = require('https')`
	for code, scopes := range map[string]string{`require('old')`: `["network"]`, `fetch('https://api.example.com/a')`: `["network"]`, `require('url')`: `[]`} {
		files["f/index.js"] = code
		if got := asJSON(compiled(t, files).Image.App.Teahouse.Scopes); got != scopes {
			t.Errorf("%s has the scopes %s, want %s", code, got, scopes)
		}
	}
	all := program(map[string]string{"f/index.js": "const at = 'https://api.example.com/a';\nexports.main = () => fetch(at);"})
	all["miniprogram/app.json"] = []byte(`{"pages": ["pages/a/a"], "teahouse": {"scopes": ["cloud"]}}`)
	result = compile.Compile(t.Context(), all, compile.Options{FunctionModule: function.Module})
	var codes []string
	for _, d := range result.Diagnostics {
		codes = append(codes, d.Code+" "+d.File)
	}
	if got := strings.Join(codes, ", "); got != "scope-not-declared cloudfunctions/f/index.js, domain-not-declared cloudfunctions/f/index.js" {
		t.Errorf("diagnostics %s", got)
	}
	if hosts := result.Report.Hosts; len(hosts) != 1 || hosts[0].URL != "https://api.example.com" || hosts[0].File != "cloudfunctions/f/index.js" {
		t.Errorf("hosts %+v", hosts)
	}
}
