package api

import (
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// sections are the parts of the interface in the order of the page: first for people, then for
// servers of accounts and for developers, last for administrators.
var sections = []struct{ name, about string }{
	{"People", "Sign up, log in, tokens, and what you have allowed apps."},
	{"Chat", "Conversations, messages, pictures."},
	{"Official accounts", "Find and follow them."},
	{"Apps", "Find released mini programs."},
	{"Wallet", "Money, orders, the PIN."},
	{"Developer", "Accounts and apps that you work on: secrets, templates, webhooks, orders, logs."},
	{"Versions", "Upload, submit and release versions of an app."},
	{"Bridge", "What the server of an app may do, with the app's own token."},
	{"Review", "For administrators: what developers have submitted."},
	{"Admin", "For administrators: apps, audit log, ledger."},
}

// sectionOf returns the section of an operation with this tag: packages write the same name in
// different ways, and all operations for administrators are in one section.
func sectionOf(tag, path string) string {
	if strings.HasPrefix(path, "/api/v1/admin/") && !strings.EqualFold(tag, "Review") {
		return "Admin"
	}
	for _, s := range sections {
		if strings.EqualFold(s.name, tag) {
			return s.name
		}
	}
	return strings.ToUpper(tag[:1]) + tag[1:]
}

// refusals are the answers that many operations have in common, each with what to do. The exact
// types are in the guide to errors.
var refusals = []struct {
	status     int
	name, text string
}{
	{401, "LoginRequired", "Nobody is logged in, or the token has expired. Log in again or get a new token, then repeat."},
	{403, "NotAllowed", "The token does not allow this: another role or scope is needed."},
	{404, "NotFound", "It does not exist, or the caller may not see it."},
	{409, "NotNow", "The present state does not allow it. Read the state again, then decide."},
	{413, "TooLarge", "The body is larger than this operation accepts."},
	{422, "InvalidInput", "The input breaks a rule; errors says which part. Repeating it does not help."},
	{429, "TooMany", "Too many requests. Wait as many seconds as Retry-After says."},
	{503, "Unavailable", "A part of the service is busy or unavailable at the moment. Wait for Retry-After, then repeat."},
}

const responses = "#/components/responses/"

// refusalComponents are the refusals as components of the document.
func refusalComponents() map[string]*huma.Response {
	components := map[string]*huma.Response{}
	for _, r := range refusals {
		components[r.name] = &huma.Response{Description: r.text, Content: map[string]*huma.MediaType{
			problemType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}},
		}}
	}
	return components
}

// describeRefusals adds to an operation the refusals that it can answer with.
func describeRefusals(path, method string, op map[string]any) {
	answers, _ := op["responses"].(map[string]any)
	if answers == nil {
		return
	}
	for status := range answers {
		if strings.HasPrefix(status, "4") {
			return // it describes its refusals itself
		}
	}
	open := len(asList(op["security"])) == 0
	_, body := op["requestBody"]
	for _, r := range refusals {
		possible := true
		switch r.status {
		case 401, 403:
			possible = !open
		case 404:
			possible = strings.Contains(path, "{") || strings.HasPrefix(path, "/bridge/")
		case 409:
			possible = method != "get"
		case 413:
			possible = body
		case 422:
			possible = body || len(asList(op["parameters"])) > 0
		}
		if possible {
			answers[strconv.Itoa(r.status)] = map[string]any{"$ref": responses + r.name}
		}
	}
}

// errorsFrom names, for a package, the other packages whose errors its operations return.
var errorsFrom = map[string][]string{
	"server/auth/authhttp": {"server/auth"},
	"server/wallet":        {"payments", "payments/orders", "payments/pin", "payments/bank", "payments/webhooks"},
	"server/publishing":    {"registry", "registry/bundle", "server/accounts", "runtime/worker"},
	"server/media":         {"runtime/picture"},
}

// errorsExtension names the sections of the guide to errors that an operation's types are in.
const errorsExtension = "x-errors"

// noteErrorPackages records which package registers an operation: its errors come from there.
func noteErrorPackages(_ *huma.OpenAPI, op *huma.Operation) {
	const ours = "github.com/teahouse/teahouse/"
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for {
		frame, more := frames.Next()
		pkg, ok := strings.CutPrefix(frame.Function, ours)
		if ok && !strings.HasPrefix(pkg, "server/api.") {
			slash := strings.LastIndexByte(pkg, '/')
			name, _, _ := strings.Cut(pkg[slash+1:], ".")
			pkg = pkg[:slash+1] + name
			if op.Extensions == nil {
				op.Extensions = map[string]any{}
			}
			op.Extensions[errorsExtension] = append([]string{pkg}, errorsFrom[pkg]...)
			return
		}
		if !more {
			return
		}
	}
}

// describe completes the document for its readers: sections in order, refusals, examples.
func describe(tree map[string]any) {
	components, _ := tree["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	used := map[string]bool{}
	paths, _ := tree["paths"].(map[string]any)
	for path, item := range paths {
		for method, operation := range item.(map[string]any) {
			op, ok := operation.(map[string]any)
			if !ok {
				continue
			}
			for i, tag := range asList(op["tags"]) {
				name := sectionOf(tag.(string), path)
				op["tags"].([]any)[i] = name
				used[name] = true
			}
			describeRefusals(path, method, op)
			if body, ok := op["requestBody"].(map[string]any); ok {
				addExample(schemas, body)
			}
			answers, _ := op["responses"].(map[string]any)
			for status, answer := range answers {
				if a, ok := answer.(map[string]any); ok && strings.HasPrefix(status, "2") {
					addExample(schemas, a)
				}
			}
		}
	}
	tags := []any{}
	for _, s := range sections {
		if used[s.name] {
			tags = append(tags, map[string]any{"name": s.name, "description": s.about})
			delete(used, s.name)
		}
	}
	others := []string{}
	for name := range used {
		others = append(others, name)
	}
	slices.Sort(others)
	for _, name := range others {
		tags = append(tags, map[string]any{"name": name})
	}
	tree["tags"] = tags
}
