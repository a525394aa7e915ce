package view_test

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
)

// copied is the view's copy of a value of the app.
func copied(v goja.Value) view.Value {
	tooLarge := errors.New("the data is too large or too deep")
	made, err := (&view.Copier{Bytes: 1 << 24, Depth: 256, TooLarge: tooLarge, TooDeep: tooLarge}).Copy(v, 0)
	if err != nil {
		panic(err)
	}
	return made
}

// show gives a shadow what the app has in its data at the paths.
func show(shadow *view.Shadow, data *goja.Object, paths ...[]any) {
	for _, path := range paths {
		var at goja.Value = data
		for _, step := range path {
			object, ok := at.(*goja.Object)
			if at = goja.Undefined(); ok {
				at = object.Get(fmt.Sprint(step))
			}
		}
		shadow.Touch(path[:shadow.Set(path, copied(at))])
	}
}

// update shows what the app has set in its data at the paths.
func update(tree *view.Tree, data *goja.Object, paths ...[]any) ([]byte, error) {
	show(tree.Root(), data, paths...)
	return tree.Update()
}
