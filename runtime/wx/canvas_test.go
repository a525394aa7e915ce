package wx_test

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/wx"
)

// painting is a program whose page has two canvases, the first of the newer interface; onLoad has
// the first as canvas and its context as ctx.
func painting(js string, more ...string) map[string]string {
	files := apptest.OnePage(`wx.createSelectorQuery().select('#c').fields({node: true, size: true}).exec((res) => {
		const canvas = res[0].node, ctx = canvas.getContext('2d');
		this.canvas = canvas;
		this.ctx = ctx;
		`+js+`
	});`, more...)
	files["pages/index/index.wxml"] = `<canvas type="2d" id="c" bindtap="tap"/><canvas canvas-id="old"/>`
	return files
}

// openPainting opens the program and answers its query.
func openPainting(t *testing.T, js string, more ...string) *apptest.App {
	t.Helper()
	b := apptest.Open(t, painting(js, more...))
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":[{"width":200,"height":120,"target":[0,0]}]}`, b.Last("selectorQuery")["call"])
	return b
}

// drawn are the commands of all draw frames, a line for each frame.
func drawn(b *apptest.App) string {
	b.T.Helper()
	var lines []string
	for _, f := range b.Frames {
		if f["t"] == "draw" {
			lines = append(lines, commands(f["ops"].([]any)))
		}
	}
	return strings.Join(lines, "\n")
}

func commands(ops []any) string {
	var words []string
	for len(ops) > 0 {
		op := protocol.CanvasOps[int(ops[0].(float64))]
		list := fmt.Sprint(ops[1 : 1+op.Values])
		words = append(words, strings.TrimSpace(op.Name+" "+list[1:len(list)-1]))
		ops = ops[1+op.Values:]
	}
	return strings.Join(words, "; ")
}

func wantDrawn(b *apptest.App, lines ...string) {
	b.T.Helper()
	if got, want := drawn(b), strings.Join(lines, "\n"); got != want {
		b.T.Errorf("drawn:\n%s\nwant:\n%s\nlogs: %s", got, want, b.Problems())
	}
}

func TestACanvasNodeDrawsInOneFrameForEachTurn(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `ctx.fillStyle = 'red'; ctx.fillRect(0, 0, 80, 60);
		console.log(ctx.fillStyle, canvas.width, canvas.height, ctx.canvas === canvas);`,
		`tap() { this.ctx.beginPath(); this.ctx.arc(1, 2.5, 3, 0, 2 * Math.PI); this.ctx.stroke(); }`)
	b.Tap(1, 0)
	wantDrawn(b, "element 1 0 0; use 1; fillStyle #ff0000; fillRect 0 0 80 60",
		"use 1; beginPath; arc 1 2.5 3 0 6.2831855 0; stroke")
	b.WantPrinted("#ff0000 300 150 true")
	b.WantClean()
}

// Ensure that a circle that is drawn against the clock stays one: browsers compare its end with a whole turn in
// numbers of 32 bits, and a little less than that is nothing to draw.
func TestNumbersTravelInThePrecisionOfBrowsers(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `ctx.arc(50, 50, 40, 0, Math.PI * 2, true); ctx.arc(1 / 3, 0.1, 1e6 + 0.5, -Math.PI / 2, Math.PI * 1.5);`)
	wantDrawn(b, "element 1 0 0; use 1; arc 50 50 40 0 6.2831855 1; arc 0.33333334 0.1 1.0000005e+06 -1.5707964 4.712389 0")
	for text, want := range map[string]float64{"6.2831855": math.Pi * 2, "0.33333334": 1.0 / 3, "-1.5707964": -math.Pi / 2} {
		if got, err := strconv.ParseFloat(text, 64); err != nil || float32(got) != float32(want) {
			t.Errorf("%s is not %v in 32 bits: %v", text, want, err)
		}
	}
	b.WantClean()
}

func TestAStyleTravelsWhenItIsUsedAndNew(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `
		ctx.fillStyle = 'blue'; ctx.strokeStyle = '#0f0'; ctx.fillStyle = '#f00';
		ctx.fillRect(0, 0, 1, 1); ctx.fillStyle = 'red'; ctx.fillRect(1, 0, 1, 1);
		ctx.save(); ctx.fillStyle = 'lime'; ctx.restore(); ctx.fillRect(2, 0, 1, 1);
		ctx.save(); ctx.fillStyle = 'lime'; ctx.fillRect(3, 0, 1, 1); ctx.restore(); ctx.fillRect(4, 0, 1, 1);
		ctx.fillStyle = 'no colour'; ctx.lineWidth = -1; ctx.lineCap = 'flat'; ctx.globalAlpha = 2; ctx.font = 'nothing';
		console.log(ctx.fillStyle, ctx.lineWidth, ctx.lineCap, ctx.globalAlpha, ctx.font);`)
	wantDrawn(b, "element 1 0 0; use 1; fillStyle #ff0000; fillRect 0 0 1 1; fillRect 1 0 1 1; "+
		"save; restore; fillRect 2 0 1 1; "+
		"save; fillStyle #00ff00; fillRect 3 0 1 1; restore; fillRect 4 0 1 1")
	b.WantPrinted("#ff0000 1 butt 1 10px sans-serif")
}

func TestGradientsPatternsPathsAndDashesArePartOfTheCommands(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `
		const g = ctx.createLinearGradient(0, 0, 10, 0); g.addColorStop(0, 'red');
		ctx.fillStyle = g; g.addColorStop(1, 'rgba(0,0,0,.5)'); ctx.fillRect(0, 0, 1, 1);
		console.log(ctx.fillStyle === g);
		const p = canvas.createPath2D(); p.moveTo(1, 2); p.lineTo(3, 4); ctx.fill(p, 'evenodd');
		ctx.setLineDash([1, 2, 3]); ctx.stroke(p); console.log(ctx.getLineDash().join());
		const off = wx.createOffscreenCanvas({type: '2d', width: 5, height: 6});
		ctx.drawImage(off, 0, 0, 5, 6); ctx.fillStyle = ctx.createPattern(off, 'repeat-x'); ctx.fill();
		try { g.addColorStop(2, 'red') } catch (e) { console.log(e.name) }
		try { ctx.drawImage({}, 0, 0) } catch (e) { console.log(e.name) }`)
	wantDrawn(b, "element 1 0 0; use 1; fillStyle [linear 0 0 10 0 0 #ff0000 1 rgba(0,0,0,.5)]; fillRect 0 0 1 1; "+
		"fillPath [38 1 2 39 3 4] evenodd; lineDash [1 2 3 1 2 3]; strokePath [38 1 2 39 3 4]; "+
		"offscreen 2 5 6; drawImageSized 2 0 0 5 6; fillStyle [pattern 2 repeat-x]; fill nonzero")
	b.WantPrinted("true", "1,2,3,1,2,3", "RangeError", "TypeError")
}

func TestANewSizeResetsTheContext(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `ctx.fillStyle = 'red'; ctx.scale(2, 2); canvas.width = 400; canvas.height = 9999;
		console.log(canvas.width, canvas.height, ctx.fillStyle, ctx.getTransform().a);
		ctx.scale(2, 3); ctx.translate(1, 1); console.log(JSON.stringify(ctx.getTransform()));`)
	b.WantPrinted("400 4096 #000000 1", `{"a":2,"b":0,"c":0,"d":3,"e":2,"f":3}`)
	wantDrawn(b, "element 1 0 0; use 1; scale 2 2; resize 400 150; resize 400 4096; scale 2 3; translate 1 1")
}

func TestTheOlderInterfaceDrawsWhenItIsTold(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `
		const old = wx.createCanvasContext('old');
		old.setFillStyle('red'); old.fillRect(20, 20, 80, 60); old.setFontSize(20); old.setTextBaseline('normal');
		old.fillText('box', 1, 2); old.drawImage('/a.png', 0, 0);
		old.draw(false, () => console.log('after'));
		old.fillRect(0, 0, 1, 1); old.draw(true);
		const free = wx.createContext(); free.beginPath(); free.arc(60, 60, 40, 0, 6.3); free.fill();
		wx.drawCanvas({canvasId: 'old', actions: free.getActions()});`)
	wantDrawn(b, "element 1 0 0; named 2 old; use 2; begin 0; fillStyle #ff0000; fillRect 20 20 80 60; font 20px sans-serif; "+
		"fillText box 1 2 <nil>; need /a.png; drawImage /a.png 0 0; begin 1; fillRect 0 0 1 1; "+
		"begin 0; beginPath; arc 60 60 40 0 6.3 0; fill nonzero")
	b.WantPrinted("after")
	b.WantClean()
}

func TestTextIsMeasuredWithTheLettersOfThePhone(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `ctx.font = '20px sans-serif'; console.log(ctx.measureText('Hi 茶').width);`,
		`tap() { this.ctx.font = 'bold 10px/1.2 serif'; console.log(this.ctx.measureText('!!').width, this.ctx.measureText('茶').width); }`)
	b.Send(`{"t":"event","page":1,"type":"canvasfonts","target":[0,0],"detail":{"widths":{"sans-serif 400":[300,400],"serif 700":[250,500]},"Wide":1010,"Emoji":1,"Other":1,"Ascent":900,"Descent":200},"ts":1}`)
	b.Tap(1, 0)
	b.WantPrinted(fmt.Sprint((722+222+278+1000)*20.0/1000), "10 10.1")
}

func TestAnAnimationHasSixtyFramesAndWaitsForThePhone(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `let n = 0; this.times = [];
		const step = (at) => { ctx.clearRect(0, 0, 9, 9); n++; if (n === 1 || n === 2) console.log(Math.round(at)); canvas.requestAnimationFrame(step); };
		canvas.requestAnimationFrame(step);
		const id = canvas.requestAnimationFrame(() => console.log('cancelled')); canvas.cancelAnimationFrame(id);`)
	frames := func() int { return strings.Count(drawn(b), "\n") + 1 }
	b.Advance(500 * time.Millisecond)
	if got := frames(); got < 29 || got > 32 {
		t.Errorf("%d frames in half a second", got)
	}
	b.WantPrinted("0", "17")
	b.Advance(5 * time.Second)
	if got := frames(); got != 60 {
		t.Errorf("%d frames that no phone has seen, want 60", got)
	}
	b.Send(`{"t":"event","page":1,"type":"drawn","target":[0,0],"detail":{"batches":50},"ts":1}`)
	b.Advance(5 * time.Second)
	if got := frames(); got != 110 {
		t.Errorf("%d frames after the phone has seen 50, want 110", got)
	}
}

func TestAPictureOfACanvasHasWhatWasDrawnBefore(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `ctx.fillRect(0, 0, 1, 1);
		wx.canvasToTempFilePath({canvas, destWidth: 30, fileType: 'jpg', success: (r) => console.log(r.tempFilePath)});
		ctx.fillRect(1, 1, 1, 1);`)
	var kinds []string
	for _, f := range b.Frames {
		if f["t"] == "draw" || f["name"] == "canvasToTempFilePath" {
			kinds = append(kinds, f["t"].(string))
		}
	}
	if got := strings.Join(kinds, " "); got != "draw ui draw" {
		t.Errorf("order %s", got)
	}
	asked := b.Last("canvasToTempFilePath")
	if got := apptest.JSON(asked["args"]); got != `{"destWidth":30,"fileType":"jpg","page":1,"quality":1,"surface":1,"x":0,"y":0}` {
		t.Errorf("args %s", got)
	}
	b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"tempFilePath":"/media/1"}}`, asked["call"])
	b.WantPrinted("/media/1")
}

func TestPointsComeInBandsThatFitIntoAFrame(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `wx.canvasGetImageData({canvas, x: 0, y: 0, width: 200, height: 100, success: (r) =>
		console.log(r.width, r.height, r.data.constructor.name, r.data.length, r.data[0], r.data[200 * 4 * 99])});`)
	count := 0
	for _, f := range b.Frames {
		if f["name"] != "canvasGetImageData" {
			continue
		}
		count++
		args := f["args"].(map[string]any)
		band := make([]byte, 200*4*int(args["height"].(float64)))
		for i := range band {
			band[i] = byte(count)
		}
		b.Send(`{"t":"reply","call":%v,"ok":true,"result":{"data":%q}}`, f["call"], base64.StdEncoding.EncodeToString(band))
	}
	b.WantPrinted("200 100 Uint8ClampedArray 80000 1 2")
	if count != 2 {
		t.Errorf("%d bands", count)
	}
}

func TestAPictureIsLoadedByTheBrowser(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `const img = canvas.createImage();
		img.onload = function () { console.log('loaded', img.width, this === img); ctx.drawImage(img, 1, 2); };
		img.onerror = (e) => console.log(e.errMsg);
		img.src = '/a.png'; this.img = img;`, `tap() { this.img.src = '/b.png'; }`)
	wantDrawn(b, "element 1 0 0; image 2 /a.png")
	const answer = `{"t":"event","page":1,"type":"canvasimage","target":[0,0],"detail":{"number":2,"src":%q,"ok":%v,"width":40,"height":30},"ts":1}`
	b.Send(answer, "/a.png", true)
	b.Tap(1, 0)
	b.Send(answer, "/a.png", true) // of the address before
	b.Send(answer, "/b.png", false)
	b.WantPrinted("loaded 40 true", "the picture could not be loaded")
}

func TestWhatOnlyTheBrowserKnowsIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `try { ctx.getImageData(0, 0, 1, 1); } catch (e) { console.log(/use wx\.canvasGetImageData/.test(e.message)); }
		console.log(canvas.getContext('webgl'));
		try { ctx.moveTo.call({}, 1, 2); } catch (e) { console.log(e.name); }
		try { for (;;) ctx.fillRect(1, 2, 3, 4); } catch (e) { console.log(e.name); }
		try { for (let i = 0; i < 1000; i++) wx.createOffscreenCanvas({type: '2d'}); } catch (e) { console.log(e.name); }`)
	b.WantPrinted("true", "null", "TypeError", "RangeError", "RangeError")
}

// Ensure that toDataURL names a picture of what was drawn before it, in the order of the commands.
func TestTheAddressOfACanvasIsThatOfItsPictureAtThisMoment(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `ctx.fillRect(0, 0, 1, 1); console.log(canvas.toDataURL(), canvas.toDataURL('image/jpeg', 0.5));
		ctx.fillRect(2, 2, 1, 1);`)
	b.WantPrinted("canvas:1-1 canvas:1-2")
	wantDrawn(b, "element 1 0 0; use 1; fillRect 0 0 1 1; snapshot canvas:1-1  <nil>; "+
		"snapshot canvas:1-2 image/jpeg 0.5; fillRect 2 2 1 1")
}

func TestAnImageDataTravelsWhole(t *testing.T) {
	t.Parallel()
	b := openPainting(t, `const d = ctx.createImageData(2, 1); d.data.set([1, 2, 3, 4, 300, 0, 0, 255]); ctx.putImageData(d, 5, 6);`)
	wantDrawn(b, "element 1 0 0; use 1; putImageData AQIDBP8AAP8= 2 1 5 6 0 0 2 1")
}

// inEach is a program whose page shows components of a kind, each with a canvas of the same canvas-id.
func inEach(page, wxml, component string) map[string]string {
	return map[string]string{
		"pages/index/index.js": page, "pages/index/index.wxml": wxml,
		"pages/index/index.json": `{"usingComponents": {"ring": "/ring"}}`,
		"ring.js":                component,
		"ring.wxml":              `<view wx:if="{{!hidden}}"><canvas id="other"/><canvas canvas-id="c"/></view>`,
		"ring.json":              `{"component": true}`,
	}
}

func TestAComponentDrawsOnItsOwnCanvas(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, inEach(`Page({tap() { wx.createCanvasContext('c').draw(); wx.createCanvasContext('c', this).draw(true); }})`,
		`<view bindtap="tap"/><ring size="1"/><ring size="2"/>`, `Component({properties: {size: Number}, lifetimes: {attached() {
		const ctx = wx.createCanvasContext('c', this);
		ctx.fillRect(0, 0, this.data.size, 1); ctx.draw();
		wx.drawCanvas({canvasId: 'other', reserve: true}, this);
		wx.canvasPutImageData({canvasId: 'c', x: 0, y: 0, width: 1, height: 1, data: new Uint8ClampedArray(4)}, this);
		wx.canvasToTempFilePath({canvasId: 'c', success() {}}, this);
	}}})`))
	b.Tap(1, 0)
	wantDrawn(b, "placed 1 2 2; placed 2 2 1; use 1; begin 0; fillRect 0 0 1 1; use 2; begin 1; use 1; putImageData AAAAAA== 1 1 0 0 0 0 1 1",
		"placed 3 4 2; placed 4 4 1; use 3; begin 0; fillRect 0 0 2 1; use 4; begin 1; use 3; putImageData AAAAAA== 1 1 0 0 0 0 1 1",
		"named 5 c; use 5; begin 0; begin 1")
	var asked []string
	for _, f := range b.Frames {
		if f["name"] == "canvasToTempFilePath" {
			asked = append(asked, fmt.Sprint(f["args"].(map[string]any)["surface"]))
		}
	}
	if got := strings.Join(asked, " "); got != "1 3" {
		t.Errorf("surfaces %s", got)
	}
	b.WantClean()
}

func TestACanvasOfAComponentMayComeAndGo(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, inEach(`Page({tap() {
			const ring = this.selectComponent('.ring');
			ring.setData({hidden: !ring.data.hidden}, () => ring.draw());
		}})`, `<view bindtap="tap"/><ring class="ring"/>`, `Component({lifetimes: {attached() { this.draw(); }},
		methods: {draw() { wx.createCanvasContext('c', this).draw(); }}})`))
	b.Tap(1, 0)
	b.Tap(1, 0)
	wantDrawn(b, "placed 1 2 2; use 1; begin 0", "placed 1 -1 -1; use 1; begin 0", "placed 1 3 2; use 1; begin 0")
	b.WantClean()
}

func TestAPageShowsNewComponentsThatDrawForEver(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, inEach(`Page({data: {shown: [0]}, tap() { this.setData({shown: [this.data.shown[0] + 1]}); }})`,
		`<view bindtap="tap"/><ring wx:for="{{shown}}" wx:key="*this"/>`, `Component({lifetimes: {
		attached() { this.context = wx.createCanvasContext('c', this); this.context.draw(); },
		detached() { setTimeout(() => {
			this.context.draw();
			wx.canvasToTempFilePath({canvasId: 'c', fail: (e) => console.log(e.errMsg)}, this);
		}); }}})`))
	var want, failures []string
	for i := range wx.MaxSurfaces + 1 {
		if i > 0 {
			b.Tap(1, 0)
			b.Advance(time.Second)
			failures = append(failures, "canvasToTempFilePath:fail there is no such canvas")
		}
		b.Send(`{"t":"event","page":1,"type":"drawn","target":[0,0],"detail":{"batches":%d},"ts":1}`, i+1)
		want = append(want, fmt.Sprintf("placed 1 %d 2; use 1; begin 0", 3+3*i))
	}
	wantDrawn(b, want...)
	b.WantPrinted(failures...)
	b.WantClean()
}
