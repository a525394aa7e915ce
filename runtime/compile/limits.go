package compile

import "github.com/teahouse/teahouse/runtime/image"

const (
	// MaxConfigBytes is far above any app.json; it bounds the recursion of the JSON parser.
	MaxConfigBytes = 256 << 10
	// MaxConfigBrackets bounds the same recursion more closely.
	MaxConfigBrackets = 20_000
	// MaxPackageBytes is the vendor's limit for the main package and for each subpackage.
	MaxPackageBytes = 2 << 20
	// MaxAliases is more than any program needs; every module's name is compared with all.
	MaxAliases = 100
	// MaxJSONDepth bounds the recursion of the parser in JSON files that scripts require. Their size is
	// that of scripts.
	MaxJSONDepth = 500
	// MaxScriptBytes is the size of the largest package that the vendor accepts.
	MaxScriptBytes = 2 << 20
	// MaxScripts follows the number of modules of an image.
	MaxScripts = image.MaxModules
	// MaxPages follows the number of pages of an image.
	MaxPages = image.MaxPages
	// MaxComponents follows the number of components of an image.
	MaxComponents = image.MaxComponents
	// MaxRouteBytes keeps routes printable and their public files' names short.
	MaxRouteBytes = 200
	// MaxDiagnostics is more than a developer fixes before compiling again.
	MaxDiagnostics = 500
	// MaxCollections is how many collections the database of an app may have.
	MaxCollections = 100
	// MaxFunctions follows the number of functions of an image.
	MaxFunctions = image.MaxFunctions
	// MaxFunctionBytes bounds the scripts of a cloud function, those of its packages included: a call compiles
	// what it requires, a megabyte in a quarter of a second, when the function is first called in a worker.
	MaxFunctionBytes = 2 << 20
	// FunctionTimeout is the vendor's time for a call of a function that names none, in milliseconds, and
	// MaxFunctionTimeout the longest that a function may name.
	FunctionTimeout    = 3_000
	MaxFunctionTimeout = 60_000
	// MaxVariables bounds the names of envVariables, MaxVariableBytes one name with its value.
	MaxVariables     = 50
	MaxVariableBytes = 4 << 10
	// MaxDomains is as many as a reviewer can check.
	MaxDomains = 50
	// MaxAPIs bounds the report; the vendor has 499 and old programs a few more.
	MaxAPIs = 1_000
	// MaxHosts bounds the report of servers; a program of several services names a dozen.
	MaxHosts = 100
	// MaxHostBytes is the longest name that DNS has, and a port.
	MaxHostBytes = 260
	// MinTabs and MaxTabs are the vendor's, and what fits the width of a phone.
	MinTabs = 2
	MaxTabs = 5
	// MaxTimeout is the vendor's longest network timeout, in milliseconds.
	MaxTimeout = 60_000
	// MaxReachBottom is in CSS pixels: about ten screens.
	MaxReachBottom = 10_000
	// MaxTitleRunes bounds texts that the shell shows in one line.
	MaxTitleRunes = 200
)
