package wx_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
)

func TestRequestCallsTheBridge(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		wx.request({url: 'https://a.example/x?q=1', data: {b: 'é &', n: 2}, header: {'X-T': 'y'},
			success: (r) => console.log(r.statusCode, r.data.ok, r.header.Server)});
		wx.request({url: 'https://a.example/p', method: 'post', data: {a: [1]}, responseType: 'arraybuffer',
			success: (r) => console.log(new Uint8Array(r.data).join())});
		wx.request({url: 'https://a.example/f', method: 'POST', header: {'content-type': 'application/x-www-form-urlencoded'},
			data: {a: 1, b: 'x y'}, fail: (r) => console.log(r.errMsg)});
		const task = wx.request({url: 'https://a.example/slow', fail: (r) => console.log(r.errMsg)});
		task.abort();
		wx.request({url: 'file:///etc/passwd', fail: (r) => console.log(r.errMsg)});
	`))
	if len(b.Calls) != 4 {
		t.Fatalf("calls %v", b.Calls)
	}
	if u := b.Calls[0].Args["url"]; u != "https://a.example/x?q=1&b=%C3%A9%20%26&n=2" {
		t.Errorf("url %v", u)
	}
	if got := apptest.JSON(b.Calls[1].Args); got != `{"body":"{\"a\":[1]}","headers":{"content-type":"application/json"},"method":"POST","response":"base64","timeout_ms":60000,"url":"https://a.example/p"}` {
		t.Errorf("post %s", got)
	}
	if b.Calls[2].Args["body"] != "a=1&b=x%20y" {
		t.Errorf("form %v", b.Calls[2].Args)
	}
	b.Reply(0, true, `{"status":200,"headers":{"Server":"tea"},"body":"{\"ok\":true}"}`)
	b.Reply(1, true, `{"status":200,"headers":{},"body_base64":"AQID"}`)
	b.Reply(2, false, `{"message":"a.example is not among the app's domains.","slug":"domain-not-allowed"}`)
	b.Reply(3, true, `{"status":200,"headers":{},"body":"late"}`)
	b.WantPrinted("request:fail abort", `request:fail invalid url "file:///etc/passwd"`,
		"200 true tea", "1,2,3", "request:fail a.example is not among the app's domains.")
	b.WantClean()
}

// Ensure that values leave as the vendor's client sends them, and that an address is what a browser
// makes of it.
func TestTheAddressOfARequestIsWhatABrowserMakesOfIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ options, want string }{
		{`{url: 'https://a.example/echo', data: {ids: [1, 2], o: {a: 1}, n: null, u: undefined, b: true}}`,
			"https://a.example/echo?ids=%5B1%2C2%5D&o=%7B%22a%22%3A1%7D&n=null&u=undefined&b=true"},
		{`{url: 'https://a.example/echo?q=茶'}`, "https://a.example/echo?q=%E8%8C%B6"},
		{`{url: 'https://a.example/echo?q=茶', data: {k: '馆'}}`, "https://a.example/echo?q=%E8%8C%B6&k=%E9%A6%86"},
		{`{url: ' https://a.example/tea house/茶.png?q=a b|c#x'}`, "https://a.example/tea%20house/%E8%8C%B6.png?q=a%20b%7Cc#x"},
		{`{url: 'HTTPS://茶.example\\a\\..\\b'}`, "https://xn--cl1a.example/b"},
		{`{url: 'https://a.example?page=1&q=%20&page=2', data: {page: 3, x: "it's"}}`, "https://a.example/?q=%20&page=3&x=it's"},
		{`{url: 'https://a.example/#top', data: 'raw=1'}`, "https://a.example/?raw=1#top"},
		{`{url: 'https://a.example/?', data: {}}`, "https://a.example/"},
	} {
		b := apptest.Open(t, apptest.OnePage(`wx.request(`+c.options+`)`))
		if len(b.Calls) != 1 || b.Calls[0].Args["url"] != c.want {
			t.Errorf("%s: %v, want %s; %s", c.options, b.Calls, c.want, b.Problems())
		}
	}
	b := apptest.Open(t, apptest.OnePage(`wx.request({url: 'https://a.example/', method: 'POST', header: {'Content-Type': 'application/x-www-form-urlencoded'},
		data: {ids: [1], o: {a: '茶'}, t: 'x y'}})`))
	if body := b.Calls[0].Args["body"]; body != "ids=%5B1%5D&o=%7B%22a%22%3A%22%E8%8C%B6%22%7D&t=x%20y" {
		t.Errorf("form %v", body)
	}
}

// Ensure that a body is read in the charset that the server names.
func TestABodyIsReadInItsCharset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ headers, body, want string }{
		{`{"Content-Type":"text/html; charset=GBK"}`, `"body_base64":"suhv"`, "茶" + "o"},
		{`{"Content-Type":"text/plain;charset=gb2312"}`, `"body_base64":"warNqA=="`, "联通"}, // also well-formed UTF-8
		{`{"content-type":"application/json; charset=gb18030"}`, `"body_base64":"eyJhIjoisugifQ=="`, `{a: "茶"}`},
		{`{"Content-Type":"text/plain; charset=martian"}`, `"body":"茶"`, "茶"},
		{`{"Content-Type":"application/json"}`, `"body":"\ufeff{\"a\":1}"`, "{a: 1}"},
		{`{"Content-Type":"text/plain"}`, `"body_base64":"/w=="`, "\ufffd"},
	} {
		b := apptest.Open(t, apptest.OnePage(`wx.request({url: 'https://a.example/', success: (r) => console.log(r.data)})`))
		b.Reply(0, true, `{"status":200,"headers":`+c.headers+`,`+c.body+`}`)
		b.WantPrinted(c.want)
	}
}
