package device_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/device"
)

// unasked is a user who has not been asked for anything.
type unasked struct{}

func (unasked) Allow(context.Context, bridge.Caller, bridge.Capability) error { return nil }
func (unasked) Consented(context.Context, bridge.Caller, string) (bool, error) {
	return false, nil
}
func (unasked) Insider(context.Context, bridge.Caller, string) (bool, error) { return true, nil }

func TestPlaceAndMicrophoneNeedAScopeAndTheUsersConsent(t *testing.T) {
	t.Parallel()
	table := bridge.NewTable(unasked{})
	table.Add(device.Capabilities()...)
	caller := bridge.Caller{Kind: bridge.AppSession, AppID: "a", Version: "1"}
	for name, scope := range map[string]string{"device.location": "location", "device.record": "record"} {
		if _, err := table.Call(t.Context(), caller, name, nil); fault.SlugOf(err) != "missing-scope" {
			t.Errorf("%s without its scope: %v", name, err)
		}
		with := caller
		with.Scopes = []string{scope}
		if _, err := table.Call(t.Context(), with, name, nil); fault.SlugOf(err) != "consent-required" {
			t.Errorf("%s without consent: %v", name, err)
		}
	}
}

func TestRandomBytesAreAsManyAsAskedFor(t *testing.T) {
	t.Parallel()
	table := bridge.NewTable(unasked{})
	table.Add(device.Capabilities()...)
	caller := bridge.Caller{Kind: bridge.AppSession, AppID: "a", Version: "1"}
	call := func(params string) (string, error) {
		raw, err := table.Call(t.Context(), caller, "device.random", json.RawMessage(params))
		return string(raw), err
	}
	first, err := call(`{"length":6}`)
	second, _ := call(`{"length":6}`)
	if err != nil || len(first) != len(`{"data":"AAAAAAAA"}`) || first == second {
		t.Errorf("%s, %s, %v", first, second, err)
	}
	for _, wrong := range []string{`{"length":0}`, `{"length":1048577}`} {
		if _, err := call(wrong); fault.SlugOf(err) != "bad-length" {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
