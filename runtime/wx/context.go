package wx

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// contextRows make the objects that steer elements with a life of their own: films, maps, cameras. The
// element is in the browser, so every method is a question to the page, answered through callbacks or a
// promise. The element is looked for at each call: programs make contexts before it is drawn.
var contextRows = []api{
	contextRow("createVideoContext"), contextRow("createAudioContext"), contextRow("createMapContext"),
	contextRow("createCameraContext"), contextRow("createLivePlayerContext"), contextRow("createLivePusherContext"),
}

// contextTags are the tags that the factories of wx are for. The one camera and the one pusher of a page
// have no name.
var contextTags = map[string]string{
	"createVideoContext": "video", "createAudioContext": "audio", "createMapContext": "map",
	"createCameraContext": "camera", "createLivePlayerContext": "live-player", "createLivePusherContext": "live-pusher",
}

// contextMethods lists what the page does for each tag. Other methods that the vendor has fail with a
// reason.
var contextMethods = map[string][]string{
	"video": {"play", "pause", "stop", "seek", "playbackRate", "requestFullScreen", "exitFullScreen",
		"sendDanmu", "showStatusBar", "hideStatusBar", "exitPictureInPicture", "requestBackgroundPlayback",
		"exitBackgroundPlayback"},
	"audio": {"setSrc", "play", "pause", "seek"},
	"map": {"getCenterLocation", "setCenterOffset", "moveToLocation", "translateMarker", "moveAlong",
		"includePoints", "getRegion", "getRotate", "getSkew", "getScale", "addMarkers", "removeMarkers",
		"toScreenLocation", "fromScreenLocation", "setBoundary", "openMapApp"},
	"camera":      {"takePhoto"},
	"live-player": {"play", "stop", "pause", "resume", "mute", "requestFullScreen", "exitFullScreen", "snapshot"},
	"live-pusher": {"startPreview", "stopPreview", "switchCamera", "snapshot"},
	"editor": {"blur", "clear", "format", "getContents", "getSelectionText", "insertDivider", "insertImage",
		"insertText", "redo", "removeFormat", "scrollIntoView", "setContents", "undo"},
	"scroll-view": {"scrollTo", "scrollIntoView"},
}

// absentContextMethods exist on the vendor's contexts and have nothing behind them in a browser.
var absentContextMethods = map[string][]string{
	"map": {"addArc", "addCustomLayer", "addGroundOverlay", "addVisualLayer", "eraseLines", "executeVisualLayerCommand",
		"initMarkerCluster", "on", "off", "removeArc", "removeCustomLayer", "removeGroundOverlay", "removeVisualLayer",
		"setLocMarkerIcon", "updateGroundOverlay"},
	"camera":      {"setZoom", "startRecord", "stopRecord"},
	"live-player": {"exitPictureInPicture", "requestPictureInPicture", "sendMessage"},
	"live-pusher": {"start", "stop", "pause", "resume", "toggleTorch", "setBGMVolume", "playBGM", "stopBGM", "pauseBGM",
		"resumeBGM", "sendMessage", "setMICVolume"},
	"video": {"requestPictureInPicture", "startCasting", "exitCasting", "reconnectCasting", "switchCasting"},
}

// place says which element of a page a context is for.
type place struct {
	page   *framework.Page
	tag    string
	id     string
	scope  goja.Value
	target []int // when it is known
}

func contextRow(name string) api {
	tag := contextTags[name]
	return api{name: name, sync: func(w *wx, c goja.FunctionCall) goja.Value {
		id, scope := c.Argument(0), c.Argument(1)
		if tag == "camera" || tag == "live-pusher" {
			id, scope = goja.Undefined(), id
		}
		at := place{page: w.pageFor(scope), tag: tag, scope: scope}
		if !goja.IsUndefined(id) && !goja.IsNull(id) {
			at.id = vm.Cut(vm.TextOf(id), maxAddress)
		}
		return w.elementContext(at)
	}}
}

func (w *wx) elementContext(at place) *goja.Object {
	made := w.vm.Object()
	for _, name := range contextMethods[at.tag] {
		made.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			return w.askElement(at, name, c)
		}))
	}
	for _, name := range absentContextMethods[at.tag] {
		made.Set(name, w.vm.Function(name, func(c goja.FunctionCall) goja.Value {
			failed, promise := w.newCall(name, c)
			failed.quiet = true
			w.vm.Warn("<%s> has no %s on Teahouse", at.tag, name)
			failed.fail(fmt.Sprintf("<%s> has no %s on Teahouse", at.tag, name))
			return promise
		}))
	}
	if at.tag == "camera" {
		// Frames of the camera would all have to travel to the host; a program that waits for them is told so.
		made.Set("onCameraFrame", w.vm.Function("onCameraFrame", func(goja.FunctionCall) goja.Value {
			w.vm.Warn("CameraContext.onCameraFrame: the frames of a camera stay on the phone; use takePhoto or mode=\"scanCode\"")
			return w.inert([]string{"start", "stop"})
		}))
	}
	return made
}

// askElement passes a method and its arguments to the element.
func (w *wx) askElement(at place, method string, given goja.FunctionCall) goja.Value {
	c, promise := w.newCall(method, given)
	// Most methods answer nothing in the vendor's client, so programs drop the promise. Why a call had no
	// effect is in the log.
	c.quiet = true
	args := make([]json.RawMessage, 0, len(given.Arguments))
	for _, arg := range given.Arguments {
		text := w.vm.Stringify(arg)
		if text == "" {
			text = "null"
		}
		args = append(args, json.RawMessage(text))
	}
	if at.page == nil || at.page.Gone() {
		c.fail("the page is gone")
		return promise
	}
	id := w.vm.Expect(func(r vm.Reply) {
		if !r.OK && c.failure == nil && c.always == nil {
			w.vm.Warn("%s of <%s>: %s", method, at.tag, r.Reason)
		}
		c.answered(r, nil)
		// A marker that has arrived has a callback of its own.
		ended := c.value("animationEnd")
		if _, ok := goja.AssertFunction(ended); ok && r.OK {
			w.vm.Later(func() { w.vm.Invoke(ended, c.opts) })
		}
	})
	if id == 0 {
		c.fail(fmt.Sprintf("more than %d calls are waiting", vm.MaxPendingCalls))
		return promise
	}
	w.vm.AfterFlush(func() { // an element that this turn has made is there only then
		ask := map[string]any{"page": at.page.ID(), "tag": at.tag, "id": at.id, "method": method, "args": args}
		if target := w.targetOf(at); target != nil {
			ask["target"] = target
		}
		text, err := protocol.JSON(ask)
		if err != nil || len(text) > protocol.MaxCallBytes {
			c.fail("the parameters are too large")
			return
		}
		w.vm.CallShellLate(id, "elementContext", text)
	})
	return promise
}

// targetOf finds the element of a context where only the engine knows it: in a component.
func (w *wx) targetOf(at place) []int {
	if at.target != nil || at.id == "" || !at.page.HasComponents() {
		return at.target
	}
	places := w.app.Places(at.page, at.scope, "#"+at.id)
	if len(places) == 0 {
		return nil
	}
	return places[0][:]
}

// contextFor is what a selector query answers for the context or the node of an element, or nil.
func (w *wx) contextFor(p *framework.Page, target [2]int, asksNode bool) goja.Value {
	element, ok := p.ElementAt(target[0], target[1])
	if !ok {
		return nil
	}
	// A scroll view is asked for as a node, and everything else as a context.
	if contextMethods[element.Tag] == nil || asksNode != (element.Tag == "scroll-view") {
		return nil
	}
	return w.elementContext(place{page: p, tag: element.Tag, target: slices.Clone(target[:])})
}
