// Package audit keeps the log of actions: append-only, written in the transaction of the action.
//
// An entry exists if and only if its action was committed. The database itself refuses to change or
// delete entries.
package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/server/api/request"
)

// Entry is one action.
type Entry struct {
	Actor  string // who did it; "" means the caller in the context, or "system" when there is none
	Action string // what, dotted: "app.secret.rotate"
	Target string // to what: "app:ta0123…", "user:<uuid>"
	Detail any    // further facts, marshalled to a JSON object; never secrets. nil means {}
}

// LogEntry is an entry as stored in the log.
type LogEntry struct {
	ID        uuid.UUID       `json:"id"`
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor" example:"user:0190f3f8-0000-7000-8000-000000000000"`
	Action    string          `json:"action" example:"app.secret.rotate"`
	Target    string          `json:"target" example:"app:ta0123456789abcdef"`
	Detail    json.RawMessage `json:"detail"`
	RequestID string          `json:"request_id"`
	IP        string          `json:"ip"`
}

// Writer is a pgx.Tx, or a pool when the action needs no transaction.
type Writer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Record appends the entry with the caller, request ID and address of the context.
func Record(ctx context.Context, db Writer, e Entry) error {
	info := request.FromContext(ctx)
	if e.Actor == "" {
		e.Actor = cmp.Or(info.Caller, "system")
	}
	detail := []byte("{}")
	if e.Detail != nil {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return fmt.Errorf("audit: detail of %s: %w", e.Action, err)
		}
	}
	if len(detail) > MaxDetailBytes {
		detail, _ = json.Marshal(map[string]int{"detail_too_large": len(detail)})
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `
		INSERT INTO audit_log (id, actor, action, target, detail, request_id, ip)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, e.Actor, e.Action, e.Target, detail, info.ID, info.IP)
	if err != nil {
		return fmt.Errorf("audit: writing %s: %w", e.Action, err)
	}
	return nil
}
