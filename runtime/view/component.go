package view

import (
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/template"
)

// Components is the framework's side of the components of a tree. The view knows which tag is a
// component and what is inside what; the framework has the objects of the app.
//
// The view calls the framework while it builds and changes a tree. For a component it calls, in this
// order:
//
//	Components.Definition   once per path and tree, when the first tag needs it
//	Components.Create       the object exists, with the defaults of its properties as data
//	                        (the view fills the component's shadow, inner components first)
//	Component.Created
//	Component.Set           with all that the tag gives it, if it gives anything
//	                        (the view makes what is between the tags)
//	Component.Attached      when the topmost new part is in the page: the component, then what is in
//	                        its shadow, then what is between its tags
//	Component.Set           whenever data that the tag uses was changed, one call for all properties
//	Component.Moved         when its row of a wx:for has moved
//	Component.Detached      when it has left the page, inner components before outer ones
//
// The framework may change data of any shadow in these calls: it tells the shadow by Set and Touch and then
// calls Apply. Nothing of this is sent before Tree.Update writes what has changed in the whole tree.
type Components interface {
	// Definition describes the component of that path. It runs the component's file the first time. It
	// is nil when the file does not define one; the reason is in the log by then, and the view shows
	// nothing of the component.
	Definition(component *image.Component) *Definition
	// Create makes the object for a tag and returns it with the data that its shadow begins with. It calls
	// nothing of the app but functions that give initial data.
	Create(host *Host) (Component, Value)
}

// Definition is what the view has to know of a component. It is made once per session and path.
type Definition struct {
	Component *image.Component
	// Properties has the names of the properties, as in properties: {fontSize: Number}, each with the Key that
	// comes back with its values.
	Properties map[string]any
	// ExternalClasses are the classes that come from outside, by the names in the definition.
	ExternalClasses []string
	VirtualHost     bool
	Slots           SlotMode
	// Isolation is styleIsolation, or ApplyShared for addGlobalClass. The options in the script come
	// before those of the JSON file.
	Isolation Isolation

	gifts map[*template.Element][]gift // see Tree.gifts
}

// SlotMode is how a component shows what is between its tags.
type SlotMode uint8

// The modes: one slot, slots with names, and slots that make what they show anew each.
const (
	SingleSlot SlotMode = iota
	MultipleSlots
	DynamicSlots
)

// Isolation is which style sheets a component's shadow takes rules from.
type Isolation uint8

// The isolations, in the words of the vendor. A page has Shared.
const (
	Isolated Isolation = iota
	ApplyShared
	Shared
)

// Component is one component of a page, as the framework has it.
type Component interface {
	// Created runs the lifetime created.
	Created()
	// Set gives it properties, applies them at once (conversion, observers) and calls Set, Touch and Apply
	// of its shadow. Names are in camelCase, and only names of Definition.Properties are given.
	Set(properties []Property)
	// Attached, Moved and Detached run the lifetimes of these names. After Detached the component is
	// never used again.
	Attached()
	Moved()
	Detached()
}

// Property is a property and its value, which the component's shadow may have as its data: it shares with
// the data of the tag's owner what neither changes.
type Property struct {
	Name  string
	Key   any // of Definition.Properties
	Value Value
}
