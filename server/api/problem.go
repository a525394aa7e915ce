package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/api/request"
)

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// Problem is the form of every refusal and failure over HTTP (RFC 9457).
type Problem struct {
	Type      string        `json:"type" example:"/problems/bad-amount" doc:"The stable name of the problem; compare this, not the title."`
	Title     string        `json:"title" example:"The input is not valid" doc:"The class of problem."`
	Status    int           `json:"status" example:"422" doc:"The HTTP status."`
	Detail    string        `json:"detail" example:"Amount must be a positive integer of minor units." doc:"What happened and what to do, for people."`
	RequestID string        `json:"request_id,omitempty" doc:"Give it when you ask for help; the host's log contains it too."`
	Errors    []fault.Field `json:"errors,omitempty" doc:"The parts of the input that are wrong."`
	Data      any           `json:"data,omitempty" doc:"Further facts, by problem type."`

	retryAfter int   // seconds, for the header; 0 means none
	cause      error // for the log
}

// Error implements error with the text for logs.
func (p *Problem) Error() string {
	if p.cause != nil {
		return p.cause.Error()
	}
	return p.Type + ": " + p.Detail
}

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemType }

// in returns the document in the language.
func (p *Problem) in(language string) Problem {
	shown := *p
	shown.Title = fault.Translate(language, p.Title)
	shown.Detail = fault.Translate(language, p.Detail)
	if f, ok := fault.As(p.cause); ok && p.Detail == f.Message {
		shown.Detail = fault.MessageIn(language, f)
	}
	shown.Errors = slices.Clone(p.Errors)
	for i := range shown.Errors {
		shown.Errors[i].Message = fault.Translate(language, shown.Errors[i].Message)
	}
	return shown
}

// titles describes each class of problem.
var titles = map[int]string{
	400: "The request cannot be read",
	401: "Log in first",
	403: "Not allowed",
	404: "Not found",
	405: "This method is not offered here",
	406: "No such representation",
	408: "The request took too long to arrive",
	409: "Not possible in this state",
	413: "Too large",
	415: "This media type is not accepted here",
	422: "The input is not valid",
	429: "Too many requests",
	431: "The headers are too large",
	500: "Something went wrong on our side",
	501: "This method is not known",
	503: "Not available at the moment",
}

// plain are the slugs and messages of problems that fiber, fasthttp or huma find. Their own texts
// are not shown, because some contain internal details.
var plain = map[int][2]string{
	400: {"bad-request", "The request cannot be read; check that its body is valid JSON."},
	401: {"login-required", "Log in and send the access token as a Bearer token."},
	403: {"forbidden", "This is not allowed."},
	404: {"not-found", "There is nothing at this address; the API is described at /docs."},
	405: {"method-not-allowed",
		"This address does not accept that method; see the Allow header and /docs."},
	406: {"not-acceptable", "Only application/json is offered."},
	408: {"request-timeout", "The request took too long to arrive; send it again."},
	413: {"body-too-large", "The body is larger than this address accepts."},
	415: {"unsupported-media-type", "Send the body as application/json."},
	422: {"invalid-input", "Some of the input is not valid; errors says which part."},
	426: {"upgrade-required", "This address speaks only WebSocket."},
	431: {"headers-too-large", "The headers of the request are too large."},
	501: {"method-unknown", "This method is not known here. Methods are written in capitals: GET, POST, PUT, PATCH, DELETE."},
}

// unstorable are PostgreSQL's codes for a text that it cannot store: a zero character, or half of a
// surrogate pair in JSON. They are recognised here, so that no operation that accepts a text can
// forget it.
var unstorable = []string{"22021", "22P05"}

// noStore is the default Cache-Control, and that of every failure.
const noStore = "no-store"

// ProblemOf turns any error into the document that a client may see. A fault shows its own text;
// errors of the HTTP layer show a text of ours; anything else shows "Internal error.".
func ProblemOf(err error) *Problem {
	if problem, ok := errors.AsType[*Problem](err); ok {
		return problem
	}
	if f, ok := fault.As(err); ok {
		return problemOfFault(f, err)
	}
	if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && slices.Contains(unstorable, pg.Code) {
		p := plainProblem(422, err)
		p.Type, p.Detail = "/problems/bad-text", "A text contains a character that cannot be stored."
		return p
	}
	if databaseUnavailable(err) {
		return &Problem{Type: "/problems/database-unavailable", Title: titles[503], Status: 503,
			Detail:     "The host's database does not answer at the moment; try again in a few seconds.",
			retryAfter: databaseRetrySeconds, cause: err}
	}
	var httpError *fiber.Error
	if errors.As(err, &httpError) && httpError.Code < 500 {
		return plainProblem(httpError.Code, err)
	}
	return &Problem{
		Type: "/problems/internal", Title: titles[500], Status: 500,
		Detail: fault.MessageOf(err), cause: err,
	}
}

// databaseRetrySeconds is the longest time that PostgreSQL needed in tests to restart after a kill
// under load.
const databaseRetrySeconds = 5

// databaseUnavailable reports whether PostgreSQL cannot be reached, is starting or is stopping,
// which is temporary. It is false for a connection that broke in the middle of a statement: the
// statement may have been executed, and the client must ask before it tries again.
func databaseUnavailable(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	var pg *pgconn.PgError
	// Class 57P: admin shutdown, crash shutdown, cannot connect now.
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "57P") || pgconn.SafeToRetry(err)
}

func problemOfFault(f *fault.Error, err error) *Problem {
	status := f.Code.Status()
	p := &Problem{
		Type: "/problems/" + f.Slug, Title: titles[status], Status: status,
		Detail: fault.MessageOf(err), Errors: f.Fields, Data: f.Detail, cause: err,
	}
	if f.RetryAfter > 0 {
		p.retryAfter = ratelimit.Seconds(f.RetryAfter)
	}
	if f.Code == fault.Internal {
		p.Errors, p.Data = nil, nil
	}
	return p
}

func plainProblem(status int, cause error) *Problem {
	text, ok := plain[status]
	if !ok {
		text = [2]string{"bad-request", http.StatusText(status) + "."}
	}
	title := titles[status]
	if title == "" {
		title = http.StatusText(status)
	}
	return &Problem{
		Type: "/problems/" + text[0], Title: title, Status: status, Detail: text[1], cause: cause,
	}
}

// The JSON decoder ignores the case of field names, so a schema that compares the case could check
// a value that is not the one used. huma has one switch for the whole process.
func init() { huma.ValidateStrictCasing = true }

// useProblems makes huma use our problem documents. huma has one hook for the whole process.
func useProblems() {
	huma.NewError = newHumaError
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string,
		errs ...error) huma.StatusError {
		problem := newHumaError(status, message, errs...).(*Problem)
		if ctx == nil {
			return problem
		}
		language := cmp.Or(request.FromContext(ctx.Context()).Language, fault.English)
		shown := problem.in(language) // a copy: a handler may return one Problem many times
		ctx.SetHeader(fiber.HeaderContentLanguage, language)
		ctx.AppendHeader(fiber.HeaderVary, fiber.HeaderAcceptLanguage)
		shown.RequestID = request.FromContext(ctx.Context()).ID
		if shown.retryAfter > 0 {
			ctx.SetHeader("Retry-After", strconv.Itoa(shown.retryAfter))
		}
		noteError(ctx, &shown)
		return &shown
	}
}

// newHumaError builds the document for an error that a handler returned, or for what huma found in
// the input. Values of the input are never repeated: they may be passwords.
func newHumaError(status int, message string, errs ...error) huma.StatusError {
	if status >= 500 && len(errs) == 1 && errs[0] != nil {
		return ProblemOf(errs[0])
	}
	if status >= 500 {
		return ProblemOf(errors.New(message))
	}
	if status == 0 {
		return &Problem{} // huma asks for an example, to document the shape
	}
	p := plainProblem(status, nil)
	for _, err := range errs {
		var detail huma.ErrorDetailer
		if errors.As(err, &detail) {
			d := detail.ErrorDetail()
			p.Errors = append(p.Errors, fault.Field{Path: d.Location, Message: plainDetail(d.Message)})
		}
	}
	return p
}

// plainDetail returns the messages of huma's validation as they are. Any other text comes from the
// error of a library, and may name Go types, files or parts of the input.
func plainDetail(message string) string {
	for _, start := range []string{"expected ", "unexpected property", "required ", "request body is required"} {
		if strings.HasPrefix(message, start) {
			return message
		}
	}
	if strings.HasPrefix(message, "json: cannot unmarshal") {
		return "has the wrong type"
	}
	return "cannot be read"
}

// writeProblem answers a raw fiber request with the document of err and returns it for the log.
func writeProblem(c *fiber.Ctx, err error) *Problem {
	language := cmp.Or(request.FromContext(c.UserContext()).Language, fault.English)
	problem := ProblemOf(err).in(language)
	problem.RequestID = request.FromContext(c.UserContext()).ID
	if problem.retryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(problem.retryAfter))
	}
	body, marshalErr := json.Marshal(&problem)
	if marshalErr != nil { // Data that does not marshal is a defect; the client must still get an answer
		problem.Data = nil
		body, _ = json.Marshal(&problem)
	}
	c.Status(problem.Status).Set(fiber.HeaderContentType, problemType)
	c.Set(fiber.HeaderContentLanguage, language)
	c.Vary(fiber.HeaderAcceptLanguage)
	// The handler may have set caching headers for an answer that it then could not send.
	c.Set(fiber.HeaderCacheControl, noStore)
	c.Response().Header.Del(fiber.HeaderETag)
	c.Response().Header.Del(fiber.HeaderContentDisposition)
	c.Response().SetBodyRaw(body)
	return &problem
}
