package template

// Control is how an event of a form control changes one of its attributes: the new value is in a field of
// the event's detail.
type Control struct{ Event, Attribute, Field string }

// Controls are the elements whose attributes can be bound both ways by model:, by their tags.
var Controls = map[string][]Control{
	"input":          {{"input", "value", "value"}, {"change", "value", "value"}},
	"textarea":       {{"input", "value", "value"}},
	"switch":         {{"change", "checked", "value"}},
	"checkbox":       {{"change", "checked", "value"}},
	"radio":          {{"change", "checked", "value"}},
	"checkbox-group": {{"change", "value", "value"}},
	"radio-group":    {{"change", "value", "value"}},
	"slider":         {{"changing", "value", "value"}, {"change", "value", "value"}},
	"picker":         {{"change", "value", "value"}},
	"picker-view":    {{"change", "value", "value"}},
	"swiper":         {{"change", "current", "current"}},
	"movable-view":   {{"change", "x", "x"}, {"change", "y", "y"}},
	"scroll-view":    {{"scroll", "scrollTop", "scrollTop"}, {"scroll", "scrollLeft", "scrollLeft"}},
}
