// Package fault is the one error type that every room of Teahouse speaks.
//
// A fault carries a code that a machine acts on, a slug that names the problem for good, and a
// message that a person can act on. Whatever else goes wrong inside (a driver, a socket, a bug)
// stays an ordinary error and reads from outside as "Internal error.": detail goes to the log,
// never to the client.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Code classifies a fault. Each code maps to one HTTP status.
type Code string

// The codes, with the HTTP status that they become.
const (
	Invalid         Code = "invalid"         // 422: the input breaks a rule
	Unauthenticated Code = "unauthenticated" // 401: nobody is logged in, or the token is not valid
	Forbidden       Code = "forbidden"       // 403: known, but not allowed
	NotFound        Code = "not_found"       // 404: absent, or not visible to the caller
	Conflict        Code = "conflict"        // 409: the state does not allow it now
	TooLarge        Code = "too_large"       // 413: over a named size limit
	RateLimited     Code = "rate_limited"    // 429: too often; see RetryAfter
	Unavailable     Code = "unavailable"     // 503: try again later
	Internal        Code = "internal"        // 500: a defect of ours
)

// Status returns the HTTP status of the code, 500 for an unknown one.
func (c Code) Status() int {
	switch c {
	case Invalid:
		return 422
	case Unauthenticated:
		return 401
	case Forbidden:
		return 403
	case NotFound:
		return 404
	case Conflict:
		return 409
	case TooLarge:
		return 413
	case RateLimited:
		return 429
	case Unavailable:
		return 503
	default:
		return 500
	}
}

// internalMessage is all that an outsider learns about an error that is not a fault.
const internalMessage = "Internal error."

// Field points at one part of the input that is wrong.
type Field struct {
	Path    string `json:"path"`    // where, e.g. "body.amount" or "app.json"
	Message string `json:"message"` // what is wrong and what would be right
}

// Error is a fault.
type Error struct {
	Code       Code
	Slug       string        // stable name of the problem, e.g. "insufficient-funds"
	Message    string        // for people: what happened and what to do
	Fields     []Field       // the parts of the input at fault, if any
	RetryAfter time.Duration // for RateLimited and Unavailable; 0 means unknown
	Detail     any           // further facts for the client, e.g. tries left; must marshal to JSON
	cause      error

	format string // and args: of the Message, to say it in another language
	args   []any
}

// Errorf makes a fault. The message is formatted for the person who reads it. A %w verb keeps a
// cause for the log; the cause's text is shown only if the format puts it there.
func Errorf(code Code, slug, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Code: code, Slug: slug, Message: wrapped.Error(), cause: errors.Unwrap(wrapped), format: format, args: args}
}

// Because attaches a cause that is logged but never shown, and returns the fault.
func (e *Error) Because(cause error) *Error { e.cause = cause; return e }

// With attaches facts for the client, and returns the fault.
func (e *Error) With(detail any) *Error { e.Detail = detail; return e }

// At adds a field to the fault, and returns the fault.
func (e *Error) At(path, message string) *Error {
	e.Fields = append(e.Fields, Field{Path: path, Message: message})
	return e
}

// Error implements error; it is the text for logs.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s (%s): %s: %v", e.Code, e.Slug, e.Message, e.cause)
	}
	return fmt.Sprintf("%s (%s): %s", e.Code, e.Slug, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// As returns the fault inside err, if there is one.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// CodeOf returns the code of err: Internal for anything that is not a fault, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := As(err); ok {
		return e.Code
	}
	return Internal
}

// SlugOf returns the slug of err, "internal" for anything that is not a fault, "" for nil.
func SlugOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := As(err); ok {
		return e.Slug
	}
	return "internal"
}

// MessageOf returns the text that a client may see.
func MessageOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := As(err); ok && e.Code != Internal {
		return e.Message
	}
	return internalMessage
}
