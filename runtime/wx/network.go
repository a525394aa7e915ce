package wx

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"slices"
	"sort"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// netRequest is the parameter of the bridge's net.request.
type netRequest struct {
	URL        string            `json:"url"`
	Method     string            `json:"method"`
	Headers    map[string]string `json:"headers,omitempty"`
	Body       string            `json:"body,omitempty"`
	BodyBase64 string            `json:"body_base64,omitempty"`
	TimeoutMS  int               `json:"timeout_ms"`
	Response   string            `json:"response"` // "text" or "base64"
}

// netResponse is the result of net.request.
type netResponse struct {
	Status     int               `json:"status"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
	BodyBase64 string            `json:"body_base64"`
	Cookies    []string          `json:"cookies"`
}

var methods = map[string]bool{"GET": true, "POST": true, "PUT": true, "DELETE": true, "HEAD": true,
	"OPTIONS": true, "PATCH": true, "TRACE": true, "CONNECT": true}

var networkRows = []api{
	{name: "request", async: func(w *wx, c *call) {
		w.request(c)
	}},
}

// request is wx.request. The call returns a RequestTask.
func (w *wx) request(c *call) {
	var id uint64
	task := w.vm.Object()
	nothing := w.vm.Function("on", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	task.Set("abort", w.vm.Function("abort", func(goja.FunctionCall) goja.Value {
		if id != 0 && w.vm.Waits(id) {
			w.vm.Forget(id)
			c.fail("abort")
		}
		return goja.Undefined()
	}))
	for _, name := range [...]string{"onHeadersReceived", "offHeadersReceived", "onChunkReceived",
		"offChunkReceived"} {
		task.Set(name, nothing)
	}
	if c.promise == nil {
		c.handle = task
	}
	r, reason := c.netRequest()
	if reason != "" {
		c.fail(reason)
		return
	}
	args, ok := c.args(r)
	if !ok {
		return
	}
	asBuffer := r.Response == "base64"
	dataType := c.text("dataType")
	id = w.vm.Expect(func(answer vm.Reply) {
		if !answer.OK {
			c.fail(answer.Reason)
			return
		}
		var res netResponse
		if err := json.Unmarshal(answer.Result, &res); err != nil {
			c.fail("the platform's answer cannot be read")
			return
		}
		c.ok(w.response(&res, asBuffer, dataType))
	})
	if id == 0 {
		c.fail("too many requests are waiting")
		return
	}
	w.vm.CallHost(id, "net.request", args)
}

// netRequest reads the options. The option data becomes a query or a body, as the vendor documents.
func (c *call) netRequest() (r netRequest, reason string) {
	if r.URL, reason = webAddress(c.text("url"), "https", "http"); reason != "" {
		return r, reason
	}
	if r.Method = strings.ToUpper(c.text("method")); r.Method == "" {
		r.Method = "GET"
	}
	if !methods[r.Method] {
		return r, "parameter error: parameter.method " + vm.Cut(r.Method, 20) + " is not known"
	}
	r.TimeoutMS = int(c.number("timeout", float64(c.wx.app.Config().NetworkTimeout.Request)))
	r.Headers = map[string]string{}
	contentType := ""
	if headers, ok := c.value("header").(*goja.Object); ok {
		for _, name := range headers.Keys() {
			value := vm.TextOf(headers.Get(name))
			r.Headers[name] = value
			if strings.EqualFold(name, "content-type") {
				contentType = strings.ToLower(value)
			}
		}
	}
	r.Response = "text"
	if c.text("responseType") == "arraybuffer" {
		r.Response = "base64"
	}
	data := c.value("data")
	if goja.IsUndefined(data) || goja.IsNull(data) {
		return r, ""
	}
	if r.Method == "GET" || r.Method == "HEAD" {
		c.addQueryData(&r, data)
		return r, ""
	}
	if raw, ok := vm.Bytes(data); ok {
		r.BodyBase64 = base64.StdEncoding.EncodeToString(raw)
		return r, ""
	}
	obj, ok := data.(*goja.Object)
	switch {
	case !ok:
		r.Body = data.String()
	case strings.Contains(contentType, "application/x-www-form-urlencoded"):
		r.Body = pairsText(c.formPairs(obj))
	default:
		r.Body = c.wx.vm.Stringify(data)
	}
	if contentType == "" {
		r.Headers["content-type"] = "application/json"
	}
	return r, ""
}

// addQueryData puts the data of a GET into the query. As with the vendor, a parameter of the data takes
// the place of one with the same name in the URL.
func (c *call) addQueryData(r *netRequest, data goja.Value) {
	base, fragment, marked := strings.Cut(r.URL, "#")
	base, query, _ := strings.Cut(base, "?")
	obj, ok := data.(*goja.Object)
	if !ok {
		query = joined(query, data.String())
	} else {
		given := c.formPairs(obj)
		var kept []string
		for pair := range strings.SplitSeq(query, "&") {
			name, _, _ := strings.Cut(pair, "=")
			if !slices.ContainsFunc(given, func(g [2]string) bool { return g[0] == name }) {
				kept = append(kept, pair)
			}
		}
		query = joined(strings.Join(kept, "&"), pairsText(given))
	}
	r.URL = base
	if query != "" {
		r.URL += "?" + query
	}
	if marked {
		r.URL += "#" + fragment
	}
}

func joined(one, other string) string {
	if one == "" || other == "" {
		return one + other
	}
	return one + "&" + other
}

// formPairs are the fields of an object as encodeURIComponent writes them. Lists and objects become
// JSON texts.
func (c *call) formPairs(obj *goja.Object) [][2]string {
	var pairs [][2]string
	for _, key := range obj.Keys() {
		value := obj.Get(key)
		text := value.String()
		if inner, ok := value.(*goja.Object); ok {
			if json := c.wx.vm.Stringify(inner); json != "" {
				text = json
			}
		}
		pairs = append(pairs, [2]string{encodeURIComponent(key), encodeURIComponent(text)})
	}
	return pairs
}

func pairsText(pairs [][2]string) string {
	var b strings.Builder
	for i, pair := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(pair[0] + "=" + pair[1])
	}
	return b.String()
}

// textOf reads a body in the charset that its type names; without one it is UTF-8.
func textOf(raw []byte, headers map[string]string) string {
	charset := ""
	for name, value := range headers {
		if _, params, err := mime.ParseMediaType(value); err == nil && strings.EqualFold(name, "content-type") {
			charset = params["charset"]
		}
	}
	return vm.DecodeText(charset, raw)
}

// response makes the result of wx.request: data is parsed JSON, unless dataType forbids it or the
// text is not JSON.
func (w *wx) response(res *netResponse, asBuffer bool, dataType string) *goja.Object {
	var data goja.Value
	raw := []byte(res.Body)
	if res.BodyBase64 != "" {
		raw, _ = base64.StdEncoding.DecodeString(res.BodyBase64)
	}
	switch {
	case asBuffer:
		data = w.vm.ArrayBuffer(raw)
	default:
		text := textOf(raw, res.Headers)
		data = w.vm.Value(text)
		if dataType == "" || dataType == "json" {
			if v, err := w.vm.ParseJSON([]byte(text)); err == nil {
				data = v
			}
		}
	}
	names := make([]string, 0, len(res.Headers))
	for name := range res.Headers {
		names = append(names, name)
	}
	sort.Strings(names)
	header := w.vm.Object()
	for _, name := range names {
		vm.SetOwn(header, name, w.vm.Value(res.Headers[name]))
	}
	cookies := make([]any, len(res.Cookies))
	for i, cookie := range res.Cookies {
		cookies[i] = cookie
	}
	return w.vm.Object("data", data, "statusCode", res.Status, "header", header,
		"cookies", w.vm.Array(cookies...))
}
