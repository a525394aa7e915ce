package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/audit"
)

// erasedName is what others read in their conversations with somebody whose account was erased.
const erasedName = "Closed account · 已注销账号"

// The states of an account that is not open.
const (
	suspended = "suspended" // by an administrator, who may reopen it
	closed    = "closed"    // by its owner, who may reopen it until it is erased
	erased    = "erased"    // only the row remains, because the ledger refers to it
)

// Credentials are what a person logs in with.
type Credentials struct {
	Handle   string
	Password string
	Code     string // of the authenticator, or a recovery code; "" when the person has neither or was not asked
	Device   string // the value that the device keeps, "" for a new one
	Reopen   bool   // open an account again that its owner has closed
}

// account is what log-in reads of a person.
type account struct {
	id         uuid.UUID
	hash       string
	disabledAs *string
	disabledAt *time.Time
}

// LogIn begins a session of the person with the handle and password. Faults: Unauthenticated with one
// text for an unknown handle and a wrong password; Forbidden "second-factor-needed", "wrong-code",
// "account-suspended" and "account-closed", all of them only with the right password; RateLimited.
func (s *Service) LogIn(ctx context.Context, c Credentials) (Session, error) {
	handle := NormalizeHandle(c.Handle)
	network := request.FromContext(ctx).Network()
	if err := s.loginsByPlace.Allow(network); err != nil {
		return Session{}, err
	}
	var a account
	err := s.pool.QueryRow(ctx, `SELECT id, password_hash, disabled_as, disabled_at FROM app_user WHERE handle = $1`, handle).
		Scan(&a.id, &a.hash, &a.disabledAs, &a.disabledAt)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return Session{}, err
	}
	known, err := s.knowsDevice(ctx, a.id, c.Device)
	if err != nil {
		return Session{}, err
	}
	right, err := s.tryPassword(ctx, c.Password, a.hash, s.guesses.logIn(handle, network, known, c.Device)...)
	if err != nil {
		return Session{}, err
	}
	if !right {
		return Session{}, fault.Errorf(fault.Unauthenticated, "bad-credentials",
			"The handle or the password is wrong.")
	}
	has, err := s.checkCode(ctx, a.id, c.Code, s.guesses.codeOfLogIn(a.id, known, c.Device)...)
	if err != nil {
		return Session{}, err
	}
	if err := s.checkOpen(ctx, a, c.Reopen); err != nil {
		return Session{}, err
	}
	return s.startSession(ctx, a.id, c.Device, has)
}

// tryPassword counts a guess and checks it. An empty hash means that there is no such account: the
// check takes as long and never succeeds.
func (s *Service) tryPassword(ctx context.Context, password, hash string, buckets ...bucket) (bool, error) {
	guess, err := s.takeGuess(ctx, buckets...)
	if err != nil {
		return false, err
	}
	if len(password) > 4*MaxPassword { // no password, found without counting its characters
		password = ""
	}
	right, err := s.hasher.verify(ctx, password, hash)
	if err != nil || !right {
		return false, err
	}
	return true, guess.uncount(ctx)
}

// checkOpen refuses an account that is not open. With reopen it opens one that its owner closed.
func (s *Service) checkOpen(ctx context.Context, a account, reopen bool) error {
	switch {
	case a.disabledAs == nil:
		return nil
	case *a.disabledAs == closed && reopen:
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			tag, err := tx.Exec(ctx, `
				UPDATE app_user SET disabled_at = NULL, disabled_as = NULL WHERE id = $1 AND disabled_as = $2`, a.id, closed)
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 {
				return errSessionEnded // erased or suspended at this moment
			}
			return audit.Record(ctx, tx, audit.Entry{Actor: "user:" + a.id.String(), Action: "user.reopen",
				Target: "user:" + a.id.String()})
		})
	case *a.disabledAs == closed:
		erasedAt := a.disabledAt.Add(EraseAfter)
		return fault.Errorf(fault.Forbidden, "account-closed",
			"You have closed this account. It will be erased on %s; until then you can open it again.",
			erasedAt.UTC().Format(time.DateOnly)).With(map[string]string{"erased_at": erasedAt.UTC().Format(time.RFC3339)})
	default:
		return fault.Errorf(fault.Forbidden, "account-suspended",
			"This account has been suspended; ask an administrator.")
	}
}

// VerifyPassword checks the password of a person who is already logged in, before an action that
// somebody else with the unlocked phone must not be able to do. Faults: Forbidden for the wrong
// one, RateLimited. Guesses are those of the session: nobody who is not logged in can use them up.
func (s *Service) VerifyPassword(ctx context.Context, userID uuid.UUID, password string) error {
	var hash string
	err := s.pool.QueryRow(ctx, `SELECT password_hash FROM app_user WHERE id = $1`, userID).Scan(&hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return errNoSuchPerson
	}
	if err != nil {
		return err
	}
	id, _ := IdentityFromContext(ctx)
	right, err := s.tryPassword(ctx, password, hash, s.guesses.again.of(userID.String(), id.Session.String()))
	if err != nil {
		return err
	}
	if !right {
		return fault.Errorf(fault.Forbidden, "wrong-password",
			"The password is wrong.").At("body.password", "is wrong")
	}
	return nil
}

// proveOwner asks the caller for the password and, if they have a second factor, for a code.
func (s *Service) proveOwner(ctx context.Context, password, code string) (User, error) {
	id, _ := IdentityFromContext(ctx)
	if err := s.VerifyPassword(ctx, id.UserID, password); err != nil {
		return User{}, err
	}
	if _, err := s.checkCode(ctx, id.UserID, code, s.guesses.codesOf(id.UserID.String(), id.Session.String())...); err != nil {
		return User{}, err
	}
	return s.UserByID(ctx, id.UserID)
}

// PasswordChange is what ChangePassword takes.
type PasswordChange struct {
	Old, New   string
	Code       string // of the second factor, if there is one
	KeepTokens bool   // keep the personal access tokens
	Device     string // stays known
}

// ChangePassword replaces the caller's password and ends all of their other sessions. A thief who
// knew the old one may have made personal access tokens, so those are deleted too unless the person
// keeps them.
func (s *Service) ChangePassword(ctx context.Context, c PasswordChange) error {
	id, _ := IdentityFromContext(ctx)
	if err := CheckPassword(c.New, id.Handle); err != nil {
		return err
	}
	if _, err := s.proveOwner(ctx, c.Old, c.Code); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, c.New)
	if err != nil {
		return err
	}
	var ended []uuid.UUID
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			UPDATE app_user SET password_hash = $2, password_changed_at = $3, updated_at = $3 WHERE id = $1`,
			id.UserID, hash, s.now()); err != nil {
			return err
		}
		// Devices with which the thief logged in are no longer known either.
		if _, err := tx.Exec(ctx, `DELETE FROM login_device WHERE user_id = $1 AND device_hash <> $2`,
			id.UserID, deviceHash(id.UserID, c.Device)); err != nil {
			return err
		}
		if !c.KeepTokens {
			if _, err := tx.Exec(ctx, `DELETE FROM api_token WHERE user_id = $1`, id.UserID); err != nil {
				return err
			}
		}
		if ended, err = s.endLogins(ctx, tx, `user_id = $2 AND id <> $3`, id.UserID, id.Session); err != nil {
			return err
		}
		return s.record(ctx, tx, "auth.password.change", id.UserID, map[string]any{"api_tokens_kept": c.KeepTokens})
	})
	if err == nil {
		s.ended(ctx, id.UserID, ended...)
	}
	return err
}

// CloseAccount closes the caller's account. From then on nobody can find or use it. After
// EraseAfter the personal data is erased; until then the owner can log in and open the account
// again, because it may have been a thief who closed it. The row stays under its ID: payments,
// orders and messages of others refer to it.
func (s *Service) CloseAccount(ctx context.Context, password, code string) error {
	user, err := s.proveOwner(ctx, password, code)
	if err != nil {
		return err
	}
	if s.mayClose != nil {
		if err := s.mayClose(ctx, user.ID); err != nil {
			return err
		}
	}
	return s.disable(ctx, user.ID, closed, "user.close", nil)
}

// disable closes or suspends an account and ends all of its sessions.
func (s *Service) disable(ctx context.Context, userID uuid.UUID, as, action string, detail any) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.keepAnAdmin(ctx, tx, userID); err != nil {
			return err
		}
		// An account that is closed already can still be suspended, so that it is not reopened.
		tag, err := tx.Exec(ctx, `
			UPDATE app_user SET disabled_at = $3, disabled_as = $2, updated_at = $3
			WHERE id = $1 AND (disabled_as IS NULL OR disabled_as = 'closed' AND $2 = 'suspended')`,
			userID, as, s.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return s.whyNotOpen(ctx, tx, userID)
		}
		if _, err := s.endLogins(ctx, tx, `user_id = $2`, userID); err != nil {
			return err
		}
		return s.record(ctx, tx, action, userID, detail)
	})
	if err == nil {
		s.ended(ctx, userID, uuid.Nil)
	}
	return err
}

func (s *Service) whyNotOpen(ctx context.Context, tx pgx.Tx, userID uuid.UUID) error {
	var as string
	err := tx.QueryRow(ctx, `SELECT coalesce(disabled_as, 'open') FROM app_user WHERE id = $1`, userID).Scan(&as)
	if errors.Is(err, pgx.ErrNoRows) {
		return errNoSuchPerson
	}
	if err != nil {
		return err
	}
	return fault.Errorf(fault.Conflict, "account-state", "The account is %s.", as)
}

// eraseClosed erases the personal data of accounts that have been closed for EraseAfter.
func (s *Service) eraseClosed(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `SELECT id FROM app_user WHERE disabled_as = 'closed' AND disabled_at < $1 LIMIT 100`,
		s.now().Add(-EraseAfter))
	if err != nil {
		return err
	}
	people, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	for _, id := range people {
		if err := s.erase(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) erase(ctx context.Context, userID uuid.UUID) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var handle string
		if err := tx.QueryRow(ctx, `SELECT handle FROM app_user WHERE id = $1`, userID).Scan(&handle); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			UPDATE app_user SET handle = 'erased:' || id, display_name = $3, avatar_url = '',
			       password_hash = '', roles = '{user}', disabled_as = 'erased', updated_at = $2
			WHERE id = $1 AND disabled_as = 'closed'`, userID, s.now(), erasedName)
		if err != nil || tag.RowsAffected() == 0 {
			return err // reopened, or another host was faster
		}
		if _, err := tx.Exec(ctx, `INSERT INTO retired_handle (handle_hash) VALUES ($1)`, s.retired(handle)); err != nil {
			return err
		}
		for _, table := range []string{"login_session", "login_device", "api_token", "recovery_code", "second_factor"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE user_id = $1`, userID); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, audit.Entry{Actor: "system", Action: "user.erase", Target: "user:" + userID.String()})
	})
}

// retired is the stored form of an erased account's handle, so that no one can take the handle.
func (s *Service) retired(handle string) []byte {
	mac := hmac.New(sha256.New, s.keys.secret.Derive("retired handles"))
	mac.Write([]byte(handle))
	return mac.Sum(nil)
}

// record writes into the audit log what was done to a person's account.
func (s *Service) record(ctx context.Context, tx pgx.Tx, action string, userID uuid.UUID, detail any) error {
	entry := audit.Entry{Action: action, Target: "user:" + userID.String(), Detail: detail}
	if request.FromContext(ctx).Caller == "" { // a log-in: the caller is not known yet
		entry.Actor = entry.Target
	}
	return audit.Record(ctx, tx, entry)
}
