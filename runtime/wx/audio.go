package wx

import (
	"encoding/json"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// audioRows play sound. The shell plays it, and goes on while the program is out of sight for the
// background player alone.
var audioRows = []api{
	{name: "createInnerAudioContext", sync: func(w *wx, _ goja.FunctionCall) goja.Value {
		return w.audio.make("inner")
	}},
	answers("getBackgroundAudioManager", (*wx).background),
	accepted("setInnerAudioOption"),
	{name: "getAvailableAudioSources", async: func(w *wx, c *call) {
		c.ok(w.vm.Object("audioSources", w.vm.Array("auto", "mic")))
	}},

	// Before there was a manager.
	{name: "playBackgroundAudio", async: func(w *wx, c *call) {
		player := w.background().(*goja.Object)
		for from, to := range map[string]string{"title": "title", "coverImgUrl": "coverImgUrl"} {
			if text := c.text(from); text != "" {
				player.Set(to, text)
			}
		}
		if url := c.text("dataUrl"); url != "" && url != vm.TextOf(player.Get("src")) {
			player.Set("src", url)
		} else {
			w.vm.Method(player, "play")
		}
		c.ok(nil)
	}},
	onBackground("pauseBackgroundAudio", "pause", ""),
	onBackground("stopBackgroundAudio", "stop", ""),
	onBackground("seekBackgroundAudio", "seek", "position"),
	{name: "getBackgroundAudioPlayerState", async: func(w *wx, c *call) {
		const none, playing, paused = 2, 1, 0
		player := w.background().(*goja.Object)
		status, src := none, vm.TextOf(player.Get("src"))
		if src != "" {
			if status = playing; player.Get("paused").ToBoolean() {
				status = paused
			}
		}
		c.ok(w.vm.Object("status", status, "dataUrl", src, "duration", player.Get("duration"),
			"currentPosition", player.Get("currentTime"), "downloadPercent", 100))
	}},
	ofBackground("onBackgroundAudioPlay", "onPlay"),
	ofBackground("onBackgroundAudioPause", "onPause"),
	ofBackground("onBackgroundAudioStop", "onStop"),
	{name: "playVoice", async: func(w *wx, c *call) {
		player := w.voice()
		player.Set("src", c.text("filePath"))
		end := w.vm.Function("end", func(goja.FunctionCall) goja.Value {
			c.ok(nil)
			return goja.Undefined()
		})
		w.vm.Method(player, "onEnded", end)
		w.vm.Method(player, "onStop", end)
		w.vm.Method(player, "play")
	}},
	{name: "pauseVoice", async: func(w *wx, c *call) { w.vm.Method(w.voice(), "pause"); c.ok(nil) }},
	{name: "stopVoice", async: func(w *wx, c *call) { w.vm.Method(w.voice(), "stop"); c.ok(nil) }},
}

func onBackground(name, method, argument string) api {
	return api{name: name, async: func(w *wx, c *call) {
		w.vm.Method(w.background().(*goja.Object), method, c.value(argument))
		c.ok(nil)
	}}
}

func ofBackground(name, method string) api {
	return api{name: name, sync: func(w *wx, c goja.FunctionCall) goja.Value {
		w.vm.Method(w.background().(*goja.Object), method, c.Argument(0))
		return goja.Undefined()
	}}
}

// background is the one background player.
func (w *wx) background() goja.Value {
	if w.backgroundPlayer == nil {
		w.backgroundPlayer = w.audio.make("background")
	}
	return w.backgroundPlayer
}

// voice is the player of wx.playVoice.
func (w *wx) voice() *goja.Object {
	if w.voicePlayer == nil {
		w.voicePlayer = w.audio.make("inner").(*goja.Object)
	}
	return w.voicePlayer
}

// newPlayer registers what hears of a player, and gives the player its number.
func (w *wx) newPlayer(c goja.FunctionCall) goja.Value {
	if len(w.players) >= MaxPlayers {
		panic(w.vm.NewError("Error", "a program may have %d audio players at a time; destroy() those that are not needed", MaxPlayers))
	}
	if w.players == nil {
		w.players = map[uint64]goja.Value{}
	}
	id := w.vm.NextID()
	w.players[id] = c.Argument(0)
	return w.vm.Value(int64(id))
}

// tellPlayer passes on what a program does with a player.
func (w *wx) tellPlayer(c goja.FunctionCall) goja.Value {
	args := []byte(w.vm.Stringify(c.Argument(0)))
	var told struct {
		Player uint64 `json:"player"`
		Op     string `json:"op"`
	}
	if json.Unmarshal(args, &told) != nil || len(args) > protocol.MaxCallBytes {
		panic(w.vm.NewError("Error", "the parameters are too large"))
	}
	if told.Op == "destroy" {
		delete(w.players, told.Player)
	}
	w.vm.CallShell(0, "audio", args)
	return goja.Undefined()
}

// playerHeard passes on what the shell says of a player.
func (w *wx) playerHeard(detail json.RawMessage) {
	var told struct {
		Player uint64 `json:"player"`
	}
	if json.Unmarshal(detail, &told) != nil {
		return
	}
	if fn := w.players[told.Player]; fn != nil {
		w.vm.Invoke(fn, goja.Undefined(), w.vm.FromJSON(detail))
	}
}
