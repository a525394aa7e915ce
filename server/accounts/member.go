package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
)

// Member is a person who works on an account. Owners also decide who else does.
type Member struct {
	UserID      uuid.UUID `json:"user_id"`
	Handle      string    `json:"handle"`
	DisplayName string    `json:"display_name"`
	Role        string    `json:"role" enum:"owner,developer"`
	CreatedAt   time.Time `json:"created_at"`
}

func (s *Accounts) members(ctx context.Context, accountID uuid.UUID) ([]Member, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT u.id, u.handle, u.display_name, m.role, m.created_at
		FROM account_member m JOIN app_user u ON u.id = m.user_id
		WHERE m.account_id = $1 ORDER BY m.created_at, u.id`, accountID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Member])
}

// setMember gives a member another role on the account; an empty role removes them. Only owners may
// do it, except that everybody may remove themselves. An account keeps at least one owner. People
// become members only by accepting an invitation.
func (s *Accounts) setMember(ctx context.Context, caller, accountID, userID uuid.UUID,
	role string) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.mayManage(ctx, tx, caller, accountID, userID, role); err != nil {
			return err
		}
		if err := changeMember(ctx, tx, accountID, userID, role, s.now()); err != nil {
			return err
		}
		if err := limitMembers(ctx, tx, accountID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "account.member.set", Target: "account:" + accountID.String(),
			Detail: map[string]string{"user": userID.String(), "role": role},
		})
	})
	if err != nil || role != "" {
		return err
	}
	// Who was removed may have versions open that only members may see.
	apps, err := s.apps.of(ctx, accountID)
	if err != nil {
		return err
	}
	for _, app := range apps {
		s.apps.tellChanged(ctx, app.ID)
	}
	return nil
}

// mayManage locks the account, so that two owners cannot remove each other at once.
func (s *Accounts) mayManage(ctx context.Context, tx pgx.Tx, caller, accountID, userID uuid.UUID,
	role string) error {
	var callerRole string
	err := tx.QueryRow(ctx, `
		SELECT m.role FROM official_account a JOIN account_member m ON m.account_id = a.id AND m.user_id = $2
		WHERE a.id = $1 FOR UPDATE OF a`, accountID, caller).Scan(&callerRole)
	if errors.Is(err, pgx.ErrNoRows) {
		return noSuchAccount()
	}
	if err != nil {
		return err
	}
	if callerRole != "owner" && !(caller == userID && role == "") {
		return ownersOnly()
	}
	return nil
}

// changeMember changes or removes a member. The open invitations that a removed member sent are
// revoked too: otherwise they could invite themselves back by another person.
func changeMember(ctx context.Context, tx pgx.Tx, accountID, userID uuid.UUID, role string, now time.Time) error {
	var tag pgconn.CommandTag
	var err error
	if role != "" {
		tag, err = tx.Exec(ctx, `UPDATE account_member SET role = $3 WHERE account_id = $1 AND user_id = $2`,
			accountID, userID, role)
	} else {
		tag, err = tx.Exec(ctx, `DELETE FROM account_member WHERE account_id = $1 AND user_id = $2`, accountID, userID)
	}
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return fault.Errorf(fault.NotFound, "no-such-member",
			"This person does not work on the account; invite them first.")
	}
	if role == "owner" {
		return nil
	}
	_, err = tx.Exec(ctx, `
		UPDATE invitation SET state = 'revoked', decided_at = $3
		WHERE account_id = $1 AND invited_by = $2 AND state = 'pending' AND ($4 = '' OR app_id IS NULL)`,
		accountID, userID, now, role)
	return err
}

// limitMembers makes sure that an account has at least one owner and at most MaxMembers members.
func limitMembers(ctx context.Context, tx pgx.Tx, accountID uuid.UUID) error {
	var owners, members int
	err := tx.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE role = 'owner'), count(*) FROM account_member WHERE account_id = $1`,
		accountID).Scan(&owners, &members)
	switch {
	case err != nil:
		return err
	case owners == 0:
		return fault.Errorf(fault.Conflict, "last-owner",
			"An account keeps at least one owner; name another first.")
	case members > MaxMembers:
		return fault.Errorf(fault.Conflict, "too-many-members", "An account has at most %d members.", MaxMembers)
	}
	return nil
}

func addMember(ctx context.Context, tx pgx.Tx, accountID, userID uuid.UUID, role string) error {
	if err := limitAccounts(ctx, tx, userID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO account_member (account_id, user_id, role) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, user_id) DO UPDATE SET role = excluded.role`, accountID, userID, role)
	return err
}
