package vm_test

import (
	"errors"
	"testing"

	"github.com/teahouse/teahouse/runtime/vm"
)

// Whatever a browser sends, the only error of the session is ErrBadFrame.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"t":"event","page":1,"type":"tap","target":[0,0],"detail":{"x":1},"touches":[{}],"changedTouches":5,"ts":1}`,
		`{"t":"event","page":1,"type":"input","target":[0,1],"detail":{"value":"x"},"offsets":[[0,1,2,3]]}`,
		`{"t":"event","page":1,"type":"navigate","target":[0,0],"detail":{"url":"/pages/index/index"}}`,
		`{"t":"event","page":1,"type":"opentype","target":[0,0],"detail":{"openType":"share"}}`,
		`{"t":"event","page":1,"type":"intersection","target":[0,0],"detail":{"observer":1}}`,
		`{"t":"reply","call":1,"ok":true,"result":[1,{"target":[0,0]}]}`, `{"t":"reply","call":1,"ok":false}`,
		`{"t":"back"}`, `{"t":"tab","index":-1}`, `{"t":"ready","page":1}`, `{"t":"env","env":{"width":-5,"theme":"x"}}`,
		`{"t":"hide"}`, `{"t":"show"}`, `{"t":"share","page":1}`, `{"t":"pulldown","page":1}`, `{"t":"ping"}`, `{"t":5}`, `[]`, ``,
	} {
		f.Add([]byte(seed))
	}
	engine := engineOf(f, map[string]string{
		"pages/index/index.js": `Page({
			data: {n: 0},
			onLoad() { wx.createSelectorQuery().select('view').boundingClientRect((r) => { this.rect = r; }).exec(); },
			tap(e) { this.setData({n: e.detail && e.detail.x}); },
			input(e) { return e.detail.value; },
			onShareAppMessage() { return {title: 't'}; },
		});`,
		"pages/index/index.wxml": `<view bindtap="tap" data-a="{{n}}"><input bindinput="input" value="{{n}}"/>{{n}}</view>`,
	})
	f.Fuzz(func(t *testing.T, frame []byte) {
		s := openDiscarding(t, engine)
		defer s.Close()
		for range 2 {
			if err := s.Message(frame); err != nil && !errors.Is(err, vm.ErrBadFrame) {
				t.Fatalf("%q: %v", frame, err)
			}
		}
	})
}
