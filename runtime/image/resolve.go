package image

import (
	"path"
	"strings"
)

// Alias is one entry of resolveAlias in app.json, such as "~/*" for "/*" or "lib" for "/lib/index".
type Alias struct {
	Name   string `json:"name"`
	Target string `json:"target"`
}

// Aliased returns a module's or component's name with its alias replaced. The longest alias wins, as
// it says the most. The target is a path from the root of the program.
func Aliased(aliases []Alias, id string) string {
	best, found := "", -1
	for _, a := range aliases {
		prefix, open := strings.CutSuffix(a.Name, "*")
		if len(prefix) <= found || open && !strings.HasPrefix(id, prefix) || !open && id != a.Name {
			continue
		}
		found = len(prefix)
		best = "/" + strings.TrimPrefix(a.Target, "/")
		if target, ok := strings.CutSuffix(best, "*"); open && ok {
			best = target + id[len(prefix):]
		}
	}
	if found < 0 {
		return id
	}
	return best
}

// ResolveModule finds the module that the file `from` names: relative to the file, from the root, in
// the npm packages of the folder and its parents, and last beside the file or from the root without
// "./", as the vendor's loader does. It returns "" if has knows none. The compiler and the engine
// both ask it, so that they agree.
func ResolveModule(aliases []Alias, has func(file string) bool, from, id string) string {
	find := func(p string) string {
		p = strings.TrimPrefix(path.Clean("/"+p), "/")
		for _, candidate := range [...]string{p, p + ".js", path.Join(p, "index.js"), p + ".json"} {
			if has(candidate) {
				return candidate
			}
		}
		return ""
	}
	dir := path.Dir(from)
	id = Aliased(aliases, id)
	switch {
	case id == "":
		return ""
	case strings.HasPrefix(id, "/"):
		return find(id)
	case strings.HasPrefix(id, "../"), id == ".", id == "..":
		return find(path.Join("/"+dir, id))
	case strings.HasPrefix(id, "./"):
		if found := find(path.Join("/"+dir, id)); found != "" {
			return found
		}
		id = path.Clean(id) // published programs write "./" before the name of a package
	}
	for at := dir; ; at = path.Dir(at) {
		if found := find(path.Join("/"+at, "miniprogram_npm", id)); found != "" {
			return found
		}
		if at == "." || at == "/" {
			break
		}
	}
	if found := find(path.Join("/"+dir, id)); found != "" {
		return found
	}
	return find(id)
}

// ResolveInFunction is ResolveModule for cloud functions: as in Node.js a name without "./" is that of a package, and
// never of a file beside. It may be a file from the root of the function, which the vendor's machines look up too.
func ResolveInFunction(has func(file string) bool, from, id string) string {
	found := ResolveModule(nil, has, from, id)
	if strings.HasPrefix(id, ".") || strings.HasPrefix(id, "/") || strings.Contains("/"+found, "/miniprogram_npm/"+strings.TrimSuffix(id, "/")) {
		return found
	}
	return ResolveModule(nil, has, "", id)
}
