package compile

import (
	"bytes"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// Building npm: what the vendor's tool does when a developer chooses "Build npm". The packages that a
// package.json needs are looked up in the node_modules of the bundle and put into miniprogram_npm. A
// package made for mini programs says by the field `miniprogram` which of its folders is copied.
//
// Of any other package the vendor's tool bundles the main file into one. Here its scripts are copied
// one by one, and those that are required become modules like any other: a package then is loaded
// once even if it is required by several names (require("lodash/get") works too), positions in its
// files stay true, and only what is used reaches the image.

// npmBuild holds what was built.
type npmBuild struct {
	// origin gives for a built file of the program the file of the bundle that it was copied from.
	origin map[string]string
	// plain are the built files that are compiled only when something requires them.
	plain map[string]bool
	// packages gives for a folder in a miniprogram_npm the package.json that it was built from.
	packages map[string]*packageJSON
	visited  map[string]bool
}

// packageJSON is what building needs of a package.json.
type packageJSON struct {
	Main         string            `json:"main"`
	Module       string            `json:"module"`
	Miniprogram  string            `json:"miniprogram"`
	Browser      json.RawMessage   `json:"browser"`
	Exports      json.RawMessage   `json:"exports"`
	Dependencies map[string]string `json:"dependencies"`
}

// readPackageJSON reads a package.json of the bundle. One that cannot be read is a package without
// fields: npm itself installed it, and what is wrong shows where it is used.
func (c *compilation) readPackageJSON(file string) *packageJSON {
	out := &packageJSON{}
	content, ok := c.all[file]
	if !ok || len(content) > MaxConfigBytes || brackets(content) > MaxConfigBrackets {
		return out
	}
	standard, err := hujson.Standardize(bytes.TrimPrefix(bytes.Clone(content), []byte("\ufeff")))
	if err != nil {
		return out
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(standard, &fields) != nil {
		return out
	}
	// Each field is read for itself, because published packages have fields of odd types.
	for name, into := range map[string]any{"main": &out.Main, "module": &out.Module,
		"miniprogram": &out.Miniprogram, "dependencies": &out.Dependencies} {
		_ = json.Unmarshal(fields[name], into)
	}
	out.Browser, out.Exports = fields["browser"], fields["exports"]
	return out
}

// buildNPM adds the packages that the program needs to its files.
func (c *compilation) buildNPM() {
	c.npm = npmBuild{origin: map[string]string{}, plain: map[string]bool{},
		packages: map[string]*packageJSON{}, visited: map[string]bool{}}
	for _, relation := range c.npmRelations() {
		into, inside := strings.CutPrefix(relation.into+"/", c.root)
		if !inside {
			continue // a plugin's or another program's packages
		}
		dir := path.Dir(relation.packageJSON)
		pkg := c.readPackageJSON(relation.packageJSON)
		for _, name := range slices.Sorted(maps.Keys(pkg.Dependencies)) {
			c.buildPackage(dir, dir, strings.Trim(into, "/"), name)
		}
	}
}

// npmRelations lists the package.json files whose packages are built, and where to: those of
// packNpmManually, else every one in the program. One beside the program counts only by
// packNpmManually, as with the vendor's tool: it mostly belongs to a program that is compiled first.
func (c *compilation) npmRelations() []npmRelation {
	if c.project.manually {
		return c.project.manual
	}
	var found []npmRelation
	for name := range c.files {
		if path.Base(name) == "package.json" && !strings.Contains("/"+name, "/miniprogram_npm/") {
			in := c.root + name
			found = append(found, npmRelation{in, strings.TrimPrefix(path.Dir(in), ".")})
		}
	}
	slices.SortFunc(found, func(a, b npmRelation) int { return strings.Compare(a.packageJSON, b.packageJSON) })
	return found
}

// buildPackage builds the package `name` as it is seen from a folder of the bundle, and the packages
// that it needs in turn. top is the folder of the package.json that all began with.
func (c *compilation) buildPackage(top, from, into, name string) {
	var source string
	for at := from; ; at = path.Dir(at) {
		candidate := path.Join(at, "node_modules", name)
		if _, ok := c.all[candidate+"/package.json"]; ok {
			source = candidate
			break
		}
		if at == "." {
			return // reported where the package is used
		}
	}
	target := path.Join(into, "miniprogram_npm", name)
	// Two versions of a package: npm puts one of them into the package that needs it.
	if nested, ok := strings.CutPrefix(source, strings.TrimPrefix(top+"/", "./")); ok {
		target = inBundle(path.Join(into, strings.ReplaceAll("/"+nested, "/node_modules/", "/miniprogram_npm/")))
	}
	if c.npm.visited[target] || !npmName(name) {
		return
	}
	c.npm.visited[target] = true
	pkg := c.readPackageJSON(source + "/package.json")
	if !c.programHas(target) {
		c.copyPackage(pkg, source, target)
	}
	for _, needed := range slices.Sorted(maps.Keys(pkg.Dependencies)) {
		c.buildPackage(top, source, into, needed)
	}
}

// npmName reports whether a key of dependencies is the name of a package, and not a path.
func npmName(name string) bool {
	return npmPackage(name) == name && !strings.Contains(name, "..") && path.Clean(name) == name
}

// programHas reports whether the developer has built the folder himself.
func (c *compilation) programHas(folder string) bool {
	for name := range c.files {
		if _, built := c.npm.origin[name]; !built && strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}

// scriptKinds are the files of a plain package that may be required.
var scriptKinds = []string{".js", ".cjs", ".mjs", ".json"}

func (c *compilation) copyPackage(pkg *packageJSON, source, target string) {
	folder, forMiniPrograms := pkg.miniprogram(c, source)
	if forMiniPrograms && !c.inFunction {
		for name, content := range c.all {
			rel, ok := strings.CutPrefix(name, path.Join(source, folder)+"/")
			if ok && !strings.Contains("/"+rel, "/node_modules/") {
				c.addBuilt(path.Join(target, rel), name, content)
			}
		}
		return
	}
	c.npm.packages[target] = pkg
	for name, content := range c.all {
		rel, ok := strings.CutPrefix(name, source+"/")
		if ok && !strings.Contains("/"+rel, "/node_modules/") && slices.Contains(scriptKinds, path.Ext(rel)) {
			c.addBuilt(path.Join(target, rel), name, content)
			c.npm.plain[path.Join(target, rel)] = true
		}
	}
	if !c.inFunction {
		c.browserFiles(pkg, target)
	}
	main := c.mainFile(pkg, target)
	index := path.Join(target, "index.js")
	if main == "" || main == index {
		return
	}
	if _, taken := c.files[index]; taken {
		index = target + ".js" // comes before the folder's index.js where the name is looked up
	}
	c.addRedirect(index, main)
}

// miniprogram returns the folder of a package that is made for mini programs. miniprogram_dist is
// where the vendor's template for components puts it.
func (p *packageJSON) miniprogram(c *compilation, source string) (folder string, ok bool) {
	for _, folder := range []string{p.Miniprogram, "miniprogram_dist"} {
		if folder == "" {
			continue
		}
		folder = inBundle(folder)
		for name := range c.all {
			if strings.HasPrefix(name, path.Join(source, folder)+"/") {
				return folder, true
			}
		}
	}
	return "", false
}

func (c *compilation) addBuilt(file, from string, content []byte) {
	c.files[file], c.npm.origin[file] = content, from
}

// addRedirect adds a module that stands for another one.
func (c *compilation) addRedirect(file, to string) {
	name, _ := json.Marshal("/" + to) // a string always encodes
	c.addBuilt(file, c.npm.origin[to], []byte("module.exports = require("+string(name)+");\n"))
	c.npm.plain[file] = true
}

// browserFiles applies the field `browser` of a package: files that stand in for those that need
// Node.js. There is no Node.js here.
func (c *compilation) browserFiles(pkg *packageJSON, target string) {
	var replaced map[string]any
	if json.Unmarshal(pkg.Browser, &replaced) != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(replaced)) {
		file := path.Join(target, name)
		if !strings.HasPrefix(name, ".") {
			file = path.Join(target, "miniprogram_npm", name, "index.js")
		}
		if path.Ext(file) == "" {
			file += ".js"
		}
		switch to := replaced[name].(type) {
		case bool:
			c.addBuilt(file, path.Join(target, "package.json"), []byte("module.exports = {};\n"))
			c.npm.plain[file] = true
		case string:
			if found := c.packageFile(target, to); found != "" && found != file {
				c.addRedirect(file, found)
			}
		}
	}
}

// mainFile is the file of the program that a package's name stands for.
func (c *compilation) mainFile(pkg *packageJSON, target string) string {
	var browser string
	_ = json.Unmarshal(pkg.Browser, &browser) // otherwise it is the map of browserFiles, or absent
	candidates := []string{pkg.Main, c.exported(pkg.Exports, "."), pkg.Module, "index"}
	switch {
	case c.inFunction:
		candidates[0], candidates[1] = candidates[1], candidates[0] // as in Node.js
	case browser != "":
		candidates = append([]string{browser}, candidates...)
	}
	for _, candidate := range candidates {
		if found := c.packageFile(target, candidate); candidate != "" && found != "" {
			return found
		}
	}
	return ""
}

// packageFile completes a path inside a package as Node.js does.
func (c *compilation) packageFile(target, name string) string {
	base := inBundle(target + "/" + name)
	for _, candidate := range []string{base, base + ".js", base + ".json", base + "/index.js", base + ".cjs", base + ".mjs"} {
		if c.npm.plain[candidate] {
			return candidate
		}
	}
	return ""
}

// npmSubpath finds what a module of a package means where the path alone does not say it: by the
// field `exports`, or by a package.json in the folder. It adds a module under the plain name, because
// the engine looks names up by their paths alone.
func (c *compilation) npmSubpath(from, id string) string {
	if name := npmPackage(id); name != "" {
		for at := path.Dir(from); ; at = path.Dir(at) {
			target := path.Join(at, "miniprogram_npm", name)
			if pkg := c.npm.packages[target]; pkg != nil {
				sub := strings.TrimPrefix(id, name)
				to := c.packageFile(target, c.exported(pkg.Exports, "."+sub))
				if to == "" {
					to = c.folderMain(path.Join(target, sub))
				}
				if to == "" || sub == "" {
					return ""
				}
				c.addRedirect(path.Join(target, sub)+".js", to)
				return path.Join(target, sub) + ".js"
			}
			if at == "." {
				return ""
			}
		}
	}
	if !c.npm.plain[from] {
		return ""
	}
	base := path.Join(path.Dir(from), id)
	to := c.folderMain(base)
	if to != "" {
		c.addRedirect(base+".js", to)
		return base + ".js"
	}
	return ""
}

// folderMain is the main file of a folder with a package.json of its own.
func (c *compilation) folderMain(folder string) string {
	origin, ok := c.npm.origin[path.Join(folder, "package.json")]
	if !ok {
		return ""
	}
	return c.mainFile(c.readPackageJSON(origin), folder)
}

// conditions of the field `exports` that hold here: the first list that has one. In a list the order is that of the
// package. CommonJS is preferred, because that is what packages for these tools were tested with.
type conditions [][]string

var (
	ofPrograms  = conditions{{"require"}, {"require", "browser", "default", "import", "module"}}
	ofFunctions = conditions{{"node", "require"}, {"node", "require", "default", "import", "module"}}
)

// exported resolves the field `exports` for "." or a subpath such as "./get".
func (c *compilation) exported(field json.RawMessage, subpath string) string {
	by := ofPrograms
	if c.inFunction {
		by = ofFunctions
	}
	return exported(field, subpath, by)
}

func exported(field json.RawMessage, subpath string, by conditions) string {
	if len(field) == 0 {
		return ""
	}
	value, err := hujson.Parse(slices.Clone(field))
	if err != nil {
		return ""
	}
	object, isObject := value.Value.(*hujson.Object)
	subpaths := isObject && len(object.Members) > 0 && strings.HasPrefix(memberName(object, 0), ".")
	if !subpaths {
		if subpath != "." {
			return ""
		}
		return by.target(value, "")
	}
	best, star := -1, ""
	for i := range object.Members {
		name := memberName(object, i)
		if name == subpath {
			return by.target(object.Members[i].Value, "")
		}
		before, after, open := strings.Cut(name, "*")
		if open && len(subpath) >= len(before)+len(after) && strings.HasPrefix(subpath, before) &&
			strings.HasSuffix(subpath, after) && (best < 0 || len(name) > len(memberName(object, best))) {
			best, star = i, subpath[len(before):len(subpath)-len(after)]
		}
	}
	if best < 0 {
		return ""
	}
	return by.target(object.Members[best].Value, star)
}

func memberName(object *hujson.Object, i int) string {
	name, _ := object.Members[i].Name.Value.(hujson.Literal)
	return name.String()
}

// target reads a target of `exports`: a path, a list, or paths by condition.
func (by conditions) target(value hujson.Value, star string) string {
	switch v := value.Value.(type) {
	case hujson.Literal:
		if value.Value.Kind() == '"' {
			return strings.ReplaceAll(v.String(), "*", star)
		}
	case *hujson.Array:
		for i := range v.Elements {
			if found := by.target(v.Elements[i], star); found != "" {
				return found
			}
		}
	case *hujson.Object:
		for _, preferred := range by {
			for i := range v.Members {
				if slices.Contains(preferred, memberName(v, i)) {
					if found := by.target(v.Members[i].Value, star); found != "" {
						return found
					}
				}
			}
		}
	}
	return ""
}
