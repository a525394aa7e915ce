package function

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // programs name it, for what they exchange with others
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the same
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
	"github.com/teahouse/teahouse/runtime/wx"
)

// maxRandom is the vendor's limit on random bytes at once, see wx.MaxRandomBytes.
const maxRandom = wx.MaxRandomBytes

// page is how many documents a query of a function gets that names no number.
const page = 100

// natives are what our scripts have of Go.
func (s *Session) natives() *goja.Object {
	v := s.vm
	native := v.Object("page", page, "admin", true, "openID", s.req.Call.OpenID, "appID", s.req.AppID,
		"source", s.req.Call.Source, "requestID", s.req.Call.RequestID, "name", s.function.Name, "timeout", s.function.Timeout)
	set := func(name string, fn func(goja.FunctionCall) goja.Value) { native.Set(name, v.Function(name, fn)) }
	env := v.Object()
	for _, variable := range s.function.Variables {
		vm.SetOwn(env, variable.Name, v.Value(variable.Value))
	}
	native.Set("variables", env)
	native.Set("event", v.FromJSON(s.req.Call.Event))
	native.Set("cloud", s.script(wx.CloudProgram))
	set("load", func(goja.FunctionCall) goja.Value { return v.Load(s.function.Main) })
	set("offer", func(c goja.FunctionCall) goja.Value { s.made[sdk] = c.Argument(0); return goja.Undefined() })
	set("node", func(c goja.FunctionCall) goja.Value { return s.nodeModules() })
	set("returned", func(c goja.FunctionCall) goja.Value { s.returned(c.Argument(0)); return goja.Undefined() })
	set("threw", func(c goja.FunctionCall) goja.Value { s.threw(c.Argument(0)); return goja.Undefined() })
	set("mentions", func(c goja.FunctionCall) goja.Value { return v.Value(v.Mentions(c.Argument(0).String())) })
	set("later", func(c goja.FunctionCall) goja.Value {
		fn := c.Argument(0) // arguments are not valid after the call
		v.Later(func() { v.Invoke(fn, goja.Undefined()) })
		return goja.Undefined()
	})
	set("call", s.call)
	set("bytes", func(c goja.FunctionCall) goja.Value {
		return v.ArrayBuffer(encodeText(c.Argument(0).String(), c.Argument(1).String()))
	})
	set("text", func(c goja.FunctionCall) goja.Value {
		raw, _ := vm.Bytes(c.Argument(0))
		return v.Value(decodeText(raw, c.Argument(1).String()))
	})
	s.bytesOf(set)
	s.ciphers(set)
	s.network(set)
	set("hash", func(c goja.FunctionCall) goja.Value {
		raw, _ := vm.Bytes(c.Argument(2))
		key, keyed := vm.Bytes(c.Argument(1))
		newHash := hashes[strings.ToLower(c.Argument(0).String())]
		if newHash == nil {
			panic(v.NewError("Error", "crypto: the hash %q is not known; there are md5, sha1, sha224, sha256, sha384 and sha512",
				vm.Cut(c.Argument(0).String(), 40)))
		}
		sum := newHash()
		if keyed {
			sum = hmac.New(newHash, key)
		}
		_, _ = sum.Write(raw) // never fails
		return v.ArrayBuffer(sum.Sum(nil))
	})
	set("random", func(c goja.FunctionCall) goja.Value {
		n := c.Argument(0).ToInteger()
		if n < 0 || n > maxRandom {
			panic(v.NewError("RangeError", "crypto: between 0 and %d random bytes are made at once", maxRandom))
		}
		raw := make([]byte, n)
		_, _ = rand.Read(raw) // never fails
		return v.ArrayBuffer(raw)
	})
	return native
}

// bytesOf makes what Buffer does with many bytes at once: the engine would take them one by one.
func (s *Session) bytesOf(set func(string, func(goja.FunctionCall) goja.Value)) {
	v := s.vm
	bytesIn := func(value goja.Value) []byte {
		raw, ok := vm.Bytes(value)
		if !ok {
			panic(v.NewError("TypeError", "the value should be a Buffer or an Uint8Array"))
		}
		return raw
	}
	// joined(list, total): the bytes of all, cut or filled up to a number.
	set("joined", func(c goja.FunctionCall) goja.Value {
		var parts [][]byte
		size := 0
		v.Runtime().ForOf(c.Argument(0), func(one goja.Value) bool {
			raw := bytesIn(one)
			parts = append(parts, raw)
			size += len(raw)
			return size <= maxBuffer
		})
		total := int64(size)
		if !goja.IsUndefined(c.Argument(1)) {
			total = c.Argument(1).ToInteger()
		}
		if total < 0 || total > maxBuffer || size > maxBuffer {
			panic(v.NewError("RangeError", "a Buffer has at most %d MB", maxBuffer>>20))
		}
		made := make([]byte, 0, total)
		for _, part := range parts {
			made = append(made, part[:min(len(part), int(total)-len(made))]...)
		}
		return v.ArrayBuffer(made[:total])
	})
	set("compared", func(c goja.FunctionCall) goja.Value {
		return v.Value(bytes.Compare(bytesIn(c.Argument(0)), bytesIn(c.Argument(1))))
	})
	set("copied", func(c goja.FunctionCall) goja.Value {
		to, at := bytesIn(c.Argument(0)), c.Argument(1).ToInteger()
		if at < 0 || at > int64(len(to)) {
			panic(v.NewError("RangeError", "The value of \"targetStart\" is out of range"))
		}
		return v.Value(copy(to[at:], bytesIn(c.Argument(2))))
	})
	set("filled", func(c goja.FunctionCall) goja.Value {
		to, with := bytesIn(c.Argument(0)), bytesIn(c.Argument(1))
		for n := copy(to, with); n > 0 && n < len(to); n *= 2 {
			copy(to[n:], to[:n])
		}
		return goja.Undefined()
	})
	set("found", func(c goja.FunctionCall) goja.Value {
		return v.Value(bytes.Index(bytesIn(c.Argument(0)), bytesIn(c.Argument(1))))
	})
}

// maxBuffer bounds a Buffer that is made of others: it is several times the largest file.
const maxBuffer = 64 << 20

var hashes = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha224": sha256.New224, "sha256": sha256.New,
	"sha384": sha512.New384, "sha512": sha512.New}

// encodeText is a text as bytes. As with Node.js a text in base64 or hex counts up to its first fault.
func encodeText(text, encoding string) []byte {
	switch encoding {
	case "hex":
		n := 0
		for n < len(text) && strings.IndexByte("0123456789abcdefABCDEF", text[n]) >= 0 {
			n++
		}
		raw, _ := hex.DecodeString(text[:n&^1]) // has been checked
		return raw
	case "base64", "base64url":
		clean := strings.Map(func(r rune) rune {
			switch {
			case r == '-':
				return '+'
			case r == '_':
				return '/'
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '+', r == '/':
				return r
			}
			return -1
		}, text)
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1]
		}
		raw, _ := base64.RawStdEncoding.DecodeString(clean) // what is left is in the alphabet
		return raw
	case "latin1", "binary", "ascii":
		raw := make([]byte, 0, len(text))
		for _, unit := range utf16.Encode([]rune(text)) {
			raw = append(raw, byte(unit))
		}
		return raw
	case "utf16le":
		var raw []byte
		for _, unit := range utf16.Encode([]rune(text)) {
			raw = append(raw, byte(unit), byte(unit>>8))
		}
		return raw
	}
	return []byte(strings.ToValidUTF8(text, "\uFFFD"))
}

// decodeText is the inverse of encodeText.
func decodeText(raw []byte, encoding string) string {
	switch encoding {
	case "hex":
		return hex.EncodeToString(raw)
	case "base64":
		return base64.StdEncoding.EncodeToString(raw)
	case "base64url":
		return base64.RawURLEncoding.EncodeToString(raw)
	case "latin1", "binary", "ascii":
		var b strings.Builder
		for _, c := range raw {
			if encoding == "ascii" {
				c &= 0x7f
			}
			b.WriteRune(rune(c))
		}
		return b.String()
	case "utf16le":
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
		}
		return string(utf16.Decode(units))
	}
	return strings.ToValidUTF8(string(raw), "\uFFFD")
}

// call is native.call of cloud.js: a call of wx-server-sdk, which a capability answers. It returns a promise.
func (s *Session) call(fc goja.FunctionCall) goja.Value {
	v := s.vm
	name, capability, fields, shape := fc.Argument(0).String(), fc.Argument(2).String(), fc.Argument(3), fc.Argument(4)
	promise, resolve, reject := v.Runtime().NewPromise()
	// The error is made here, because its stack names the line that called.
	failed := v.NewError("Error", "")
	refuse := func(code int64, reason string) {
		text := fmt.Sprintf("%s:fail %d %s", name, code, vm.Cut(reason, protocol.MaxFunctionError))
		failed.Set("message", text)
		failed.Set("errMsg", text)
		failed.Set("errCode", code)
		_ = reject(failed) // fails only when the turn is interrupted, which ends it anyway
	}
	refused := func(why *goja.Object) {
		refuse(vm.OrUndefined(why.Get("code")).ToInteger(), vm.TextOf(why.Get("reason")))
	}
	made := v.Runtime().ToValue(promise)
	if capability == "" {
		refused(fields.(*goja.Object)) // cloud.js gives one
		return made
	}
	var args json.RawMessage
	if thrown := v.Runtime().Try(func() { args = json.RawMessage(v.Stringify(fields)) }); thrown != nil {
		v.UnwindIfStopped()
		_ = reject(thrown.Value())
		return made
	}
	if len(args) > protocol.MaxCallBytes {
		refuse(-501003, fmt.Sprintf("the parameters have more than %d KB", protocol.MaxCallBytes>>10))
		return made
	}
	id := v.Expect(func(r vm.Reply) {
		defer v.Drain()
		if !r.OK {
			refuse(int64(wx.CloudCode(r.Result)), r.Reason)
			return
		}
		shaped, _ := v.Invoke(shape, goja.Undefined(), v.FromJSON(r.Result))
		answer, ok := shaped.(*goja.Object)
		switch {
		case !ok:
			refuse(-1, "the platform's answer cannot be read")
		case answer.Get("code") != nil:
			refused(answer)
		default:
			answer.Set("errMsg", name+":ok")
			_ = resolve(answer) // the same
		}
	})
	if id == 0 {
		refuse(-1, fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
		return made
	}
	v.CallHost(id, capability, args)
	return made
}
