package view

import (
	"errors"

	"github.com/teahouse/teahouse/runtime/expr"
)

// Value is data of a shadow: a copy of what the app has set. What the app changes without setting it is
// not shown. Values are read on the way into a page, and only Shadow.Set changes them.
type Value = expr.Value

// Copier copies values of the app for the view.
type Copier = expr.Copier

// NewDict makes an object of the view from keys in the order of JavaScript, each once.
func NewDict(keys []string, values []Value) Value { return expr.NewDict(keys, values) }

// Of is the view's form of a primitive value; see Copier for others.
var Of = expr.Of

// errGiven says that what a WXS module gives to a component exceeds a limit.
var errGiven = errors.New("view: a value is too large to be given")
