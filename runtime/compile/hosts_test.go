package compile_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/source"
)

// Ensure the servers that scripts name are told with file and line, and those that requests cannot
// reach are warnings which name the setting.
func TestCompile_TellsWhichServersTheCodeNames(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"app.json": `{"pages":["pages/index/index","pages/cart/cart"],
			"teahouse":{"domains":["api.example.com","127.0.0.1","10.0.0.7:8443"]}}`,
		"util.js": "exports.base = 'https://API.example.com/v1'\nexports.ns = 'http://www.w3.org/2000/svg'\n" +
			"exports.text = 'see https:// for more'",
		"pages/index/index.js": "const u = require('../../util')\nwx.request({url: 'https://other.example:8443/x?y'})\n" +
			"wx.request({url: `http://127.0.0.1:18111/${u.base}`})\nwx.request({url: `https://${u.base}/`})\n" +
			"wx.request({url: 'https://10.0.0.7:8443/'})\nPage({})",
	})
	want := []compile.HostUse{
		{URL: "http://127.0.0.1:18111", Private: true, File: "pages/index/index.js", Line: 3, Column: 18},
		{URL: "https://10.0.0.7:8443", Declared: true, Private: true, File: "pages/index/index.js", Line: 5, Column: 18},
		{URL: "https://api.example.com", Declared: true, File: "util.js", Line: 1, Column: 16},
		{URL: "https://other.example:8443", File: "pages/index/index.js", Line: 2, Column: 18},
	}
	if diff := cmp.Diff(want, r.Report.Hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
	for code, parts := range map[string][]string{
		"domain-not-declared pages/index/index.js:2:18": {`add "other.example:8443" to teahouse.domains`},
		"domain-not-declared pages/index/index.js:3:18": {`add "127.0.0.1:18111"`},
		"host-not-public pages/index/index.js:3:18":     {"--egress-allow 127.0.0.1:18111"},
		"host-not-public pages/index/index.js:5:18":     {"--egress-allow 10.0.0.7:8443", "--egress-allow-development"},
	} {
		found := false
		for _, d := range r.Diagnostics {
			if place := d.Code + " " + d.File + ":" + strconv.Itoa(d.Line) + ":" + strconv.Itoa(d.Column); place != code {
				continue
			}
			found = true
			for _, part := range parts {
				if d.Severity != source.Warning || !strings.Contains(d.Message, part) {
					t.Errorf("%s: %s %q lacks %q", code, d.Severity, d.Message, part)
				}
			}
		}
		if !found {
			t.Errorf("%s is not told: %v", code, r.Diagnostics)
		}
	}
}

// Ensure a program that sends no requests gets no warnings about addresses in its texts.
func TestCompile_SaysNothingOfAddressesInTexts(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{"util.js": "exports.text = 'https://example.com'", "pages/index/index.js": "require('../../util'); Page({})"})
	for _, d := range r.Diagnostics {
		if d.Code == "domain-not-declared" {
			t.Errorf("got %v", d)
		}
	}
	if len(r.Report.Hosts) != 1 {
		t.Errorf("the reviewer is not told: %v", r.Report.Hosts)
	}
}
