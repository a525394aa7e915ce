package wx

import (
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/dop251/goja"
)

// api is one row of the table: how a member of wx works. One of value, sync and async is set. Every
// other member that the vendor has (names.go) exists too; unsupported.go says what those do.
type api struct {
	name string
	// value is what reading the member answers, once per VM.
	value func(w *wx) goja.Value
	// sync is a function that answers at once.
	sync func(w *wx, c goja.FunctionCall) goja.Value
	// async is a function with success, fail and complete callbacks, or a promise when none of them
	// is given.
	async func(w *wx, c *call)
}

// rows is the table. Each subject has its part in its own file.
var rows = slices.Concat(routeRows, interfaceRows, tabBarRows, mediaRows, shareRows, deviceRows, eventRows,
	storageRows, networkRows, transferRows, socketRows, fileRows, audioRows, recorderRows, sensorRows, phoneRows,
	accountRows, paymentRows, subscribeRows, queryRows, canvasRows, contextRows, toolRows, motionRows, workerRows, cloudRows)

var table = map[string]*api{}

// known holds every member of the vendor's wx.
var known = map[string]bool{}

func init() {
	for _, name := range vendorNames {
		known[name] = true
	}
	for i := range rows {
		row := &rows[i]
		if table[row.name] != nil {
			panic("wx: two rows for wx." + row.name)
		}
		table[row.name] = row
		known[row.name] = true
	}
}

// Supported reports whether wx.<name> works. Names that the vendor does not have are not
// supported either.
func Supported(name string) bool {
	name, member, _ := strings.Cut(strings.TrimPrefix(name, "wx."), ".")
	if name == "cloud" && member != "" {
		member, _, _ = strings.Cut(member, ".")
		return cloudMembers[member]
	}
	return table[name] != nil
}

// Members lists the members of wx that exist, whether they work here or not, sorted.
func Members() []string {
	return slices.Sorted(maps.Keys(known))
}

// SupportedAPIs lists the members of wx that work, sorted.
func SupportedAPIs() []string {
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// The makers of rows that look alike.

// show makes a row that sends a frame to the shell and expects no answer. The frame has the options
// named in fields and the id of the page on top.
func show(name string, fields ...string) api {
	return api{name: name, async: func(w *wx, c *call) {
		if args, ok := c.pickOnPage(fields...); ok {
			c.notifyShell(name, args)
		}
	}}
}

// askShell makes a row whose answer the user gives.
func askShell(name string, fields ...string) api {
	return api{name: name, async: func(w *wx, c *call) {
		if args, ok := c.pickOnPage(fields...); ok {
			c.ask(name, args, nil)
		}
	}}
}

// answers makes a row of a function without arguments that returns at once.
func answers(name string, answer func(w *wx) goja.Value) api {
	return api{name: name, sync: func(w *wx, _ goja.FunctionCall) goja.Value { return answer(w) }}
}

// accepted makes a row that succeeds and does nothing, because nothing needs to be done on this
// platform.
func accepted(name string) api {
	return api{name: name, async: func(w *wx, c *call) { c.ok(nil) }}
}
