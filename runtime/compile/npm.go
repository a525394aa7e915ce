package compile

import (
	"path"
	"strings"
)

// npmAdvice says how to add an npm package to a program. node_modules is never part of a bundle:
// the vendor's tools copy the packages of a program to miniprogram_npm.
const npmAdvice = `Run "npm install", then "Build npm" in the developer tools, which makes the folder ` +
	`miniprogram_npm, and upload again. node_modules itself is not uploaded.`

// npmPackage is the name of the package in a module's name such as "@vant/weapp/button/index", or ""
// if the name is a path.
func npmPackage(id string) string {
	if id == "" || strings.HasPrefix(id, ".") || strings.HasPrefix(id, "/") || strings.Contains(id, "://") {
		return ""
	}
	parts := strings.SplitN(id, "/", 3)
	if strings.HasPrefix(id, "@") {
		if len(parts) < 2 {
			return ""
		}
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// npmMissing returns the package of a component in usingComponents, if the package is not in the
// bundle. A name without a dot may also be a path from the file's folder or from the root.
func (c *compilation) npmMissing(file, component string) string {
	name := npmPackage(component)
	if name == "" {
		return ""
	}
	dir := path.Dir(file)
	for at := dir; ; at = path.Dir(at) {
		if c.hasFolder(path.Join(at, "miniprogram_npm", name)) {
			return ""
		}
		if at == "." {
			break
		}
	}
	for _, base := range []string{path.Join(dir, component), component} {
		for _, kind := range []string{".json", ".js", ".ts", ".wxml", "/index.json", "/index.js"} {
			if _, ok := c.files[base+kind]; ok {
				return ""
			}
		}
	}
	return name
}

func (c *compilation) hasFolder(folder string) bool {
	for name := range c.files {
		if strings.HasPrefix(name, folder+"/") {
			return true
		}
	}
	return false
}
