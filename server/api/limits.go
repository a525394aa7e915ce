package api

import "time"

const (
	// MaxBody bounds the body of a request whose route asks for no more: operations carry facts.
	// It is checked on the header, before a byte of the body is read into memory.
	MaxBody = 1 << 20
	// MaxBodyAnywhere bounds what a route may ask for, so that a slip cannot open the door wide.
	MaxBodyAnywhere = 64 << 20
	// MaxHeldBodies bounds the bodies above MaxBody that are read or worked on at once, and
	// MaxHeldBodiesOfOne those of one person: a bundle and a photo, or four photos. A body becomes a
	// form, which is a copy, and a picture another, so that they cost at most three times as much.
	MaxHeldBodies      = 64 << 20
	MaxHeldBodiesOfOne = 40 << 20
	// uploadsBusy is when somebody for whose body there was no room should come back.
	uploadsBusy = 5 * time.Second
	// MaxHeader bounds the request line and headers: room for a JWT, cookies and a long query.
	MaxHeader = 16 << 10
	// MaxToken bounds a bearer token before anything parses it; ours stay under 1 KiB.
	MaxToken = 4 << 10
	// MaxRequestID bounds an X-Request-ID that a client or a proxy brings.
	MaxRequestID = 64

	// ReadTimeout bounds the reading of a request, which ends slow-drip clients.
	ReadTimeout = 60 * time.Second
	// HeaderTimeout bounds the look at who sends a large body, before any of it is read.
	HeaderTimeout = 5 * time.Second
	// WriteTimeout bounds the writing of an answer.
	WriteTimeout = 60 * time.Second
	// IdleTimeout bounds how long a quiet keep-alive connection is held.
	IdleTimeout = 120 * time.Second
	// OperationTimeout bounds the work of one operation, database included. Publishing a bundle,
	// which has a minute of its own, is the longest.
	OperationTimeout = 75 * time.Second

	// UserPerMinute and UserBurst bound what one person may ask of the API: far above any client
	// of ours, far below what would hurt a host.
	UserPerMinute = 1200
	// AnonymousPerMinute bounds the requests of one address that is not logged in; a school or an
	// office may share one address.
	AnonymousPerMinute = 1200
)
