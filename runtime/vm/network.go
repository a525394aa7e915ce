package vm

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"sort"
	"strings"

	"github.com/dop251/goja"
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

var networkRows = []wxAPI{
	{name: "request", async: func(s *Session, c *apiCall) {
		s.request(c)
	}},
}

// request is wx.request. The call returns a RequestTask.
func (s *Session) request(c *apiCall) {
	var id uint64
	task := s.rt.NewObject()
	nothing := s.function("on", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	task.Set("abort", s.function("abort", func(goja.FunctionCall) goja.Value {
		if id != 0 && s.calls[id] != nil {
			delete(s.calls, id)
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
	id = s.expect(func(answer reply) {
		if !answer.ok {
			c.fail(answer.reason)
			return
		}
		var res netResponse
		if err := json.Unmarshal(answer.result, &res); err != nil {
			c.fail("the platform's answer cannot be read")
			return
		}
		c.ok(s.response(&res, asBuffer, dataType))
	})
	if id == 0 {
		c.fail("too many requests are waiting")
		return
	}
	s.host.Call(id, "net.request", args)
}

// netRequest reads the options. The option data becomes a query or a body, as the vendor documents.
func (c *apiCall) netRequest() (r netRequest, reason string) {
	r.URL = c.text("url")
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return r, "invalid url \"" + cut(r.URL, 200) + "\""
	}
	if r.Method = strings.ToUpper(c.text("method")); r.Method == "" {
		r.Method = "GET"
	}
	if !methods[r.Method] {
		return r, "parameter error: parameter.method " + cut(r.Method, 20) + " is not known"
	}
	r.TimeoutMS = int(c.number("timeout", float64(c.s.e.img.App.NetworkTimeout.Request)))
	r.Headers = map[string]string{}
	contentType := ""
	if headers, ok := c.value("header").(*goja.Object); ok {
		for _, name := range headers.Keys() {
			value := textOf(headers.Get(name))
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
		addQueryData(&r, data)
		return r, ""
	}
	if raw, ok := bufferOf(data); ok {
		r.BodyBase64 = base64.StdEncoding.EncodeToString(raw)
		return r, ""
	}
	obj, ok := data.(*goja.Object)
	switch {
	case !ok:
		r.Body = data.String()
	case strings.Contains(contentType, "application/x-www-form-urlencoded"):
		r.Body = formText(obj)
	default:
		r.Body = c.s.stringify(data)
	}
	if contentType == "" {
		r.Headers["content-type"] = "application/json"
	}
	return r, ""
}

// addQueryData puts the data of a GET into the query. Parameters that the URL has already get no
// precedence.
func addQueryData(r *netRequest, data goja.Value) {
	var text string
	if obj, ok := data.(*goja.Object); ok {
		text = formText(obj)
	} else {
		text = data.String()
	}
	if text == "" {
		return
	}
	base, fragment, _ := strings.Cut(r.URL, "#")
	separator := "?"
	if strings.Contains(base, "?") {
		separator = "&"
	}
	r.URL = base + separator + text
	if fragment != "" {
		r.URL += "#" + fragment
	}
}

// formText encodes an object as encodeURIComponent(k)=encodeURIComponent(v)&…
func formText(obj *goja.Object) string {
	var b strings.Builder
	for i, key := range obj.Keys() {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(key))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(textOf(obj.Get(key))))
	}
	return strings.ReplaceAll(b.String(), "+", "%20")
}

// response makes the result of wx.request: data is parsed JSON, unless dataType forbids it or the
// text is not JSON.
func (s *Session) response(res *netResponse, asBuffer bool, dataType string) *goja.Object {
	var data goja.Value
	raw := []byte(res.Body)
	if res.BodyBase64 != "" {
		raw, _ = base64.StdEncoding.DecodeString(res.BodyBase64)
	}
	switch {
	case asBuffer:
		data = s.rt.ToValue(s.rt.NewArrayBuffer(raw))
	case dataType == "" || dataType == "json":
		if v, err := s.parseJSON(raw); err == nil {
			data = v
			break
		}
		fallthrough
	default:
		data = s.rt.ToValue(strings.ToValidUTF8(string(raw), "\uFFFD"))
	}
	names := make([]string, 0, len(res.Headers))
	for name := range res.Headers {
		names = append(names, name)
	}
	sort.Strings(names)
	header := s.rt.NewObject()
	for _, name := range names {
		setOwn(header, name, s.rt.ToValue(res.Headers[name]))
	}
	cookies := make([]any, len(res.Cookies))
	for i, cookie := range res.Cookies {
		cookies[i] = cookie
	}
	return s.object("data", data, "statusCode", res.Status, "header", header,
		"cookies", s.rt.NewArray(cookies...))
}
