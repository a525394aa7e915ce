package image

import "github.com/teahouse/teahouse/runtime/template"

// Component is what a page and a component have in common: a template, and the components that its
// tags may name. A page that is written with Component() differs from a component only in its place
// in Image.Pages.
type Component struct {
	// Path is the path without extension and without leading slash, as in "pages/index/index" or
	// "miniprogram_npm/@vant/weapp/button/index".
	Path string `json:"path"`
	// Template shows nothing when the markup is at fault.
	Template *template.Template `json:"-"`
	// Using gives the path of the component for a tag: that of the file's own usingComponents, else that
	// of app.json. It has the tags in use and the names given to generics, and only components of this
	// image.
	Using map[string]string `json:"using,omitempty"`
	// Generics are the names of componentGenerics, with the path of the default component or "".
	Generics map[string]string `json:"generics,omitempty"`
	// Placeholders gives for a tag the tag that is shown while its component is missing: a built-in one,
	// or one of Using.
	Placeholders map[string]string `json:"placeholders,omitempty"`
	// Declared says that the JSON file has "component": true.
	Declared bool `json:"component,omitempty"`
	// StyleIsolation and AddGlobalClass are those of the JSON file; the options in the script come
	// before them.
	StyleIsolation string `json:"style_isolation,omitempty"`
	AddGlobalClass bool   `json:"add_global_class,omitempty"`
	// PureDataPattern is a regular expression for names of data that is never shown, or "".
	PureDataPattern string `json:"pure_data_pattern,omitempty"`
	// Failure says why it cannot be shown, for the developer; mostly a fault in its markup. Only what
	// uses it fails.
	Failure string `json:"failure,omitempty"`
}

// ComponentsFile is the public file with the structures of all components, in the order of
// Image.Components. An image without components has none.
const ComponentsFile = "components.json"

// Component returns the component of that path and its number, or nil.
func (i *Image) Component(path string) (*Component, int) {
	low, high := 0, len(i.Components)
	for low < high {
		if middle := (low + high) / 2; i.Components[middle].Path < path {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(i.Components) && i.Components[low].Path == path {
		return &i.Components[low], low
	}
	return nil, -1
}
