package accounts

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/names"
)

// Profiles stores what people see of official accounts and apps (name, description, picture), and
// makes sure that a reviewer has seen it.
//
// While nobody has reviewed an account or app, its members can change its profile freely, and only
// insiders can use it. After the first approval people see the profile that the reviewer saw. From
// then on a change is a proposal: people see the approved profile until a reviewer has approved the
// new one.
type Profiles struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewProfiles returns the profiles without the other services: the registry needs them, and the
// other services need the registry.
func NewProfiles(pool *pgxpool.Pool) *Profiles { return &Profiles{pool: pool, now: time.Now} }

// subject says whose profile it is: an account's, or with an app ID an app's.
type subject struct {
	accountID uuid.UUID
	appID     string
}

func (s subject) app() *string {
	if s.appID == "" {
		return nil
	}
	return &s.appID
}

func (s subject) target() string {
	if s.appID == "" {
		return "account:" + s.accountID.String()
	}
	return "app:" + s.appID
}

// statements of the two kinds of subjects; $1 is the ID.
func (s subject) sql() (lock, set string, id any) {
	if s.appID == "" {
		return `SELECT name, description, avatar_url, reviewed_at IS NOT NULL FROM official_account
				WHERE id = $1 FOR UPDATE`,
			`UPDATE official_account SET name = $2, description = $3, avatar_url = $4, updated_at = now(),
				reviewed_at = CASE WHEN $5 THEN coalesce(reviewed_at, now()) ELSE reviewed_at END
				WHERE id = $1`, s.accountID
	}
	return `SELECT name, description, icon_url, reviewed_at IS NOT NULL FROM app WHERE id = $1 FOR UPDATE`,
		`UPDATE app SET name = $2, description = $3, icon_url = $4, updated_at = now(),
			reviewed_at = CASE WHEN $5 THEN coalesce(reviewed_at, now()) ELSE reviewed_at END
			WHERE id = $1`, s.appID
}

// lock reads the profile that people see, and locks it until the transaction ends.
func (s *Profiles) lock(ctx context.Context, tx pgx.Tx, of subject) (p registry.Profile, reviewed bool, err error) {
	lock, _, id := of.sql()
	err = tx.QueryRow(ctx, lock, id).Scan(&p.Name, &p.Description, &p.PictureURL, &reviewed)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fault.Errorf(fault.NotFound, "no-such-profile", "There is no such account or app.")
	}
	return p, reviewed, err
}

func (s *Profiles) set(ctx context.Context, tx pgx.Tx, of subject, p registry.Profile, reviewed bool) error {
	_, set, id := of.sql()
	_, err := tx.Exec(ctx, set, id, p.Name, p.Description, p.PictureURL, reviewed)
	return err
}

// change is what a member wants to change; nil leaves a field as it is.
type change struct{ name, description, picture *string }

// appliedTo returns the profile after the change.
func (c change) appliedTo(p registry.Profile) registry.Profile {
	return registry.Profile{Name: *cmp.Or(c.name, &p.Name),
		Description: *cmp.Or(c.description, &p.Description), PictureURL: *cmp.Or(c.picture, &p.PictureURL)}
}

// apply changes an unreviewed profile at once; for a reviewed one it makes a proposal. A proposal
// of the profile that people already see withdraws the open proposal.
func (s *Profiles) apply(ctx context.Context, tx pgx.Tx, of subject, by uuid.UUID, c change) error {
	seen, reviewed, err := s.lock(ctx, tx, of)
	if err != nil {
		return err
	}
	if !reviewed {
		return s.set(ctx, tx, of, c.appliedTo(seen), false)
	}
	wanted := c.appliedTo(seen)
	if open, err := s.pending(ctx, tx, of); err != nil {
		return err
	} else if open != nil {
		wanted = c.appliedTo(open.Profile())
	}
	return s.propose(ctx, tx, of, by, seen, wanted)
}

// propose replaces the subject's open proposal.
func (s *Profiles) propose(
	ctx context.Context, tx pgx.Tx, of subject, by uuid.UUID, seen, wanted registry.Profile,
) error {
	_, err := tx.Exec(ctx, `
		UPDATE profile_change SET state = 'withdrawn', decided_by = $3, decided_at = $4
		WHERE account_id = $1 AND app_id IS NOT DISTINCT FROM $2 AND state = 'pending'`,
		of.accountID, of.app(), by, s.now())
	if err != nil || wanted == seen {
		return err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO profile_change (id, account_id, app_id, name, description, picture_url, state, proposed_by, proposed_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7, $8)`,
		id, of.accountID, of.app(), wanted.Name, wanted.Description, wanted.PictureURL, by, s.now())
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{Action: "profile.propose", Target: of.target(), Detail: wanted})
}

// checkNameFree refuses a name that looks like that of a verified account which is not the owner's
// own. A nil name stays as it is. There are few verified accounts, so all are compared.
func (s *Profiles) checkNameFree(ctx context.Context, tx pgx.Tx, owner uuid.UUID, name *string) error {
	if name == nil {
		return nil
	}
	rows, err := tx.Query(ctx, `SELECT name FROM official_account WHERE verified AND id <> $1`, owner)
	if err != nil {
		return err
	}
	verified, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, taken := range verified {
		if names.Alike(taken, *name) {
			return fault.Errorf(fault.Conflict, "confusable-name",
				"This name looks like that of a verified account; choose another.").
				At("body.name", "looks like a verified account's")
		}
	}
	return nil
}

// setVerified marks an account as verified, for administrators. Only a reviewed account can be
// verified.
func (s *Profiles) setVerified(ctx context.Context, accountID uuid.UUID, verified bool) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		_, reviewed, err := s.lock(ctx, tx, subject{accountID: accountID})
		if err != nil {
			return err
		}
		if verified && !reviewed {
			return fault.Errorf(fault.Conflict, "not-reviewed",
				"This account has not been reviewed; approve its profile first.")
		}
		if _, err := tx.Exec(ctx, `UPDATE official_account SET verified = $2 WHERE id = $1`, accountID, verified); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "account.verify", Target: "account:" + accountID.String(),
			Detail: map[string]bool{"verified": verified}})
	})
}

// Freeze returns the profiles that the reviewer of the app's next version decides on together with
// the version. It runs in the registry's transaction.
func (s *Profiles) Freeze(ctx context.Context, tx pgx.Tx, appID string) (registry.Profiles, error) {
	of, err := s.subjects(ctx, tx, appID)
	if err != nil {
		return registry.Profiles{}, err
	}
	var both registry.Profiles
	if both.Account, _, err = s.lock(ctx, tx, of.account); err != nil {
		return both, err
	}
	both.App, _, err = s.lock(ctx, tx, of.app)
	return both, err
}

// Approved publishes the profiles that the reviewer of the app's first version saw. What was
// changed during the review becomes a proposal. It runs in the registry's transaction.
func (s *Profiles) Approved(
	ctx context.Context, tx pgx.Tx, appID string, submittedBy uuid.UUID, saw registry.Profiles,
) error {
	of, err := s.subjects(ctx, tx, appID)
	if err != nil {
		return err
	}
	if err := s.firstApproval(ctx, tx, of.account, submittedBy, saw.Account); err != nil {
		return err
	}
	return s.firstApproval(ctx, tx, of.app, submittedBy, saw.App)
}

func (s *Profiles) firstApproval(
	ctx context.Context, tx pgx.Tx, of subject, by uuid.UUID, saw registry.Profile,
) error {
	now, reviewed, err := s.lock(ctx, tx, of)
	if err != nil || reviewed {
		return err
	}
	if saw.Name == "" { // submitted before profiles were frozen: the reviewer saw what is there now
		saw = now
	}
	if err := s.set(ctx, tx, of, saw, true); err != nil {
		return err
	}
	return s.propose(ctx, tx, of, by, saw, now)
}

type subjects struct{ account, app subject }

func (s *Profiles) subjects(ctx context.Context, tx pgx.Tx, appID string) (subjects, error) {
	of := subjects{app: subject{appID: appID}}
	err := tx.QueryRow(ctx, `SELECT account_id FROM app WHERE id = $1`, appID).Scan(&of.app.accountID)
	if errors.Is(err, pgx.ErrNoRows) {
		return of, noSuchApp()
	}
	of.account.accountID = of.app.accountID
	return of, err
}

// ProfileChange is a profile that was proposed.
type ProfileChange struct {
	ID          uuid.UUID  `json:"id"`
	AccountID   uuid.UUID  `json:"account_id"`
	AppID       *string    `json:"app_id" doc:"Set for the profile of an app."`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	PictureURL  string     `json:"picture_url"`
	State       string     `json:"state" enum:"pending,approved,rejected,withdrawn"`
	ProposedBy  uuid.UUID  `json:"proposed_by"`
	ProposedAt  time.Time  `json:"proposed_at"`
	DecidedBy   *uuid.UUID `json:"decided_by"`
	DecidedAt   *time.Time `json:"decided_at"`
	Note        string     `json:"note" doc:"Of the reviewer, for the developer."`
}

// Profile is what is proposed.
func (c ProfileChange) Profile() registry.Profile {
	return registry.Profile{Name: c.Name, Description: c.Description, PictureURL: c.PictureURL}
}

func (c ProfileChange) subject() subject {
	of := subject{accountID: c.AccountID}
	if c.AppID != nil {
		of.appID = *c.AppID
	}
	return of
}

const profileChangeQuery = `
	SELECT c.id, c.account_id, c.app_id, c.name, c.description, c.picture_url, c.state, c.proposed_by,
	       c.proposed_at, c.decided_by, c.decided_at, c.note
	FROM profile_change c `

func (s *Profiles) pending(ctx context.Context, tx pgx.Tx, of subject) (*ProfileChange, error) {
	rows, err := tx.Query(ctx, profileChangeQuery+`
		WHERE c.account_id = $1 AND c.app_id IS NOT DISTINCT FROM $2 AND c.state = 'pending'`,
		of.accountID, of.app())
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[ProfileChange])
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// last returns the newest proposals of the accounts, and with apps set of their apps instead, by
// account or app ID. A developer wants to see the proposal that waits, or what was decided about
// the last one.
func (s *Profiles) last(ctx context.Context, accounts []uuid.UUID, apps bool) (map[string]ProfileChange, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT DISTINCT ON (c.account_id, c.app_id) c.id, c.account_id, c.app_id, c.name, c.description,
		       c.picture_url, c.state, c.proposed_by, c.proposed_at, c.decided_by, c.decided_at, c.note
		FROM profile_change c
		WHERE c.account_id = ANY ($1) AND (c.app_id IS NOT NULL) = $2 AND c.state <> 'withdrawn'
		ORDER BY c.account_id, c.app_id, c.id DESC`, accounts, apps)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ProfileChange])
	if err != nil {
		return nil, err
	}
	byID := map[string]ProfileChange{}
	for _, c := range found {
		byID[cmp.Or(c.subject().appID, c.AccountID.String())] = c
	}
	return byID, nil
}

// ReviewedChange is a proposal together with what people see now, for reviewers.
type ReviewedChange struct {
	ProfileChange
	Account  AccountRef       `json:"account"`
	Current  registry.Profile `json:"current" doc:"What people see now."`
	First    bool             `json:"first" doc:"Nobody has reviewed this account before."`
	Proposer PersonRef        `json:"proposer"`
}

// PersonRef names a person.
type PersonRef struct {
	ID          uuid.UUID `json:"id"`
	Handle      string    `json:"handle"`
	DisplayName string    `json:"display_name"`
}

// list returns proposals in a state, the one that waits longest first, or decided ones newest first.
func (s *Profiles) list(ctx context.Context, state string, q paging.Query) (paging.Page[ReviewedChange], error) {
	position, err := q.Position(1)
	if err != nil {
		return paging.Page[ReviewedChange]{}, err
	}
	sql := ` AND c.id > $2 ORDER BY c.id LIMIT $3`
	from := uuid.Nil.String()
	if state != "pending" {
		sql, from = ` AND c.id < $2 ORDER BY c.id DESC LIMIT $3`, uuid.Max.String()
	}
	if position != nil {
		from = position[0]
	}
	at, err := uuid.Parse(from)
	if err != nil {
		return paging.Page[ReviewedChange]{}, fault.Errorf(fault.Invalid, "bad-cursor",
			"The cursor is not valid; start again without one.")
	}
	rows, err := s.pool.Query(ctx, `
		SELECT c.id, c.account_id, c.app_id, c.name, c.description, c.picture_url, c.state, c.proposed_by,
		       c.proposed_at, c.decided_by, c.decided_at, c.note, a.name,
		       coalesce(p.name, a.name), coalesce(p.description, a.description), coalesce(p.icon_url, a.avatar_url),
		       a.reviewed_at IS NULL, u.id, u.handle, u.display_name
		FROM profile_change c JOIN official_account a ON a.id = c.account_id
		LEFT JOIN app p ON p.id = c.app_id JOIN app_user u ON u.id = c.proposed_by
		WHERE c.state = $1`+sql, state, at, q.Rows())
	if err != nil {
		return paging.Page[ReviewedChange]{}, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r ReviewedChange, err error) {
		c := &r.ProfileChange
		err = row.Scan(&c.ID, &c.AccountID, &c.AppID, &c.Name, &c.Description, &c.PictureURL, &c.State, &c.ProposedBy,
			&c.ProposedAt, &c.DecidedBy, &c.DecidedAt, &c.Note, &r.Account.Name,
			&r.Current.Name, &r.Current.Description, &r.Current.PictureURL, &r.First,
			&r.Proposer.ID, &r.Proposer.Handle, &r.Proposer.DisplayName)
		r.Account.ID = c.AccountID
		return r, err
	})
	if err != nil {
		return paging.Page[ReviewedChange]{}, err
	}
	return paging.Of(q, found, func(c ReviewedChange) []string { return []string{c.ID.String()} }), nil
}

// decide approves or rejects a proposal. Conflict when it is no longer pending: its proposer has
// changed it, or another reviewer was faster.
func (s *Profiles) decide(ctx context.Context, id uuid.UUID, approve bool, note string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, profileChangeQuery+`WHERE c.id = $1`, id)
		if err != nil {
			return err
		}
		c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[ProfileChange])
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.Errorf(fault.NotFound, "no-such-profile-change", "There is no such proposal.")
		}
		if err != nil {
			return err
		}
		// The subject is locked first, as in apply: the same order of locks everywhere.
		_, reviewed, err := s.lock(ctx, tx, c.subject())
		if err != nil {
			return err
		}
		state, action := "rejected", "profile.reject"
		if approve {
			state, action = "approved", "profile.approve"
		}
		tag, err := tx.Exec(ctx, `
			UPDATE profile_change SET state = $2, decided_by = $3, decided_at = $4, note = $5
			WHERE id = $1 AND state = 'pending'`, id, state, auth.UserFromContext(ctx), s.now(), note)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Errorf(fault.Conflict, "profile-change-decided",
				"This proposal is no longer pending. Load the list again to see what has happened.")
		}
		switch {
		case approve && reviewed:
			err = s.set(ctx, tx, c.subject(), c.Profile(), true)
		case approve:
			err = s.firstApproval(ctx, tx, c.subject(), c.ProposedBy, c.Profile())
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: action, Target: c.subject().target(),
			Detail: map[string]any{"profile": c.Profile(), "note": note}})
	})
}

// askReview proposes the profile of an account that nobody has reviewed to the reviewers, for
// accounts that want followers before they have an app.
func (s *Profiles) askReview(ctx context.Context, accountID uuid.UUID) error {
	of := subject{accountID: accountID}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		seen, reviewed, err := s.lock(ctx, tx, of)
		if err != nil {
			return err
		}
		if reviewed {
			return fault.Errorf(fault.Conflict, "already-reviewed",
				"This account has been reviewed; a change of its profile goes to the reviewers automatically.")
		}
		return s.propose(ctx, tx, of, auth.UserFromContext(ctx), registry.Profile{}, seen)
	})
}
