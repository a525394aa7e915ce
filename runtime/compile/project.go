package compile

import (
	"path"
	"regexp"
	"strings"

	"github.com/teahouse/teahouse/runtime/source"
)

// projectFile describes a project to the vendor's tools. What concerns the program in it counts for
// the upload too, so that a project folder can be uploaded as it is.
const projectFile = "project.config.json"

// project is what project.config.json says.
type project struct {
	// ignored are the rules of packOptions for files that do not belong to the program, and included
	// the rules for exceptions.
	ignored, included []func(file string) bool
	// manual are the relations that packNpmManually puts in force.
	manually bool
	manual   []npmRelation
	// functions is the folder of the cloud functions in the bundle, or "".
	functions string
	// plugins are the languages that useCompilerPlugins names: "less", "sass", "typescript".
	plugins []string
}

// npmRelation says that the packages of a package.json are built into a folder.
type npmRelation struct {
	packageJSON string // path in the bundle
	into        string // folder in the bundle that gets miniprogram_npm, "" or "x/y"
}

// readProject reads project.config.json: in which folder of the bundle the program is, which files
// are left out, and where npm packages go.
func (c *compilation) readProject() {
	content, ok := c.all[projectFile]
	if !ok {
		return
	}
	doc, ok := c.document(projectFile, content)
	if !ok {
		return
	}
	doc.setText("projectname", &c.result.Report.AppName)
	if folder, ok := doc.member("cloudfunctionRoot").string(); ok {
		c.project.functions = inBundle(folder)
	}
	c.projectRoot(doc)
	pack := doc.object("packOptions")
	c.project.ignored = packRules(pack.elements("ignore"))
	c.project.included = packRules(pack.elements("include"))
	setting := doc.object("setting")
	if list := setting.member("useCompilerPlugins"); list.given() && list.value.Value.Kind() == '[' { // else it is false
		for _, plugin := range setting.elements("useCompilerPlugins") {
			if name, ok := plugin.string(); ok {
				c.project.plugins = append(c.project.plugins, name)
			}
		}
	}
	if setting.setBool("packNpmManually", &c.project.manually); !c.project.manually {
		return
	}
	for _, relation := range setting.elements("packNpmRelationList") {
		file, _ := relation.member("packageJsonPath").string()
		into, _ := relation.member("miniprogramNpmDistDir").string()
		if file == "" {
			relation.report(source.Warning, "config-value", "%s.packageJsonPath should be the path of a package.json.", relation.path)
			continue
		}
		c.project.manual = append(c.project.manual, npmRelation{packageJSON: inBundle(file), into: inBundle(into)})
	}
}

// inBundle is a path of project.config.json as the bundle writes it. It never leads out.
func inBundle(p string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(p, `\`, "/")), "/")
}

// projectRoot finds the folder of the program. A project with a build step of its own names two
// folders: miniprogramRoot has the result and srcMiniprogramRoot the source, which serves when there
// is no result.
func (c *compilation) projectRoot(doc node) {
	var missing node
	for _, key := range []string{"miniprogramRoot", "srcMiniprogramRoot"} {
		root := doc.member(key)
		text, ok := root.string()
		if !ok {
			continue
		}
		clean := inBundle(text)
		if clean == "" {
			return
		}
		for name := range c.all {
			if strings.HasPrefix(name, clean+"/") {
				c.root = clean + "/"
				return
			}
		}
		if !missing.given() {
			missing = root
		}
	}
	if missing.given() {
		text, _ := missing.string()
		missing.report(source.Error, "root-not-found", "There is no folder %q in the bundle.", text)
	}
}

// packRules reads rules of packOptions. Paths are relative to the program, with or without a slash
// in front.
func packRules(rules []node) []func(string) bool {
	var out []func(string) bool
	for _, rule := range rules {
		kind, _ := rule.member("type").string()
		value, ok := rule.member("value").string()
		if !ok || value == "" {
			rule.report(source.Warning, "config-value", "%s.value should be a path or a pattern.", rule.path)
			continue
		}
		match, err := packRule(kind, value)
		switch {
		case err != nil:
			rule.report(source.Warning, "config-value", "%s.value is not a pattern that can be read: %v.", rule.path, err)
		case match == nil:
			rule.report(source.Warning, "config-value",
				`%s.type should be "file", "folder", "prefix", "suffix", "regexp" or "glob".`, rule.path)
		default:
			out = append(out, match)
		}
	}
	return out
}

func packRule(kind, value string) (func(file string) bool, error) {
	plain := inBundle(value)
	switch kind {
	case "file":
		return func(file string) bool { return file == plain }, nil
	case "folder":
		return func(file string) bool { return strings.HasPrefix(file, plain+"/") }, nil
	case "suffix":
		return func(file string) bool { return strings.HasSuffix(file, value) }, nil
	case "prefix":
		return func(file string) bool {
			return strings.HasPrefix(path.Base(file), value) || strings.HasPrefix(file, plain)
		}, nil
	case "regexp":
		pattern, err := regexp.Compile(value)
		if err != nil {
			return nil, err
		}
		return func(file string) bool { return pattern.MatchString(file) }, nil
	case "glob":
		pattern, err := regexp.Compile(globPattern(plain))
		if err != nil {
			return nil, err
		}
		return func(file string) bool { return pattern.MatchString(file) }, nil
	}
	return nil, nil
}

// globPattern is the regular expression of a glob: "*" stays within a folder, "**" does not.
func globPattern(glob string) string {
	var b strings.Builder
	b.WriteString("^")
	for i := 0; i < len(glob); i++ {
		switch rest := glob[i:]; {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			i++
		case rest[0] == '*':
			b.WriteString("[^/]*")
		case rest[0] == '?':
			b.WriteString("[^/]")
		case rest[0] == '{' && strings.Contains(rest, "}"):
			end := strings.IndexByte(rest, '}')
			var choices []string
			for choice := range strings.SplitSeq(rest[1:end], ",") {
				choices = append(choices, regexp.QuoteMeta(choice))
			}
			b.WriteString("(?:" + strings.Join(choices, "|") + ")")
			i += end
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	return b.String() + "$"
}

// leftOut reports whether packOptions leave a file of the program out.
func (p *project) leftOut(file string) bool {
	matches := func(rules []func(string) bool) bool {
		for _, rule := range rules {
			if rule(file) {
				return true
			}
		}
		return false
	}
	return matches(p.ignored) && !matches(p.included)
}
