package wx

import (
	_ "embed"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

//go:embed js/kit.js
var kitSource string

// kitProgram makes the objects that some members return. A session runs it when it first uses one:
// closures cost memory in every VM that holds them.
var kitProgram = vm.OwnScript("kit", kitSource)

//go:embed js/audio.js
var audioSource string

// audioProgram makes players.
var audioProgram = vm.OwnScript("audio", audioSource)

// kit is a part of wx that is written in JavaScript.
type kit struct {
	wx      *wx
	program func() *goja.Program
	objects *goja.Object // nil until it is used
}

// make makes an object of the kit.
func (k *kit) make(name string, args ...goja.Value) goja.Value {
	if k.objects == nil {
		k.start()
	}
	call, _ := goja.AssertFunction(k.objects.Get(name))
	made, err := call(goja.Undefined(), args...)
	if err != nil {
		panic(err)
	}
	return made
}

func (k *kit) start() {
	v := k.wx.vm
	create, err := v.Runtime().RunProgram(k.program())
	if err != nil {
		panic(err)
	}
	native := v.Object()
	native.Set("query", v.Function("query", func(c goja.FunctionCall) goja.Value {
		k.wx.selectorQuery(k.wx.vm.Stringify(c.Argument(0)), c.Argument(1), c.Argument(2))
		return goja.Undefined()
	}))
	native.Set("later", v.Function("later", func(c goja.FunctionCall) goja.Value {
		fn := c.Argument(0) // arguments are not valid after the call
		v.Later(func() { v.Invoke(fn, goja.Undefined()) })
		return goja.Undefined()
	}))
	native.Set("player", v.Function("player", k.wx.newPlayer))
	native.Set("audio", v.Function("audio", k.wx.tellPlayer))
	call, _ := goja.AssertFunction(create)
	made, err := call(goja.Undefined(), native)
	if err != nil {
		panic(err)
	}
	k.objects = made.(*goja.Object)
}
