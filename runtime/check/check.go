// Package check runs a mini program headless: it opens every page in a sandbox, looks at what the
// page shows through the same protocol as a browser, follows every tap target once, and reports
// what went wrong with file and line.
//
// A check proves less than a person and more than a compiler: that every page opens, that its
// handlers run, and that nothing throws. It answers dialogs in the plausible way, keeps the
// network off, and gives every page a session of its own, so that one broken page hides no other.
package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/wx"
)

// Limits of a check. A program past them is checked in part, and the report says so.
const (
	// MaxTaps per page: a long list has the same handler in every row.
	MaxTaps = 60
	// DefaultPageTimeout ends a page that neither fails nor settles after it was opened or touched.
	DefaultPageTimeout = 10 * time.Second
	// AfterOpen, AfterTap and AtTheEnd are how long a page may do things by itself before the check goes
	// on or judges it: toasts and animations that a program follows with a timer take up to three
	// seconds. It is the app's time, which a check moves forward and does not wait for.
	AfterOpen = 3 * time.Second
	AfterTap  = 2 * time.Second
	AtTheEnd  = 10 * time.Second
	// AfterStep is the same after a step of a file of steps, which has words for waiting.
	AfterStep = 100 * time.Millisecond
	// MaxSteps of a file: a test of this length is not read any more. StepTime is what each may take.
	MaxSteps = 1000
	StepTime = 2 * time.Second
	// MaxTimerTurns ends each of the three for a program that never rests, such as a game: so many times
	// its timers have run.
	MaxTimerTurns = 100
	// maxRounds ends a conversation in which every answer raises a new question.
	maxRounds = 100
	// maxWarnings per page; the first ones name the cause.
	maxWarnings = 20
)

// Sink is what a session tells the check. Its methods return at once and may be called from any
// goroutine, one at a time.
type Sink interface {
	protocol.Host
	// Closed says that the session is over, and why.
	Closed(reason string)
}

// App is one open session. Its methods do not wait for the app.
type App interface {
	Send(frame []byte) error
	Reply(id uint64, ok bool, result []byte) error
	// Advance moves the app's clock forward, at most to its next timer, which runs.
	Advance(d time.Duration) error
	Close()
}

// Sandbox compiles and runs hostile code; package worker's pool is one, see InWorkers.
type Sandbox interface {
	Compile(ctx context.Context, files map[string][]byte) (*compile.Result, error)
	Open(ctx context.Context, img *image.Image, req protocol.OpenRequest, sink Sink) (App, error)
}

// Options of a run; the zero value is valid.
type Options struct {
	PageTimeout time.Duration
	// Pages, when set, are the pages that are checked, with queries ("pages/a/a?id=1").
	Pages []string
	// Tree puts the tree of every page into the report, as it is at rest.
	Tree bool
	// FirstTree puts it there instead as it is when the page has just opened: no timer
	// has run, and no question of the program is answered.
	FirstTree bool
	// Steps are played instead of the check of all pages, see ReadSteps.
	Steps []Step
	// Env is the phone; without a width it is one of 375 by 812 points in Env.TimeZone.
	Env protocol.Env
}

// Report is what a check found.
type Report struct {
	Pages       []Page              `json:"pages"`
	Unsupported []Unsupported       `json:"unsupported"`
	Diagnostics []source.Diagnostic `json:"diagnostics"`
	// Steps are what became of the steps that were played.
	Steps  []StepResult `json:"steps,omitempty"`
	Passed int          `json:"passed"`
	Failed int          `json:"failed"`
}

// Page is the result for one page.
type Page struct {
	Page string `json:"page"`
	// Query is what the page was opened with: declared in project.config.json, or seen when
	// the app itself went there.
	Query string `json:"query,omitempty"`
	// From is the page from which it was opened, when it does not work as the only page.
	From string `json:"from,omitempty"`
	OK   bool   `json:"ok"`
	// Nodes counts the elements of the page when it has come to rest after opening.
	Nodes int `json:"nodes"`
	// Milliseconds from the request to the first frame, with the start of the app.
	Milliseconds float64 `json:"milliseconds"`
	// Tree is what the page shows then or at first, as markup, when the options asked for it.
	Tree string `json:"tree,omitempty"`
	// Taps counts the targets that were followed.
	Taps int `json:"taps"`
	// Offline says that the page asked for its server, or a function of its for the database, which a check does not
	// let them reach.
	Offline bool `json:"offline,omitempty"`
	// Replay is what went into the session up to the error, as `teahouse replay` reads it.
	Replay string `json:"-"`
	// Error is the first thing that went wrong.
	Error    *Problem  `json:"error,omitempty"`
	Warnings []Problem `json:"warnings,omitempty"`
}

// Problem is something wrong, at a place of the developer's source if it has one.
type Problem struct {
	Text   string `json:"text"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// During says what the check was doing: "open" or "tap <selector>".
	During string `json:"during,omitempty"`
}

// Unsupported is the first use of a member of wx that this version does not have.
type Unsupported struct {
	API    string `json:"api"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"`
}

// Run checks the program made of these files. An error means that the check itself could not run;
// whatever is wrong with the program is in the report.
func Run(ctx context.Context, files map[string][]byte, sandbox Sandbox, opts Options) (*Report, error) {
	opts = opts.withDefaults()
	result, err := sandbox.Compile(ctx, files)
	if err != nil {
		return nil, fmt.Errorf("compile: %w", err)
	}
	report := &Report{Diagnostics: result.Diagnostics, Unsupported: []Unsupported{}, Pages: []Page{}}
	members := wx.Members()
	for _, use := range result.Report.APIs {
		// A name that wx does not have at all is a typing error, which a diagnostic tells.
		if _, exists := slices.BinarySearch(members, use.Name); exists && !use.Supported {
			report.notSupported(Unsupported{use.Name, use.File, use.Line, use.Column})
		}
	}
	if result.Image == nil {
		report.failCompilation(result)
		return report, nil
	}
	run := &run{sandbox: sandbox, img: result.Image, opts: opts, report: report,
		storage: map[string]string{}, queries: declaredQueries(files), ways: map[string]string{}}
	if len(opts.Steps) > 0 {
		err = run.steps(ctx, opts.Steps)
	} else {
		err = run.all(ctx)
	}
	if err != nil {
		return nil, err
	}
	sort.Slice(report.Unsupported, func(i, j int) bool {
		return report.Unsupported[i].API < report.Unsupported[j].API
	})
	return report, nil
}

func (o Options) withDefaults() Options {
	if o.PageTimeout == 0 {
		o.PageTimeout = DefaultPageTimeout
	}
	if o.Env.Width == 0 {
		o.Env = protocol.Env{Width: 375, Height: 812, PixelRatio: 2, StatusBarHeight: 44, Theme: "light",
			Language: "en", TimeZone: o.Env.TimeZone, Platform: "linux",
			SafeArea: protocol.SafeArea{Top: 44, Bottom: 778, Right: 375}}
	}
	return o
}

func (r *Report) add(p Page) {
	r.Pages = append(r.Pages, p)
	if p.OK {
		r.Passed++
	} else {
		r.Failed++
	}
}

func (r *Report) notSupported(u Unsupported) {
	u.API = strings.TrimPrefix(u.API, "wx.")
	for _, known := range r.Unsupported {
		if known.API == u.API {
			return
		}
	}
	r.Unsupported = append(r.Unsupported, u)
}

// failCompilation fails every page of a program that does not compile: with an error of its own
// if there is one, else by saying so. The errors themselves are in the report's diagnostics, once.
func (r *Report) failCompilation(result *compile.Result) {
	var own []*Problem
	for _, d := range result.Diagnostics {
		if d.Severity != source.Error {
			continue
		}
		own = append(own, &Problem{Text: d.Message, File: d.File, Line: d.Line, Column: d.Column, During: "compile"})
	}
	pages := result.Report.Pages
	if len(pages) == 0 {
		pages = []string{"app"}
	}
	for _, route := range pages {
		problem := &Problem{Text: fault.Textf("the program does not compile").String(), During: "compile"}
		if at := slices.IndexFunc(own, func(p *Problem) bool { return isOf(p.File, route) }); at >= 0 {
			problem = own[at]
		}
		r.add(Page{Page: route, Error: problem})
	}
}

// isOf says whether a file of the bundle, in which the program may be in a folder, is one of a page's.
func isOf(file, route string) bool {
	base := strings.TrimSuffix(file, path.Ext(file))
	return base == route || strings.HasSuffix(base, "/"+route)
}

// errBroken ends a page whose session is over.
var errBroken = errors.New("check: the session is over")

// run is one check under way.
type run struct {
	sandbox Sandbox
	img     *image.Image
	opts    Options
	report  *Report
	storage map[string]string // what the app stored, page after page
	// queries are what pages are opened with: declared by the developer, or seen when the app
	// itself went to the page.
	queries map[string]string
	// ways are the addresses of the pages from which the app itself went to a page, by that page's path.
	ways map[string]string
}

// all checks every page. A page that failed when it was opened with nothing is opened again if
// the app was since seen to pass it something, and then from the page from which the app went there: pages that
// nothing but another page leads to take that one for granted.
func (r *run) all(ctx context.Context) error {
	pages, err := r.chosen()
	if err != nil {
		return err
	}
	results := make([]*Page, len(pages))
	for again := range 2 {
		for i, conf := range pages {
			query := r.queries[conf.Path]
			if again == 1 && (results[i].OK || results[i].Query != "" || query == "") {
				continue
			}
			result, err := r.page(ctx, conf, query, "")
			if err != nil {
				return err
			}
			results[i] = result
		}
	}
	for i, conf := range pages {
		from := r.ways[conf.Path]
		if results[i].OK || from == "" {
			continue
		}
		result, err := r.page(ctx, conf, r.queries[conf.Path], from)
		if err != nil {
			return err
		}
		if result.OK {
			results[i] = result
		}
	}
	for _, v := range results {
		r.report.add(*v)
	}
	return nil
}

// chosen are the pages to check. A query that the options name counts before any other.
func (r *run) chosen() ([]*image.Page, error) {
	var pages []*image.Page
	for _, name := range r.opts.Pages {
		route, query, _ := strings.Cut(strings.TrimPrefix(name, "/"), "?")
		conf := r.img.Page(route)
		if conf == nil {
			return nil, fmt.Errorf("there is no page %s", route)
		}
		if query != "" {
			r.queries[route] = query
		}
		pages = append(pages, conf)
	}
	if len(r.opts.Pages) > 0 {
		return pages, nil
	}
	for i := range r.img.Pages {
		pages = append(pages, &r.img.Pages[i])
	}
	return pages, nil
}

// page opens one page, from another one unless from is "", and follows its targets. A target from which there is no
// way back ends the session; a new one continues with the next target.
func (r *run) page(ctx context.Context, conf *image.Page, query, from string) (*Page, error) {
	result := &Page{Page: conf.Path, Query: query, From: from}
	address := conf.Path
	if query != "" {
		address += "?" + query
	}
	done := map[string]bool{}
	for first := true; ; first = false {
		v := &visit{run: r, ctx: ctx, conf: conf, path: address, result: result, wake: make(chan struct{}, 1),
			during: "open"}
		before := len(done)
		err := v.look(ctx, done, first)
		switch {
		case err == nil && v.left && result.Error == nil && len(done) > before:
			continue // a target led away; go on with the rest
		case errors.Is(err, errBroken), err == nil:
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, context.DeadlineExceeded):
			v.fail(Problem{Text: fault.Textf("the page did not settle within %s", r.opts.PageTimeout).String()})
		default:
			v.fail(Problem{Text: err.Error()})
		}
		break
	}
	result.OK = result.Error == nil
	return result, nil
}

// declaredQueries reads the compile modes that developers keep in their project configuration:
// {"condition":{"miniprogram":{"list":[{"pathName":"pages/a/a","query":"id=1"}]}}}. A file that
// cannot be read declares nothing.
func declaredQueries(files map[string][]byte) map[string]string {
	queries := map[string]string{}
	for _, name := range []string{"project.private.config.json", "project.config.json"} {
		type mode struct {
			PathName string `json:"pathName"`
			Query    string `json:"query"`
		}
		var project struct {
			Condition struct {
				MiniProgram struct {
					List []mode `json:"list"`
				} `json:"miniprogram"`
			} `json:"condition"`
		}
		if json.Unmarshal(files[name], &project) != nil {
			continue
		}
		for _, m := range project.Condition.MiniProgram.List {
			route := strings.TrimPrefix(m.PathName, "/")
			if queries[route] == "" && m.Query != "" {
				queries[route] = m.Query
			}
		}
	}
	return queries
}
