package sessions

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/server/auth"
)

type clearInput struct {
	AppID string `path:"app_id" maxLength:"64"`
}

func (s *Service) clearRoutes(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "clear-app-storage", Method: http.MethodDelete, Path: "/api/v1/me/apps/{app_id}/storage",
		Summary: "Delete what a mini program keeps for you", Tags: []string{"people"}, Security: auth.AsUser,
		Description: "Deletes its storage and its files. What its own server and its cloud database know stays. " +
			"The mini program is closed where it is open.",
	}, func(ctx context.Context, in *clearInput) (*struct{}, error) {
		return nil, s.ClearStorage(ctx, auth.UserFromContext(ctx), in.AppID)
	})
}

// ClearStorage deletes the storage and the files that an app keeps for a user. The app is closed first
// where the user has it open on this host, since an app may store what it has in memory as it closes; on
// other hosts it is told of the change. An app that keeps nothing is no error. The fault is Unavailable
// when the database does not answer; then the deletion is tried again.
func (s *Service) ClearStorage(ctx context.Context, user uuid.UUID, appID string) error {
	for _, session := range s.openSessions() {
		if session.who.UserID != user || session.launch.AppID != appID {
			continue
		}
		session.conn.End(fault.Errorf(fault.Unavailable, "storage-cleared",
			"What this mini program kept for you was deleted. Open it again to continue."))
		select {
		case <-session.ctx.Done(): // what it stored at its end has been taken
		case <-time.After(UnloadWait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	k := s.store.acquire(user, appID)
	err := k.put(&reader{}, protocol.StorageOp{Op: "clear"}, func(fault.Text) {}) // nothing is refused
	if failed := s.store.release(k); failed != nil {
		err = errUnsaved(failed)
	}
	return err
}
