// Package device has the capabilities that are about the user's phone. The phone answers itself, through
// the shell; here is what the host must decide before it is asked, and chance, which belongs to the host.
package device

import (
	"context"
	"crypto/rand"
	"encoding/base64"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
)

type (
	none   struct{}
	length struct {
		Length int `json:"length"`
	}
	random struct {
		Data string `json:"data"` // base64
	}
)

// Capabilities are the bridge's rows. The bridge asks the user; a call that comes through is allowed.
func Capabilities() []bridge.Capability {
	allow := func(context.Context, bridge.Caller, none) (none, error) { return none{}, nil }
	return []bridge.Capability{
		bridge.Define(bridge.Capability{Name: "device.location", Scope: "location", Callers: bridge.AppSession, Consent: true,
			PerMinute: PerMinute, MaxBytes: 1 << 10,
			Summary: "Read where the user is.", SummaryZH: "读取用户的位置。"}, allow),
		bridge.Define(bridge.Capability{Name: "device.record", Scope: "record", Callers: bridge.AppSession, Consent: true,
			PerMinute: PerMinute, MaxBytes: 1 << 10,
			Summary: "Record with the user's microphone.", SummaryZH: "使用用户的麦克风录音。"}, allow),
		bridge.Define(bridge.Capability{Name: "device.random", Callers: bridge.AppSession, PerMinute: PerMinute, MaxBytes: 1 << 10,
			Summary: "Get random bytes.", SummaryZH: "获取随机数。"}, randomBytes),
	}
}

func randomBytes(_ context.Context, _ bridge.Caller, in length) (random, error) {
	if in.Length < 1 || in.Length > MaxRandom {
		return random{}, fault.Errorf(fault.Invalid, "bad-length", "From 1 to %d random bytes can be asked for.", MaxRandom)
	}
	raw := make([]byte, in.Length)
	_, _ = rand.Read(raw) // never fails
	return random{base64.StdEncoding.EncodeToString(raw)}, nil
}
