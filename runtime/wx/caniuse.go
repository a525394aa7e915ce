package wx

import (
	"slices"
	"strings"
)

// components are the built-in elements that the view draws.
var components = []string{"view", "text", "image", "button", "input", "scroll-view", "swiper",
	"swiper-item", "navigator", "icon", "form", "label", "picker", "picker-view",
	"picker-view-column", "textarea", "switch", "radio", "radio-group", "checkbox",
	"checkbox-group", "slider", "progress", "rich-text", "block", "cover-view", "cover-image", "canvas",
	"video", "audio", "movable-area", "movable-view", "page-container", "root-portal", "match-media", "grid-view",
	"list-view", "sticky-section", "sticky-header", "page-meta", "map"}

// openTypes are the values of <button open-type> that do something.
var openTypes = []string{"share", "getUserInfo", "chooseAvatar", "openSetting", "contact", "feedback",
	"agreePrivacyAuthorization"}

// canIUse answers for "api", "api.success.field", "Class.method", "component" and
// "component.attribute.value".
func canIUse(schema string) bool {
	parts := strings.Split(schema, ".")
	if Supported(parts[0]) {
		return Supported(schema)
	}
	if !slices.Contains(components, parts[0]) {
		return false
	}
	if len(parts) > 2 && parts[1] == "open-type" {
		return slices.Contains(openTypes, parts[2])
	}
	return true
}
