// Package framework is the framework of a mini program: App and Page, the stack of pages, setData,
// lifecycles and events. It stands on the kernel, package vm, and shows pages through package view.
//
// A worker holds one Engine per image and one Session per open app. A Session is a few small parts,
// each with one purpose:
//
//	app          the App object and its life
//	router       which pages are open, and the ways from one to another
//	definitions  what the files of pages passed to Page()
//	Instance     one object that has data and is shown; a Page is the outermost one
//	input        what arrives from the shell, and to whom it goes
//	Listeners    functions that wait for an event of the app, such as wx.onThemeChange
//	device       what the shell told about the user's device
//
// Libraries such as package wx add globals, methods and handlers; the framework does not know them.
package framework

import (
	"fmt"
	"maps"
	"slices"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// Version is the release of the logic layer that apps see, in wx.getSystemInfo and in the text that
// names an unsupported API.
const Version = "0.1.0"

// Options configure an Engine.
type Options struct {
	// View limits the trees of pages; the zero value takes the view engine's own limits.
	View view.Limits
	// Libraries are installed into every session.
	Libraries []Library
}

// Library adds to a session what apps can reach beside the framework's own globals. It runs before
// the first line of the app.
type Library func(*Session)

// Engine holds what all sessions of one image share. It is safe for concurrent use, as far as
// each Session stays on one goroutine at a time.
type Engine struct {
	img   *image.Image
	opts  Options
	code  *vm.Code
	pages map[string]*image.Page
	// parts are the components that a page can show, by their paths.
	parts map[string][]string
	tabs  map[string]int // route to index in the tab bar
}

// NewEngine prepares an image for sessions. It fails when the image names a page that it does not
// contain.
func NewEngine(img *image.Image, opts Options) (*Engine, error) {
	opts.Libraries = slices.Clip(opts.Libraries)
	e := &Engine{
		img: img, opts: opts, code: vm.NewCode(img.Modules, img.App.ResolveAlias),
		pages: make(map[string]*image.Page, len(img.Pages)),
		parts: make(map[string][]string, len(img.Pages)), tabs: map[string]int{},
	}
	for i := range img.Pages {
		page := &img.Pages[i]
		e.pages[page.Path], e.parts[page.Path] = page, parts(img, &page.Component)
	}
	if len(img.Pages) == 0 {
		return nil, fmt.Errorf("framework: the image has no pages")
	}
	if bar := img.App.TabBar; bar != nil {
		for i, item := range bar.List {
			if e.pages[item.PagePath] == nil {
				return nil, fmt.Errorf("framework: the image lacks the tab page %q", item.PagePath)
			}
			e.tabs[item.PagePath] = i
		}
	}
	return e, nil
}

// parts lists the components that a page reaches by its tags, and theirs, in the order of their paths. What has a
// placeholder is not among them: it comes when it is shown.
func parts(img *image.Image, page *image.Component) []string {
	reached := map[string]bool{}
	var reach func(from *image.Component)
	reach = func(from *image.Component) {
		for tag, path := range from.Using {
			if reached[path] || from.Placeholders[tag] != "" {
				continue
			}
			if part, _ := img.Component(path); part != nil {
				reached[path] = true
				reach(part)
			}
		}
	}
	reach(page)
	return slices.Sorted(maps.Keys(reached))
}

// Image is the image the engine runs.
func (e *Engine) Image() *image.Image { return e.img }

// entry is the route that opens when none is asked for.
func (e *Engine) entry() string {
	if e.img.App.EntryPagePath != "" && e.pages[e.img.App.EntryPagePath] != nil {
		return e.img.App.EntryPagePath
	}
	return e.img.Pages[0].Path
}

func (e *Engine) isTab(route string) bool { _, ok := e.tabs[route]; return ok }
