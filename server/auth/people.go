package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
)

// Person is a person as administrators see them.
type Person struct {
	ID           uuid.UUID  `json:"id"`
	Handle       string     `json:"handle"`
	DisplayName  string     `json:"display_name"`
	AvatarURL    string     `json:"avatar_url"`
	Roles        []Role     `json:"roles" nullable:"false"`
	State        string     `json:"state" enum:"open,suspended,closed,erased"`
	StateSince   *time.Time `json:"state_since" doc:"null while open."`
	Reason       string     `json:"reason" doc:"Why an administrator last suspended or reopened the account, or changed its roles."`
	SecondFactor bool       `json:"second_factor"`
	Sessions     int        `json:"sessions" doc:"How many are open."`
	LastSeenAt   *time.Time `json:"last_seen_at"`
	CreatedAt    time.Time  `json:"created_at"`
}

// PeopleQuery filters a list of people; zero fields match everybody.
type PeopleQuery struct {
	Text  string // how the handle or the name begins
	State string
	Role  Role
	After string // the handle before the page
	Limit int
}

const personColumns = `
	u.id, u.handle, u.display_name, u.avatar_url, u.roles, coalesce(u.disabled_as, 'open'), u.disabled_at,
	coalesce((SELECT l.detail ->> 'reason' FROM audit_log l WHERE l.target = 'user:' || u.id
		AND l.detail ? 'reason' ORDER BY l.id DESC LIMIT 1), ''),
	EXISTS (SELECT FROM second_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL),
	(SELECT count(*) FROM login_session s WHERE s.user_id = u.id AND s.ended_at IS NULL),
	(SELECT max(s.last_seen_at) FROM login_session s WHERE s.user_id = u.id), u.created_at`

// People lists people by their handles.
func (s *Service) People(ctx context.Context, q PeopleQuery) ([]Person, error) {
	prefix := likePrefix(NormalizeHandle(q.Text))
	rows, err := s.pool.Query(ctx, `
		SELECT `+personColumns+` FROM app_user u
		WHERE (u.handle LIKE $1 OR lower(u.display_name) LIKE $1) AND u.handle > $2
		  AND ($3 = '' OR coalesce(u.disabled_as, 'open') = $3) AND ($4 = '' OR $4 = ANY (u.roles))
		ORDER BY u.handle LIMIT $5`, prefix, q.After, q.State, string(q.Role), q.Limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Person])
}

// PersonByID returns the person, or a NotFound fault.
func (s *Service) PersonByID(ctx context.Context, id uuid.UUID) (Person, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+personColumns+` FROM app_user u WHERE u.id = $1`, id)
	if err != nil {
		return Person{}, err
	}
	person, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Person])
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, errNoSuchPerson
	}
	return person, err
}

var (
	errNoSuchPerson  = fault.Errorf(fault.NotFound, "no-such-user", "There is no such person.")
	errNoSuchSession = fault.Errorf(fault.NotFound, "no-such-session", "You have no such session.")
	errLastAdmin     = fault.Errorf(fault.Conflict, "last-admin",
		"This is the last administrator; make somebody else one first.")
)

// checkReason refuses an action without a reason for the audit log.
func checkReason(reason string) error {
	if strings.TrimSpace(reason) == "" || utf8.RuneCountInString(reason) > MaxReason {
		return fault.Errorf(fault.Invalid, "bad-reason", "Give a reason of 1 to %d characters; it is written to the audit log.",
			MaxReason).At("body.reason", "is missing or too long")
	}
	return nil
}

// keepAnAdmin returns a Conflict fault when the person is the only administrator whose account is
// open. The administrators' rows stay locked, so that two cannot take each other's role at once.
func (s *Service) keepAnAdmin(ctx context.Context, tx pgx.Tx, userID uuid.UUID) error {
	rows, err := tx.Query(ctx, `
		SELECT id FROM app_user WHERE 'admin' = ANY (roles) AND disabled_at IS NULL ORDER BY id FOR UPDATE`)
	if err != nil {
		return err
	}
	admins, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err == nil && len(admins) == 1 && admins[0] == userID {
		return errLastAdmin
	}
	return err
}

// Suspend closes a person's account until Reopen, and ends their sessions.
func (s *Service) Suspend(ctx context.Context, userID uuid.UUID, reason string) (Person, error) {
	if err := checkReason(reason); err != nil {
		return Person{}, err
	}
	if userID == UserFromContext(ctx) {
		return Person{}, fault.Errorf(fault.Conflict, "own-account", "You cannot suspend your own account.")
	}
	if err := s.disable(ctx, userID, suspended, "user.suspend", map[string]string{"reason": reason}); err != nil {
		return Person{}, err
	}
	return s.PersonByID(ctx, userID)
}

// Reopen opens an account that was suspended, or closed by its owner and not yet erased. Its
// sessions have ended; the person logs in again.
func (s *Service) Reopen(ctx context.Context, userID uuid.UUID, reason string) (Person, error) {
	if err := checkReason(reason); err != nil {
		return Person{}, err
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE app_user SET disabled_at = NULL, disabled_as = NULL, updated_at = $2
			WHERE id = $1 AND disabled_as IN ('suspended', 'closed')`, userID, s.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return s.whyNotOpen(ctx, tx, userID)
		}
		return s.record(ctx, tx, "user.reopen", userID, map[string]string{"reason": reason})
	})
	if err != nil {
		return Person{}, err
	}
	return s.PersonByID(ctx, userID)
}

// SetRoles gives a person exactly the roles. Their sessions end when a role is taken.
func (s *Service) SetRoles(ctx context.Context, userID uuid.UUID, roles []Role, reason string) (Person, error) {
	if err := checkReason(reason); err != nil {
		return Person{}, err
	}
	roles = append([]Role{RoleUser}, slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return r == RoleUser })...)
	slices.Sort(roles[1:])
	roles = slices.Compact(roles)
	taken := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if !slices.Contains(roles, RoleAdmin) {
			if err := s.keepAnAdmin(ctx, tx, userID); err != nil {
				return err
			}
		}
		var before []Role
		err := tx.QueryRow(ctx, `SELECT roles FROM app_user WHERE id = $1 AND coalesce(disabled_as, '') <> 'erased' FOR UPDATE`,
			userID).Scan(&before)
		if errors.Is(err, pgx.ErrNoRows) {
			return errNoSuchPerson
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE app_user SET roles = $2, updated_at = $3 WHERE id = $1`, userID, roles,
			s.now()); err != nil {
			return err
		}
		for _, role := range before {
			taken = taken || !slices.Contains(roles, role)
		}
		if taken {
			if _, err := s.endLogins(ctx, tx, `user_id = $2`, userID); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "user.roles.set", userID,
			map[string]any{"reason": reason, "before": before, "after": roles})
	})
	if err != nil {
		return Person{}, err
	}
	if taken {
		s.ended(ctx, userID, uuid.Nil)
	}
	return s.PersonByID(ctx, userID)
}

// ResetFactor removes the second factor of somebody who has lost both it and the recovery codes,
// and ends their sessions. Before that the administrator must verify by other means who asks.
func (s *Service) ResetFactor(ctx context.Context, userID uuid.UUID, reason string) (Person, error) {
	if err := checkReason(reason); err != nil {
		return Person{}, err
	}
	if userID == UserFromContext(ctx) {
		return Person{}, fault.Errorf(fault.Conflict, "own-account", "Change your own second factor under Account and security.")
	}
	if _, err := s.PersonByID(ctx, userID); err != nil {
		return Person{}, err
	}
	if err := s.dropFactor(ctx, userID, uuid.Nil, map[string]string{"reason": reason}); err != nil {
		return Person{}, err
	}
	return s.PersonByID(ctx, userID)
}
