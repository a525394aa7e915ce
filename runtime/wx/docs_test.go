package wx_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/wx"
)

// TestTheDocumentationListsWhatWorks compares docs/wx.md with the table; UPDATE=1 rewrites it.
func TestTheDocumentationListsWhatWorks(t *testing.T) {
	t.Parallel()
	const path = "../../docs/wx.md"
	const begin, end = "(written by UPDATE=1 go test ./runtime/wx) -->\n", "<!-- supported: end -->"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(raw), begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no markers for the list", path)
	}
	var list strings.Builder
	names := wx.SupportedAPIs()
	fmt.Fprintf(&list, "%d of them:\n\n", len(names))
	letter := byte(0)
	for _, name := range names {
		if name[0] != letter && letter != 0 {
			list.WriteString("\n\n")
		} else if letter != 0 {
			list.WriteString(" · ")
		}
		letter = name[0]
		list.WriteString("`" + name + "`")
	}
	want := head + begin + list.String() + "\n" + end + tail
	if want == string(raw) {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("%s is out of date; run this test with UPDATE=1", path)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestTheGuidesButtonMayBePressedBeforeItsLogIn runs the program of the guide for new developers and
// presses its button before the log-in has been answered: the order waits for it.
func TestTheGuidesButtonMayBePressedBeforeItsLogIn(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/first-mini-program.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, file := range regexp.MustCompile("(?ms)^```\\w+ file=program/(\\S+)\\n(.*?)^```$").FindAllStringSubmatch(string(guide), -1) {
		files[file[1]] = file[2]
	}
	b := apptest.Open(t, files)
	b.Tap(1, 2)
	b.WantClean()
	b.Reply(0, true, `{"code":"c0"}`)
	b.Reply(1, true, `{"status":200,"headers":{},"body":"{\"session\":\"s0\",\"template\":\"t0\"}"}`)
	b.WantClean()
	if asked := b.Calls[len(b.Calls)-1]; len(b.Calls) != 3 || fmt.Sprint(asked.Args["template_ids"]) != "[t0]" {
		t.Errorf("after the log-in the program asked for %v", b.Calls)
	}
}

// TestTheCompatibilityPageListsEveryMember compares docs/compatibility.md with the table; UPDATE=1
// rewrites it. sdk-js/test/compatibility.test.js holds the page against the vendor's type declarations.
func TestTheCompatibilityPageListsEveryMember(t *testing.T) {
	t.Parallel()
	const path = "../../docs/compatibility.md"
	var page strings.Builder
	rows := wx.Compatibilities()
	works := 0
	for _, row := range rows {
		if row.Works {
			works++
		}
	}
	fmt.Fprintf(&page, "# Every member of wx\n\n"+
		"The %d members of `wx` in the vendor's public type declarations (npm `miniprogram-api-typings` 5.2.3), and a\n"+
		"few older ones. %d of them work, as [wx.md](wx.md) says. Every other member exists too and fails with the\n"+
		"reason that is given here; `wx.canIUse` is false for it. This page is made from the table:\n"+
		"`UPDATE=1 go test ./runtime/wx` writes it again.\n\n| member | works |\n|--|--|\n", len(rows), works)
	for _, row := range rows {
		answer := "yes"
		if !row.Works {
			answer = "no: " + row.Why
		}
		fmt.Fprintf(&page, "| `%s` | %s |\n", row.Name, answer)
	}
	got, err := os.ReadFile(path)
	if err == nil && string(got) == page.String() {
		return
	}
	if os.Getenv("UPDATE") == "" {
		t.Fatalf("%s is out of date; run this test with UPDATE=1", path)
	}
	if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
