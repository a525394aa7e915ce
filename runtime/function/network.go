package function

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// maxUnzipped bounds what compressed bytes become: the largest answer of a server, and some more.
const maxUnzipped = 16 << 20

// network is what net.js has of Go: requests through the host, and compression.
func (s *Session) network(set func(string, func(goja.FunctionCall) goja.Value)) {
	v := s.vm
	set("request", s.request)
	set("reason", func(c goja.FunctionCall) goja.Value { return v.Value(refusing[c.Argument(0).String()]) })
	set("streams", func(goja.FunctionCall) goja.Value { return s.netModules() })
	set("web", func(goja.FunctionCall) goja.Value { return v.Web() })
	set("zip", func(c goja.FunctionCall) goja.Value {
		raw, ok := vm.Bytes(c.Argument(1))
		if !ok {
			panic(v.NewError("TypeError", "zlib takes a Buffer or a text"))
		}
		made, err := zip(c.Argument(0).String(), raw)
		if err != nil {
			thrown := v.NewError("Error", "%s", err.Error())
			thrown.Set("code", "Z_DATA_ERROR")
			panic(thrown)
		}
		return v.ArrayBuffer(made)
	})
}

// request asks the host for net.request: request(fields, done, failed).
func (s *Session) request(fc goja.FunctionCall) goja.Value {
	v := s.vm
	done, failed := fc.Argument(1), fc.Argument(2)
	refuse := func(reason, slug string) {
		v.Invoke(failed, goja.Undefined(), v.Value(reason), v.Value(slug))
	}
	args := json.RawMessage(v.Stringify(fc.Argument(0)))
	if len(args) > protocol.MaxCallBytes {
		v.Later(func() { refuse(fmt.Sprintf("a request has more than %d KB", protocol.MaxCallBytes>>10), "too-large") })
		return goja.Undefined()
	}
	id := v.Expect(func(r vm.Reply) {
		if r.OK {
			v.Invoke(done, goja.Undefined(), v.FromJSON(r.Result))
			return
		}
		var why struct {
			Slug string `json:"slug"`
		}
		_ = json.Unmarshal(r.Result, &why) // without one the reason says enough
		refuse(r.Reason, why.Slug)
	})
	if id == 0 {
		v.Later(func() { refuse(fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls), "") })
		return goja.Undefined()
	}
	v.CallHost(id, "net.request", args)
	return goja.Undefined()
}

var errUnzip = errors.New("incorrect header check")

// zip is what one function of zlib makes of bytes.
func zip(kind string, raw []byte) ([]byte, error) {
	if len(raw) > maxUnzipped {
		return nil, fmt.Errorf("zlib takes at most %d MB at once", maxUnzipped>>20)
	}
	var out bytes.Buffer
	var err error
	var to io.WriteCloser
	switch kind {
	case "gzip":
		to = gzip.NewWriter(&out)
	case "deflate":
		to = zlib.NewWriter(&out)
	case "deflateRaw":
		to, err = flate.NewWriter(&out, flate.DefaultCompression)
	default:
		return unzip(kind, raw)
	}
	if err == nil {
		_, err = to.Write(raw)
	}
	if err == nil {
		err = to.Close()
	}
	return out.Bytes(), err
}

func unzip(kind string, raw []byte) ([]byte, error) {
	var from io.Reader
	var err error
	if kind == "unzip" {
		kind = "inflate"
		if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
			kind = "gunzip"
		}
	}
	switch kind {
	case "gunzip":
		from, err = gzip.NewReader(bytes.NewReader(raw))
	case "inflate":
		from, err = zlib.NewReader(bytes.NewReader(raw))
	default:
		from = flate.NewReader(bytes.NewReader(raw))
	}
	if err != nil {
		return nil, errUnzip
	}
	made, err := io.ReadAll(io.LimitReader(from, maxUnzipped+1))
	switch {
	case err != nil:
		return nil, errors.New("unexpected end of file, or bytes that are not compressed")
	case len(made) > maxUnzipped:
		return nil, fmt.Errorf("the bytes become more than %d MB", maxUnzipped>>20)
	}
	return made, nil
}
