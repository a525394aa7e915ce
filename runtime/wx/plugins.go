package wx

import (
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// installPlugins gives programs requirePlugin. Plugins are programs of others that only the vendor has. The pages that
// ask for one open all the same, and what they then ask of it fails.
func (w *wx) installPlugins() {
	w.vm.GlobalFunction("requirePlugin", func(c goja.FunctionCall) goja.Value {
		p := &plugin{wx: w, name: c.Argument(0).String(), made: map[string]goja.Value{}}
		w.vm.Log(protocol.LogEntry{Level: "warn", Kind: protocol.LogUnsupported,
			Text: fmt.Sprintf("requirePlugin(%q): %s; what is asked of it fails", p.name, noPlugins()), API: "requirePlugin"},
			w.vm.Here())
		return w.vm.Runtime().NewDynamicObject(p)
	})
}

func noPlugins() string {
	return "not supported by Teahouse " + framework.Version + ": plugins are programs that only the vendor's client has"
}

// plugin stands for a plugin that is not there. Which members it has is not known, so it has all that are asked for.
type plugin struct {
	wx   *wx
	name string
	made map[string]goja.Value
}

// Get implements goja.DynamicObject.
func (p *plugin) Get(key string) goja.Value {
	switch key {
	case "then", "toJSON", "constructor", "__esModule", "default":
		return nil // those that ask for these look for something else than a member of a plugin
	}
	if p.made[key] == nil {
		p.made[key] = p.wx.vm.Function(key, func(c goja.FunctionCall) goja.Value { return p.call(key, c) })
	}
	return p.made[key]
}

// call answers as a member of wx of this name that is not supported: objects that are asked for ignore every call, and
// a call with options fails. Other calls, such as that for what a user has chosen, answer that there is nothing.
func (p *plugin) call(key string, c goja.FunctionCall) goja.Value {
	if how := absenceOf(key); how == absorbs || how == throwsAtOnce && !strings.HasSuffix(key, "Sync") {
		return p.wx.kit.make("absent", p.wx.vm.Value(key+":fail "+noPlugins()))
	}
	if options, ok := c.Argument(0).(*goja.Object); !ok || options.ClassName() == "Function" {
		return goja.Undefined()
	}
	failed, promise := p.wx.newCall(key, c)
	failed.fail(noPlugins())
	return promise
}

// Set implements goja.DynamicObject.
func (p *plugin) Set(key string, v goja.Value) bool {
	p.made[key] = v
	return true
}

// Has implements goja.DynamicObject.
func (p *plugin) Has(string) bool { return true }

// Delete implements goja.DynamicObject.
func (p *plugin) Delete(key string) bool {
	delete(p.made, key)
	return true
}

// Keys implements goja.DynamicObject.
func (p *plugin) Keys() []string { return nil }
