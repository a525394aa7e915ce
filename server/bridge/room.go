package bridge

import "context"

// Room is the host's memory for the answer of one call, from where it is read until the app has it. A capability
// whose answer may be large takes room before it reads it.
type Room interface {
	// Take waits until so many more bytes are free, for the person and on the host, or until ctx ends.
	Take(ctx context.Context, bytes int64) error
}

type roomKey struct{}

// WithRoom returns a context that carries the room of a call.
func WithRoom(ctx context.Context, room Room) context.Context {
	return context.WithValue(ctx, roomKey{}, room)
}

// TakeRoom takes room for the answer of the call in ctx. Without a room in ctx there is no limit.
func TakeRoom(ctx context.Context, bytes int64) error {
	if room, ok := ctx.Value(roomKey{}).(Room); ok {
		return room.Take(ctx, bytes)
	}
	return nil
}

// Encoded is a result that writes its own JSON, because it is too large to be copied on the way.
type Encoded interface {
	EncodeJSON() (json []byte, err error)
}
