package api_test

import (
	"net"

	"github.com/valyala/fasthttp"
)

// newRequest returns a request that a handler can be called with again and again.
func newRequest(method, path string) *fasthttp.RequestCtx {
	var request fasthttp.Request
	request.Header.SetMethod(method)
	request.Header.SetUserAgent("bench")
	request.SetRequestURI(path)
	request.SetHost("localhost")
	ctx := &fasthttp.RequestCtx{}
	ctx.Init(&request, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, nil)
	return ctx
}
