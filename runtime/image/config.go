package image

import (
	"encoding/json"
	"strings"
)

// AppConfig is app.json with its defaults filled in. JSON keeps the names that developers write,
// because the shell and wx.* use the same names.
type AppConfig struct {
	// Pages holds every route, those of subpackages included.
	Pages []string `json:"pages"`
	// EntryPagePath is the route opened when none is asked for.
	EntryPagePath  string         `json:"entryPagePath"`
	Window         WindowConfig   `json:"window"`
	TabBar         *TabBar        `json:"tabBar,omitempty"`
	NetworkTimeout NetworkTimeout `json:"networkTimeout"`
	Debug          bool           `json:"debug"`
	// Darkmode says that the app has styles for both themes. Any other app is drawn light and sees
	// a light theme, on every device.
	Darkmode bool     `json:"darkmode,omitempty"`
	Teahouse Teahouse `json:"teahouse"`
	// Subpackages are in the order of app.json.
	Subpackages []Subpackage `json:"subpackages,omitempty"`
	// ResolveAlias are other names for modules and components.
	ResolveAlias []Alias `json:"resolveAlias,omitempty"`
	// Ext is what ext.json gives to wx.getExtConfig, an object, or empty.
	Ext json.RawMessage `json:"ext,omitempty"`
}

// Subpackage is a part of the app that may be used without most of the rest.
type Subpackage struct {
	// Root is the folder, with a slash at the end.
	Root string `json:"root"`
	Name string `json:"name,omitempty"`
	// Independent pages run without App() and app.wxss until a page of another package opens.
	Independent bool `json:"independent,omitempty"`
}

// SubpackageOf returns the subpackage of a page or file, or nil for the main package.
func (c *AppConfig) SubpackageOf(path string) *Subpackage {
	for i := range c.Subpackages {
		if strings.HasPrefix(path, c.Subpackages[i].Root) {
			return &c.Subpackages[i]
		}
	}
	return nil
}

// WindowConfig describes the look and behaviour of a page's window. Colours are "#rrggbb".
type WindowConfig struct {
	NavigationBarBackgroundColor string `json:"navigationBarBackgroundColor"`
	// NavigationBarTextStyle is "black" or "white".
	NavigationBarTextStyle string `json:"navigationBarTextStyle"`
	NavigationBarTitleText string `json:"navigationBarTitleText"`
	// NavigationStyle is "default" or "custom"; custom hides the bar and leaves the capsule.
	NavigationStyle string `json:"navigationStyle"`
	HomeButton      bool   `json:"homeButton"`
	// BackgroundColor shows behind the page while it is pulled down.
	BackgroundColor string `json:"backgroundColor"`
	// BackgroundTextStyle is the look of the pull-down dots: "dark" or "light".
	BackgroundTextStyle string `json:"backgroundTextStyle"`
	// BackgroundColorContent is the colour behind the page's content. For a page it comes from
	// `page` in its style sheets, else from page.json. It is any CSS colour, or empty.
	BackgroundColorContent string `json:"backgroundColorContent,omitempty"`
	EnablePullDownRefresh  bool   `json:"enablePullDownRefresh"`
	// OnReachBottomDistance is in CSS pixels, 0..10,000.
	OnReachBottomDistance int `json:"onReachBottomDistance"`
	// PageOrientation is "portrait", "landscape" or "auto".
	PageOrientation string `json:"pageOrientation"`
	DisableScroll   bool   `json:"disableScroll"`
	// Style is "v2" for the newer look of buttons, else empty. In app.json it is a key at the top
	// level.
	Style string `json:"style,omitempty"`
	// Dark is what differs in the dark theme, or nil.
	Dark *WindowLook `json:"dark,omitempty"`
}

// WindowLook are the colours of a window in the dark theme, by the variables of theme.json.
type WindowLook struct {
	NavigationBarBackgroundColor string `json:"navigationBarBackgroundColor"`
	NavigationBarTextStyle       string `json:"navigationBarTextStyle"`
	BackgroundColor              string `json:"backgroundColor"`
	BackgroundTextStyle          string `json:"backgroundTextStyle"`
	BackgroundColorContent       string `json:"backgroundColorContent,omitempty"`
}

// Look returns the colours of a window.
func (w *WindowConfig) Look() WindowLook {
	return WindowLook{w.NavigationBarBackgroundColor, w.NavigationBarTextStyle, w.BackgroundColor,
		w.BackgroundTextStyle, w.BackgroundColorContent}
}

// A program may draw its tab bar itself, as a component at a fixed place. Each page that is a tab has one,
// with an id by which it is found.
const (
	TabBarComponent = "custom-tab-bar/index"
	TabBarID        = "teahouse-tab-bar"
)

// TabBar is the bar with two to five pages at the bottom of the app.
type TabBar struct {
	Color           string `json:"color"`
	SelectedColor   string `json:"selectedColor"`
	BackgroundColor string `json:"backgroundColor"`
	// BorderStyle is "black" or "white".
	BorderStyle string `json:"borderStyle"`
	// Position is "bottom" or "top".
	Position string    `json:"position"`
	Custom   bool      `json:"custom"`
	List     []TabItem `json:"list"`
	// Dark is what differs in the dark theme, or nil.
	Dark *TabBarLook `json:"dark,omitempty"`
}

// TabBarLook are the colours and icons of a tab bar in the dark theme, by the variables of theme.json.
type TabBarLook struct {
	Color           string     `json:"color"`
	SelectedColor   string     `json:"selectedColor"`
	BackgroundColor string     `json:"backgroundColor"`
	BorderStyle     string     `json:"borderStyle"`
	List            []TabIcons `json:"list"`
}

// TabIcons are the icons of one tab.
type TabIcons struct {
	IconPath         string `json:"iconPath,omitempty"`
	SelectedIconPath string `json:"selectedIconPath,omitempty"`
}

// Look returns the colours and icons of a tab bar.
func (b *TabBar) Look() TabBarLook {
	look := TabBarLook{b.Color, b.SelectedColor, b.BackgroundColor, b.BorderStyle, make([]TabIcons, len(b.List))}
	for i, item := range b.List {
		look.List[i] = TabIcons{item.IconPath, item.SelectedIconPath}
	}
	return look
}

// TabItem is one tab. Icons are paths of public files of the image, or empty.
type TabItem struct {
	PagePath         string `json:"pagePath"`
	Text             string `json:"text"`
	IconPath         string `json:"iconPath,omitempty"`
	SelectedIconPath string `json:"selectedIconPath,omitempty"`
}

// NetworkTimeout is in milliseconds.
type NetworkTimeout struct {
	Request       int `json:"request"`
	ConnectSocket int `json:"connectSocket"`
	UploadFile    int `json:"uploadFile"`
	DownloadFile  int `json:"downloadFile"`
}

// Teahouse is what the app requests from this platform.
type Teahouse struct {
	// Scopes are declared in app.json, or inferred from the APIs that the code uses. Sorted.
	Scopes []string `json:"scopes"`
	// Domains are the hosts that the app may reach over HTTPS. Sorted.
	Domains []string `json:"domains"`
	// Collections are those of the app's database, with who may use each: one of compile.CollectionRights.
	Collections map[string]string `json:"collections,omitempty"`
}

// DefaultWindow is the window of an app that configures nothing.
func DefaultWindow() WindowConfig {
	return WindowConfig{
		NavigationBarBackgroundColor: "#000000",
		NavigationBarTextStyle:       "white",
		NavigationStyle:              "default",
		BackgroundColor:              "#ffffff",
		BackgroundTextStyle:          "dark",
		OnReachBottomDistance:        50,
		PageOrientation:              "portrait",
	}
}

// DefaultNetworkTimeout is one minute for each kind of request.
func DefaultNetworkTimeout() NetworkTimeout {
	const minute = 60_000
	return NetworkTimeout{
		Request: minute, ConnectSocket: minute, UploadFile: minute, DownloadFile: minute,
	}
}
