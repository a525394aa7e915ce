package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/names"
)

// User is a person as they see themselves.
type User struct {
	ID          uuid.UUID `json:"id"`
	Handle      string    `json:"handle" example:"mei"`
	DisplayName string    `json:"display_name" example:"Mei"`
	AvatarURL   string    `json:"avatar_url"`
	Roles       []Role    `json:"roles" enum:"user,developer,admin" nullable:"false"`
	Locale      string    `json:"locale" enum:"en,zh-CN"`
	HasPIN      bool      `json:"has_pin" doc:"Whether a payment PIN is set."`
	CreatedAt   time.Time `json:"created_at"`
}

// PublicUser is a person as others see them.
type PublicUser struct {
	ID          uuid.UUID `json:"id"`
	Handle      string    `json:"handle"`
	DisplayName string    `json:"display_name"`
	AvatarURL   string    `json:"avatar_url"`
}

// NewUser is what a person signs up with.
type NewUser struct {
	Handle      string
	DisplayName string // "" means the handle
	Password    string
	Locale      string // "" means English; SignUp takes that of its request
}

const userColumns = `id, handle, display_name, avatar_url, roles, locale, created_at`

func scanUser(row pgx.CollectableRow) (User, error) {
	var u User
	err := row.Scan(&u.ID, &u.Handle, &u.DisplayName, &u.AvatarURL, &u.Roles, &u.Locale, &u.CreatedAt)
	return u, err
}

// SignUp makes a person. Faults: Invalid for a handle, name or password that breaks a rule,
// Conflict for a handle that is taken, RateLimited.
func (s *Service) SignUp(ctx context.Context, new NewUser) (User, error) {
	if err := s.signUps.Allow(request.FromContext(ctx).Network()); err != nil {
		return User{}, err
	}
	new.Handle = NormalizeHandle(new.Handle)
	if err := CheckHandle(new.Handle); err != nil {
		return User{}, err
	}
	if err := CheckFree(new.Handle); err != nil {
		return User{}, err
	}
	var retired bool
	if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM retired_handle WHERE handle_hash = $1)`,
		s.retired(new.Handle)).Scan(&retired); err != nil {
		return User{}, err
	}
	if retired {
		return User{}, errHandleTaken
	}
	if new.DisplayName != "" {
		if err := names.Check(new.DisplayName, "body.display_name"); err != nil {
			return User{}, err
		}
	}
	new.Locale = request.FromContext(ctx).Language
	user, err := s.createUser(ctx, new, []Role{RoleUser})
	var unique *pgconn.PgError
	if errors.As(err, &unique) && unique.Code == uniqueViolation {
		return User{}, errHandleTaken
	}
	return user, err
}

// uniqueViolation is PostgreSQL's code for a key that exists already.
const uniqueViolation = "23505"

// EnsureUser makes the person if the handle is free, otherwise adds the roles that are missing. It
// is for the first administrator and for demo data: the password of an existing person stays.
func (s *Service) EnsureUser(ctx context.Context, new NewUser, roles ...Role) (User, error) {
	new.Handle = NormalizeHandle(new.Handle)
	if err := CheckHandle(new.Handle); err != nil {
		return User{}, err
	}
	if !slices.Contains(roles, RoleUser) {
		roles = append([]Role{RoleUser}, roles...)
	}
	user, err := s.addRoles(ctx, new.Handle, roles)
	if !errors.Is(err, pgx.ErrNoRows) {
		return user, err
	}
	user, err = s.createUser(ctx, new, roles)
	var unique *pgconn.PgError
	if errors.As(err, &unique) && unique.Code == uniqueViolation { // another host was faster
		return s.addRoles(ctx, new.Handle, roles)
	}
	return user, err
}

func (s *Service) createUser(ctx context.Context, new NewUser, roles []Role) (User, error) {
	if new.DisplayName == "" {
		new.DisplayName = new.Handle
	}
	if err := CheckName(new.DisplayName, "body.display_name", MaxDisplayName); err != nil {
		return User{}, err
	}
	if err := CheckPassword(new.Password, new.Handle); err != nil {
		return User{}, err
	}
	hash, err := s.hasher.hash(ctx, new.Password)
	if err != nil {
		return User{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return User{}, err
	}
	rows, err := s.pool.Query(ctx, `
		INSERT INTO app_user (id, handle, display_name, password_hash, roles, locale)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING `+userColumns,
		id, new.Handle, new.DisplayName, hash, roles, cmp.Or(new.Locale, fault.English))
	if err != nil {
		return User{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanUser)
}

// addRoles gives roles to the person with the handle, and writes it into the audit log if they had
// not all of them. It returns pgx.ErrNoRows when there is no such person.
func (s *Service) addRoles(ctx context.Context, handle string, roles []Role) (User, error) {
	var user User
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+userColumns+` FROM app_user WHERE handle = $1 FOR UPDATE`,
			handle)
		if err != nil {
			return err
		}
		if user, err = pgx.CollectExactlyOneRow(rows, scanUser); err != nil {
			return err
		}
		var added []Role
		for _, role := range roles {
			if !slices.Contains(user.Roles, role) {
				added = append(added, role)
			}
		}
		if len(added) == 0 {
			return nil
		}
		user.Roles = append(user.Roles, added...)
		if _, err = tx.Exec(ctx, `UPDATE app_user SET roles = $2, updated_at = now() WHERE id = $1`,
			user.ID, user.Roles); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "user.roles.add", Target: "user:" + user.ID.String(),
			Detail: map[string]any{"roles": added},
		})
	})
	return user, err
}

// BecomeDeveloper gives the caller the role and returns their session with a token that has it.
func (s *Service) BecomeDeveloper(ctx context.Context) (Session, error) {
	id, _ := IdentityFromContext(ctx)
	if _, err := s.addRoles(ctx, id.Handle, []Role{RoleDeveloper}); err != nil {
		return Session{}, err
	}
	return s.session(ctx, id.UserID, id.Session, "")
}

// GiveRole gives the person with the handle a role, for the command line of the host. It returns a
// NotFound fault when nobody has signed up with the handle.
func GiveRole(ctx context.Context, pool *pgxpool.Pool, handle string, role Role) error {
	_, err := (&Service{pool: pool}).addRoles(ctx, NormalizeHandle(handle), []Role{role})
	if errors.Is(err, pgx.ErrNoRows) {
		return errNoSuchPerson
	}
	return err
}

// UserByID returns the person, or a NotFound fault.
func (s *Service) UserByID(ctx context.Context, id uuid.UUID) (User, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+userColumns+` FROM app_user WHERE id = $1`, id)
	if err != nil {
		return User{}, err
	}
	user, err := pgx.CollectExactlyOneRow(rows, scanUser)
	if errors.Is(err, pgx.ErrNoRows) {
		return User{}, errNoSuchPerson
	}
	if err != nil {
		return User{}, err
	}
	user.HasPIN, err = s.hasPIN(ctx, id)
	return user, err
}

// UserUpdate holds what a person changes; nil leaves a field as it is.
type UserUpdate struct {
	DisplayName *string
	AvatarURL   *string
	Locale      *string
}

func (u UserUpdate) check() error {
	if u.DisplayName != nil {
		if err := CheckName(*u.DisplayName, "body.display_name", MaxDisplayName); err != nil {
			return err
		}
		if err := names.Check(*u.DisplayName, "body.display_name"); err != nil {
			return err
		}
	}
	if u.AvatarURL != nil {
		return CheckPicture(*u.AvatarURL, "body.avatar_url")
	}
	return nil
}

// UpdateUser changes the person and returns them as they are then.
func (s *Service) UpdateUser(ctx context.Context, id uuid.UUID, u UserUpdate) (User, error) {
	if err := u.check(); err != nil {
		return User{}, err
	}
	_, err := s.pool.Exec(ctx, `
		UPDATE app_user SET display_name = coalesce($2, display_name), avatar_url = coalesce($3, avatar_url),
		       locale = coalesce($4, locale), updated_at = now()
		WHERE id = $1`, id, u.DisplayName, u.AvatarURL, u.Locale)
	if err != nil {
		return User{}, err
	}
	return s.UserByID(ctx, id)
}

// SearchUsers returns people whose handle or name begins with the query, handles first.
func (s *Service) SearchUsers(ctx context.Context, query string) ([]PublicUser, error) {
	prefix := likePrefix(NormalizeHandle(query))
	rows, err := s.pool.Query(ctx, `
		SELECT id, handle, display_name, avatar_url FROM app_user
		WHERE (handle LIKE $1 OR lower(display_name) LIKE $1) AND disabled_at IS NULL
		ORDER BY handle LIKE $1 DESC, handle LIMIT $2`, prefix, MaxSearchResults)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[PublicUser])
}

// likePrefix is the LIKE pattern of texts that begin with the given one.
func likePrefix(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// PublicUserByID returns the person as others see them, or a NotFound fault.
func (s *Service) PublicUserByID(ctx context.Context, id uuid.UUID) (PublicUser, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, handle, display_name, avatar_url FROM app_user WHERE id = $1 AND disabled_at IS NULL`, id)
	if err != nil {
		return PublicUser{}, err
	}
	user, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[PublicUser])
	if errors.Is(err, pgx.ErrNoRows) {
		return user, errNoSuchPerson
	}
	if err != nil {
		return user, fmt.Errorf("reading user %s: %w", id, err)
	}
	return user, nil
}
