package accounts

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
)

// Invitations makes people members of accounts and testers of apps, with their consent: a person is
// invited by handle, sees who invites them to what, and accepts or declines. Without that, people
// could be made responsible for what others do in the name of an account.
type Invitations struct {
	pool   *pgxpool.Pool
	apps   *Apps  // told of testers who are none any more
	pusher Pusher // may be nil
	log    *slog.Logger
	now    func() time.Time
}

// Pusher sends an event to the open clients of a person; realtime.Hub implements it.
type Pusher interface {
	Push(ctx context.Context, userID uuid.UUID, event any) error
}

// roleTester is the role of an invitation to test an app; testers are not members.
const roleTester = "tester"

// Invitation is an open invitation, as both sides see it.
type Invitation struct {
	ID        uuid.UUID  `json:"id"`
	Account   AccountRef `json:"account"`
	App       *AppName   `json:"app" doc:"Set for a tester."`
	Role      string     `json:"role" enum:"owner,developer,tester"`
	Person    PersonRef  `json:"person" doc:"Who is invited."`
	InvitedBy PersonRef  `json:"invited_by"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
}

// AppName names an app.
type AppName struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	IconURL string `json:"icon_url"`
}

// Tester is a person who may try versions of an app that are not released.
type Tester struct {
	PersonRef
	CreatedAt time.Time `json:"created_at"`
}

const invitationQuery = `
	SELECT i.id, i.role, i.created_at, i.expires_at, a.id, a.name, p.id, coalesce(p.name, ''), coalesce(p.icon_url, ''),
	       u.id, u.handle, u.display_name, b.id, b.handle, b.display_name
	FROM invitation i JOIN official_account a ON a.id = i.account_id LEFT JOIN app p ON p.id = i.app_id
	JOIN app_user u ON u.id = i.user_id JOIN app_user b ON b.id = i.invited_by
	WHERE i.state = 'pending' AND i.expires_at > $1 `

func (s *Invitations) query(ctx context.Context, sql string, args ...any) ([]Invitation, error) {
	rows, err := s.pool.Query(ctx, invitationQuery+sql, append([]any{s.now()}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (i Invitation, err error) {
		var appID *string
		var app AppName
		err = row.Scan(&i.ID, &i.Role, &i.CreatedAt, &i.ExpiresAt, &i.Account.ID, &i.Account.Name,
			&appID, &app.Name, &app.IconURL, &i.Person.ID, &i.Person.Handle, &i.Person.DisplayName,
			&i.InvitedBy.ID, &i.InvitedBy.Handle, &i.InvitedBy.DisplayName)
		if appID != nil {
			app.ID = *appID
			i.App = &app
		}
		return i, err
	})
}

// invite makes an invitation. Owners invite to the account; every member invites testers of its
// apps. Inviting again replaces the role and restarts the time. A person who declined cannot be
// invited again for InvitationPause.
func (s *Invitations) invite(
	ctx context.Context, caller uuid.UUID, to subject, handle, role string,
) (Invitation, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Invitation{}, err
	}
	var person uuid.UUID
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.mayInvite(ctx, tx, caller, to, role); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT id FROM app_user WHERE handle = $1 AND disabled_at IS NULL`,
			auth.NormalizeHandle(handle)).Scan(&person)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.Errorf(fault.NotFound, "no-such-user", "Nobody has the handle @%s.",
				auth.NormalizeHandle(handle)).At("body.handle", "is nobody's")
		}
		if err != nil {
			return err
		}
		if err := alreadyIn(ctx, tx, to, person); err != nil {
			return err
		}
		if err := s.leftAlone(ctx, tx, to, person); err != nil {
			return err
		}
		if err := s.revokeOpen(ctx, tx, to, person); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO invitation (id, account_id, app_id, user_id, role, state, invited_by, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8)`,
			id, to.accountID, to.app(), person, role, caller, s.now(), s.now().Add(InvitationLife))
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "invitation.create", Target: to.target(),
			Detail: map[string]string{"user": person.String(), "role": role}})
	})
	if err != nil {
		return Invitation{}, err
	}
	s.wake(ctx, person)
	return s.one(ctx, `AND i.id = $2`, id)
}

func (s *Invitations) one(ctx context.Context, sql string, args ...any) (Invitation, error) {
	found, err := s.query(ctx, sql, args...)
	if err == nil && len(found) == 0 {
		err = noSuchInvitation()
	}
	if err != nil {
		return Invitation{}, err
	}
	return found[0], nil
}

func noSuchInvitation() error {
	return fault.Errorf(fault.NotFound, "no-such-invitation",
		"There is no such invitation; it may have expired or been withdrawn.")
}

// wake tells the person's open clients to load the invitations. A client that misses this sees the
// invitation when it next loads them.
func (s *Invitations) wake(ctx context.Context, person uuid.UUID) {
	if s.pusher == nil {
		return
	}
	if err := s.pusher.Push(ctx, person, map[string]string{"type": "invitation"}); err != nil {
		s.log.WarnContext(ctx, "push of an invitation failed", "error", err)
	}
}

// mayInvite locks the account, so that counting and adding are one step.
func (s *Invitations) mayInvite(ctx context.Context, tx pgx.Tx, caller uuid.UUID, to subject, role string) error {
	var callerRole string
	var open, testers int
	err := tx.QueryRow(ctx, `
		SELECT m.role, (SELECT count(*) FROM invitation i WHERE i.account_id = a.id AND i.state = 'pending' AND i.expires_at > $3),
		       (SELECT count(*) FROM app_tester t WHERE t.app_id = $4)
		FROM official_account a JOIN account_member m ON m.account_id = a.id AND m.user_id = $2
		WHERE a.id = $1 FOR UPDATE OF a`, to.accountID, caller, s.now(), to.appID).Scan(&callerRole, &open, &testers)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return noSuchAccount()
	case err != nil:
		return err
	case role != roleTester && callerRole != "owner":
		return ownersOnly()
	case open >= MaxInvitations:
		return fault.Errorf(fault.Conflict, "too-many-invitations",
			"The account has %d open invitations; wait for answers, or take some back.", open)
	case testers >= MaxTesters:
		return fault.Errorf(fault.Conflict, "too-many-testers", "An app has at most %d testers.", MaxTesters)
	}
	return nil
}

func ownersOnly() error {
	return fault.Errorf(fault.Forbidden, "owners-only", "Only owners of the account may do this.")
}

// alreadyIn refuses an invitation for a person who is already a member or tester.
func alreadyIn(ctx context.Context, tx pgx.Tx, to subject, person uuid.UUID) error {
	var member, tester bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM account_member WHERE account_id = $1 AND user_id = $3),
		       EXISTS (SELECT FROM app_tester WHERE app_id = $2 AND user_id = $3)`,
		to.accountID, to.appID, person).Scan(&member, &tester)
	switch {
	case err != nil:
		return err
	case member:
		return fault.Errorf(fault.Conflict, "already-member", "This person works on the account already.")
	case tester:
		return fault.Errorf(fault.Conflict, "already-tester", "This person is a tester of the app already.")
	}
	return nil
}

// leftAlone refuses an invitation for a person who declined one of the account or of any of its apps, or
// was invited often, also when it was taken back: otherwise an account could ask again and again.
func (s *Invitations) leftAlone(ctx context.Context, tx pgx.Tx, to subject, person uuid.UUID) error {
	var declined bool
	var asked int
	err := tx.QueryRow(ctx, `
		SELECT coalesce(bool_or(state = 'declined' AND decided_at > $3), false), count(*) FILTER (WHERE created_at > $3)
		FROM invitation WHERE account_id = $1 AND user_id = $2`,
		to.accountID, person, s.now().Add(-InvitationPause)).Scan(&declined, &asked)
	if err == nil && declined {
		err = fault.Errorf(fault.Conflict, "declined-lately",
			"This person declined an invitation lately; an account may invite again %d days after that.",
			int(InvitationPause.Hours()/24))
	}
	if err == nil && asked >= MaxInvitationsOfOne { // each of them rang, taken back or not
		err = fault.Errorf(fault.Conflict, "invited-often",
			"The account invited this person %d times within %d days; wait before inviting them again.",
			asked, int(InvitationPause.Hours()/24))
	}
	return err
}

func (s *Invitations) revokeOpen(ctx context.Context, tx pgx.Tx, to subject, person uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		UPDATE invitation SET state = 'revoked', decided_at = $4
		WHERE account_id = $1 AND app_id IS NOT DISTINCT FROM $2 AND user_id = $3 AND state = 'pending'`,
		to.accountID, to.app(), person, s.now())
	return err
}

// revoke takes an open invitation of the account or app back.
func (s *Invitations) revoke(ctx context.Context, to subject, id uuid.UUID) error {
	var person uuid.UUID
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			UPDATE invitation SET state = 'revoked', decided_at = $4
			WHERE id = $1 AND account_id = $2 AND app_id IS NOT DISTINCT FROM $3 AND state = 'pending'
			RETURNING user_id`, id, to.accountID, to.app(), s.now()).Scan(&person)
		if errors.Is(err, pgx.ErrNoRows) {
			return noSuchInvitation()
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "invitation.revoke", Target: to.target(),
			Detail: map[string]string{"user": person.String()}})
	})
	if err == nil {
		s.wake(ctx, person)
	}
	return err
}

// answer accepts or declines an invitation of the caller's. A person who accepts is a member or
// tester from that moment.
func (s *Invitations) answer(ctx context.Context, caller, id uuid.UUID, accept bool) error {
	state, action := "declined", "invitation.decline"
	if accept {
		state, action = "accepted", "invitation.accept"
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var to subject
		var appID *string
		var role string
		// The account is locked first, as in mayInvite and setMember: the same order of locks
		// everywhere.
		err := tx.QueryRow(ctx, `
			SELECT a.id FROM official_account a JOIN invitation i ON i.account_id = a.id
			WHERE i.id = $1 AND i.user_id = $2 FOR UPDATE OF a`, id, caller).Scan(&to.accountID)
		if err == nil {
			err = tx.QueryRow(ctx, `
				UPDATE invitation SET state = $3, decided_at = $4
				WHERE id = $1 AND user_id = $2 AND state = 'pending' AND expires_at > $4
				RETURNING app_id, role`, id, caller, state, s.now()).Scan(&appID, &role)
		}
		if errors.Is(err, pgx.ErrNoRows) {
			return noSuchInvitation()
		}
		if err != nil {
			return err
		}
		if appID != nil {
			to.appID = *appID
		}
		if accept {
			if err := join(ctx, tx, to, caller, role); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Entry{Action: action, Target: to.target(),
			Detail: map[string]string{"role": role}})
	})
}

// join makes the person what they accepted to be.
func join(ctx context.Context, tx pgx.Tx, to subject, person uuid.UUID, role string) error {
	if role == roleTester {
		_, err := tx.Exec(ctx, `
			INSERT INTO app_tester (app_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, to.appID, person)
		return err
	}
	if err := addMember(ctx, tx, to.accountID, person, role); err != nil {
		return err
	}
	return limitMembers(ctx, tx, to.accountID)
}

// testers lists who may try the app.
func (s *Invitations) testers(ctx context.Context, appID string) ([]Tester, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT u.id, u.handle, u.display_name, t.created_at FROM app_tester t JOIN app_user u ON u.id = t.user_id
		WHERE t.app_id = $1 ORDER BY t.created_at, u.id`, appID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Tester, err error) {
		err = row.Scan(&t.ID, &t.Handle, &t.DisplayName, &t.CreatedAt)
		return t, err
	})
}

// removeTester makes a person no longer a tester; testers may remove themselves.
func (s *Invitations) removeTester(ctx context.Context, appID string, person uuid.UUID) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM app_tester WHERE app_id = $1 AND user_id = $2`, appID, person)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Errorf(fault.NotFound, "no-such-tester", "This person is no tester of the app.")
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "app.tester.remove", Target: "app:" + appID,
			Detail: map[string]string{"user": person.String()}})
	})
	if err == nil {
		s.apps.tellChanged(ctx, appID)
	}
	return err
}

// testing lists the apps that the person tests.
func (s *Invitations) testing(ctx context.Context, person uuid.UUID) ([]AppName, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT p.id, p.name, p.icon_url FROM app_tester t JOIN app p ON p.id = t.app_id
		WHERE t.user_id = $1 AND p.disabled_at IS NULL ORDER BY p.name, p.id`, person)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[AppName])
}
