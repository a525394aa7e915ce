package protocol_test

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/protocol"
)

func FuzzReadShellFrame(f *testing.F) {
	for _, seed := range []string{`{"t":"event","page":1,"type":"tap","target":[0,1],"detail":{"x":1}}`, `{"t":"reply","call":1,"ok":true}`,
		`{"t":"event","T":"reply","page":1}`, `{"t":"env","env":{"width":1}}`, `[`, `{"t":"scroll","page":1,"top":1e308}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		first, err := protocol.ReadShellFrame(raw)
		if err != nil {
			return
		}
		second, err := protocol.ReadShellFrame(first.Encode())
		if err != nil || second.T != first.T || second.Call != first.Call || second.Page != first.Page {
			t.Fatalf("%q reads as %+v and, written again, as %+v (%v)", raw, first, second, err)
		}
	})
}
