package api

import "time"

const (
	// MaxBody bounds the body of a request, except for routes that ask for more: most operations
	// send small values. It is checked on the header, before a byte of the body is read into
	// memory.
	MaxBody = 1 << 20
	// MaxBodyAnywhere bounds what a route may ask for, so that a mistake in one route does not lift the limit.
	MaxBodyAnywhere = 64 << 20
	// MaxHeldBodies bounds the memory of all bodies above MaxBody that are being read or processed,
	// and MaxHeldBodiesOfOne that of one person: a bundle and a photo, or three photos. fasthttp
	// allocates the next power of two for a body, so a photo of 9 MB counts as 16. Nothing copies a
	// body (see server/api/form); until the next garbage collection the memory may be twice as
	// much.
	MaxHeldBodies      = 96 << 20
	MaxHeldBodiesOfOne = 48 << 20
	// uploadsBusy is when the sender of a body for which there was no memory should try again.
	uploadsBusy = 5 * time.Second
	// MaxHeader bounds the request line and headers: enough for a JWT, cookies and a long query.
	MaxHeader = 16 << 10
	// MaxToken bounds a bearer token before anything parses it; ours stay under 1 KiB.
	MaxToken = 4 << 10
	// MaxRequestID bounds an X-Request-ID that a client or a proxy brings.
	MaxRequestID = 64

	// ReadTimeout bounds the reading of a request, against clients that send very slowly on
	// purpose.
	ReadTimeout = 60 * time.Second
	// HeaderTimeout bounds the check of who sends a large body, before any of it is read.
	HeaderTimeout = 5 * time.Second
	// WriteTimeout bounds the writing of an answer.
	WriteTimeout = 60 * time.Second
	// IdleTimeout bounds how long an idle keep-alive connection stays open.
	IdleTimeout = 120 * time.Second
	// OperationTimeout bounds the work of one operation, database included. Publishing a bundle,
	// which may take a minute, is the longest.
	OperationTimeout = 75 * time.Second

	// UserPerMinute and UserBurst bound what one person may ask of the API: far more than any
	// client of ours sends, and far less than what overloads a host.
	UserPerMinute = 1200
	// AnonymousPerMinute bounds the requests of one address that is not logged in; a school or an
	// office may share one address.
	AnonymousPerMinute = 1200
)
