package view_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/wxml"
)

// composed is an open page with components: both ends of the protocol, and a stand-in for the
// framework, whose components copy their properties into their data and note what happens to them.
type composed struct {
	t     *testing.T
	rt    *goja.Runtime
	hosts []*view.Host // in the order of creation
	names map[*view.Shadow]string
	log   []string

	tree   *view.Tree
	client *view.Client
}

// part is a component of the stand-in.
type part struct {
	c    *composed
	host *view.Host
	data *goja.Object
}

// properties are those of every component of the stand-in.
var properties = map[string]any{"count": nil, "label": nil, "title": nil, "list": nil, "fontSize": nil}

// Definition reads the options of a component from a comment at the start of its markup.
func (c *composed) Definition(file *image.Component) *view.Definition {
	def := &view.Definition{Component: file, Properties: properties, ExternalClasses: []string{"my-class"}}
	switch {
	case strings.HasPrefix(file.PureDataPattern, "<!--multiple-->"):
		def.Slots = view.MultipleSlots
	case strings.HasPrefix(file.PureDataPattern, "<!--dynamic-->"):
		def.Slots = view.DynamicSlots
	case strings.HasPrefix(file.PureDataPattern, "<!--virtual-->"):
		def.VirtualHost = true
	}
	return def
}

func (c *composed) Create(host *view.Host) (view.Component, view.Value) {
	p := &part{c, host, c.rt.NewObject()}
	c.hosts = append(c.hosts, host)
	return p, copied(p.data)
}

func (p *part) note(what string) {
	p.c.log = append(p.c.log, what+" "+p.host.Definition().Component.Path)
}

func (p *part) Created() {
	p.c.names[p.host.Shadow()] = p.host.Definition().Component.Path
	p.note("created")
}

func (p *part) Set(properties []view.Property) {
	for _, property := range properties {
		_ = p.data.Set(property.Name, property.Value.Export(p.c.rt))
		p.host.Shadow().Set([]any{property.Name}, property.Value)
		p.host.Shadow().Touch([]any{property.Name})
	}
	p.host.Shadow().Apply()
}

func (p *part) Attached() { p.note("attached") }
func (p *part) Moved()    { p.note("moved") }
func (p *part) Detached() { p.note("detached") }

// compose opens a page; components are their markup by tag.
func compose(t *testing.T, markup, data string, components map[string]string) *composed {
	t.Helper()
	c := &composed{t: t, rt: goja.New(), names: map[*view.Shadow]string{}}
	using := map[string]string{"missing": "missing"}
	for tag := range components {
		using[tag] = tag
	}
	read := func(name, text string, slots bool) *template.Template {
		compiled, found := wxml.Compile(files{name: text}, name, wxml.Options{
			Component: func(tag string) bool { return using[tag] != "" }, Slots: slots})
		for _, d := range found {
			t.Fatalf("%+v", d)
		}
		encoded, err := compiled.MarshalBinary()
		decoded := &template.Template{}
		if err != nil || decoded.UnmarshalBinary(encoded) != nil {
			t.Fatalf("%s does not come back from its encoding", name)
		}
		return decoded
	}
	page := read("page.wxml", markup, false)
	img := &image.Image{}
	var paths []string
	var templates []*template.Template
	for _, tag := range slices.Sorted(maps.Keys(components)) {
		made := image.Component{Path: tag, Template: read(tag+".wxml", components[tag], true), Using: using,
			PureDataPattern: components[tag]}
		img.Components = append(img.Components, made)
		paths, templates = append(paths, tag), append(templates, made.Template)
	}
	var err error
	if c.client, err = view.NewClient(page.Structure()); err != nil {
		t.Fatal(err)
	}
	if err := c.client.UseComponents(template.Structures(paths, templates)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.rt.RunString("var data = " + data); err != nil {
		t.Fatal(err)
	}
	c.tree = view.New(c.rt, page, copied(c.rt.Get("data")), view.Limits{})
	c.tree.Use(img, &view.Definition{Component: &image.Component{Using: using}, Isolation: view.Shared}, c)
	values, err := c.tree.Render()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.client.Render(values); err != nil {
		t.Fatalf("%v: %s", err, values)
	}
	return c
}

// logged returns what happened to components since the last time.
func (c *composed) logged() string {
	log := strings.Join(c.log, ", ")
	c.log = nil
	return log
}

// set runs code of the app and shows what was set at the paths of the page's data.
func (c *composed) set(code string, paths ...[]any) (ops string) {
	c.t.Helper()
	if _, err := c.rt.RunString(code); err != nil {
		c.t.Fatal(err)
	}
	patch, err := update(c.tree, c.rt.Get("data").(*goja.Object), paths...)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.client.Patch(patch); err != nil {
		c.t.Fatalf("%v: %s", err, patch)
	}
	return string(patch)
}

// want compares both ends with lines such as "view.row x": tag, classes and own text.
func (c *composed) want(want string) {
	c.t.Helper()
	for end, root := range map[string]*view.Node{"the engine": c.tree.Snapshot(), "the client": c.client.Tree()} {
		var b strings.Builder
		brief(&b, root, -1)
		if got := b.String(); got != strings.ReplaceAll(strings.TrimLeft(want, "\n"), "\t", "") {
			c.t.Errorf("%s shows\n%s", end, got)
		}
	}
}

func brief(b *strings.Builder, n *view.Node, depth int) {
	if depth >= 0 {
		class, _ := n.Attrs["class"].(string)
		if class != "" {
			class = "." + class
		}
		fmt.Fprintf(b, "%s%s%s%s\n", strings.Repeat("  ", depth), n.Tag, class, n.Text)
	}
	for _, kid := range n.Kids {
		brief(b, kid, depth+1)
	}
}

func TestAComponentShowsItsOwnData(t *testing.T) {
	t.Parallel()
	c := compose(t, `<view wx:for="{{list}}" wx:key="id"><counter class="c{{item.id}}" count="{{item.n}}" label="n"/></view><missing/>`,
		`{list: [{id: 1, n: 5}, {id: 2, n: 6}], count: 'page'}`,
		map[string]string{"counter": `<text class="{{label}}">{{count}}</text>`})
	c.want(`
		view
		  counter.c1
		    text.n
		      5
		view
		  counter.c2
		    text.n
		      6
		missing
	`)
	if ops := c.set(`data.list[1].n = 7`, []any{"list", 1, "n"}); strings.Count(ops, "7") != 1 || strings.Contains(ops, "5") {
		t.Errorf("ops %s", ops)
	}
	c.want(`
		view
		  counter.c1
		    text.n
		      5
		view
		  counter.c2
		    text.n
		      7
		missing
	`)
	if ops := c.set(`data.count = 'other'`, []any{"count"}); ops != "" {
		t.Errorf("a component saw data of its page: %s", ops)
	}
	c.set(`data.list = [data.list[1]]`, []any{"list"})
	c.want(`
		view
		  counter.c2
		    text.n
		      7
		missing
	`)
	if got := c.logged(); got != "created counter, created counter, attached counter, attached counter, detached counter" {
		t.Errorf("log: %v", got)
	}
}

func TestContentIsShownInTheSlotsOfItsComponent(t *testing.T) {
	t.Parallel()
	c := compose(t, `<card title="{{t}}">{{text}}<view slot="foot" class="{{t}}">bye</view><view slot="none">lost</view></card>`,
		`{t: 'A', text: 'hello'}`, map[string]string{
			"card":  `<!--multiple--><frame><view class="head">{{title}}</view><slot/></frame><slot wx:if="{{title !== 'B'}}" name="foot"/>`,
			"frame": `<view class="frame"><slot/></view>`,
		})
	c.want(`
		card
		  frame
		    view.frame
		      slot
		        view.head
		          A
		        slot
		          hello
		  slot
		    view.A
		      bye
	`)
	c.set(`data.text = 'hi'; data.t = 'B'`, []any{"text"}, []any{"t"})
	c.want(`
		card
		  frame
		    view.frame
		      slot
		        view.head
		          B
		        slot
		          hi
	`)
}

func TestAnEventLeadsThroughTheComposedTreeAndHidesTheInsideOfComponents(t *testing.T) {
	t.Parallel()
	c := compose(t, `<view bindtap="page" id="outer"><card id="host" bindtap="host"><view id="content" bindtap="content"/></card></view>`,
		`{}`, map[string]string{"card": `<view id="inner" bindtap="inner"><view id="button" bindtap="button"/><slot/></view>`})
	called := func(id string) string {
		node := c.tree.Find("#" + id)[0]
		steps, _, err := c.tree.Dispatch(node.Inst, node.ID, "tap")
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, s := range steps {
			owner := "page"
			if s.Shadow.Host() != nil {
				owner = "card"
			}
			lines = append(lines, fmt.Sprintf("%s.%s(%s, %s)", owner, s.Handler, s.Target.DOMID, s.Element.DOMID))
		}
		return strings.Join(lines, " ")
	}
	if got := called("button"); got != "card.button(button, button) card.inner(button, inner) page.host(host, host) page.page(host, outer)" {
		t.Error(got)
	}
	if got := called("content"); got != "page.content(content, content) card.inner(inner, inner) page.host(content, host) page.page(content, outer)" {
		t.Error(got)
	}
}

func TestAComponentThatIsRemovedTakesNoChanges(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"the component", "the page"} { // whose data the turn sets first
		c := compose(t, `<counter wx:if="{{on}}" count="{{n}}"/>`, `{on: true, n: 1}`, map[string]string{"counter": `{{count}}`})
		shadow := c.hosts[0].Shadow()
		if shadow.Owner() != c.tree.Root() {
			t.Error("the page does not own its component")
		}
		if tag := shadow.Host().Element().Tag; tag != "counter" {
			t.Errorf("host %s", tag)
		}
		shadow.Set([]any{"count"}, view.Of(c.rt.ToValue(2)))
		if first == "the page" {
			c.tree.Root().Touch([]any{"on"})
		}
		shadow.Touch([]any{"count"})
		c.set(`data.on = false`, []any{"on"})
		c.want("")
		shadow.Touch([]any{"count"})
		if c.tree.Touched() {
			t.Errorf("%s first: a component that is gone has changes", first)
		}
	}
}
