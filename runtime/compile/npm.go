package compile

import "strings"

// npmAdvice says how to add an npm package to a program.
const npmAdvice = `Run "npm install" beside the program's package.json and upload the folder: packages of ` +
	`its dependencies are built then. A package.json outside the program needs packNpmManually in project.config.json.`

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
