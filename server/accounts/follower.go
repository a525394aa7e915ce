package accounts

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/bridge"
)

// Followers stores who follows which account, and lets accounts write to people who had contact
// with them.
type Followers struct {
	pool       *pgxpool.Pool
	identities *Identities
	messenger  Messenger
	now        func() time.Time
}

// Messenger is what this package needs from the chat.
type Messenger interface {
	// AccountConversation returns the conversation of the account and the person, made if needed.
	AccountConversation(ctx context.Context, accountID, userID uuid.UUID) (uuid.UUID, error)
	// SendFromAccount sends once for a client ID, however often it is called, and returns the
	// message's ID.
	SendFromAccount(ctx context.Context, accountID, userID uuid.UUID, clientID, kind string,
		content any) (uuid.UUID, error)
	// LastFromUser returns when the person last wrote to the account, the zero time for never.
	LastFromUser(ctx context.Context, accountID, userID uuid.UUID) (time.Time, error)
}

// Follow makes the person a follower and returns their conversation with the account. The welcome
// message is sent once to a person: following again, or a retry after a failure, does not send a
// second one.
func (s *Followers) Follow(ctx context.Context, userID, accountID uuid.UUID) (uuid.UUID, error) {
	var welcome string
	var welcomedAt *time.Time
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT a.welcome_text FROM official_account a WHERE a.id = $2 AND `+visibleAccount,
			userID, accountID).Scan(&welcome)
		if errors.Is(err, pgx.ErrNoRows) {
			return noSuchAccount()
		}
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `
			INSERT INTO follower AS f (account_id, user_id, followed_at) VALUES ($1, $2, $3)
			ON CONFLICT (account_id, user_id) DO UPDATE SET unfollowed_at = NULL,
				followed_at = CASE WHEN f.unfollowed_at IS NULL THEN f.followed_at ELSE $3 END
			RETURNING welcomed_at`, accountID, userID, s.now()).Scan(&welcomedAt)
		if err != nil {
			return err
		}
		return touch(ctx, tx, accountID, userID, s.now())
	})
	if err != nil {
		return uuid.Nil, err
	}
	// From here on every step can be repeated: the next attempt does what failed.
	conversation, err := s.messenger.AccountConversation(ctx, accountID, userID)
	if err != nil {
		return uuid.Nil, err
	}
	if welcomedAt == nil && welcome != "" {
		_, err := s.messenger.SendFromAccount(ctx, accountID, userID, "welcome", "text",
			map[string]string{"text": welcome})
		if err != nil {
			return uuid.Nil, err
		}
	}
	_, err = s.pool.Exec(ctx, `
		UPDATE follower SET conversation_id = $3, welcomed_at = coalesce(welcomed_at, $4)
		WHERE account_id = $1 AND user_id = $2`, accountID, userID, conversation, s.now())
	return conversation, err
}

// Unfollow makes the person no longer a follower. It succeeds also if they were none.
func (s *Followers) Unfollow(ctx context.Context, userID, accountID uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `
		UPDATE follower SET unfollowed_at = $3
		WHERE account_id = $1 AND user_id = $2 AND unfollowed_at IS NULL`, accountID, userID, s.now())
	return err
}

// touch records that the person did something with the account.
func touch(ctx context.Context, tx pgx.Tx, accountID, userID uuid.UUID, at time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO account_contact (account_id, user_id, last_action_at) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, user_id) DO UPDATE SET last_action_at = excluded.last_action_at`,
		accountID, userID, at)
	return err
}

type textMessage struct {
	OpenID   string `json:"open_id" doc:"To whom."`
	Text     string `json:"text" minLength:"1" maxLength:"2000"`
	ClientID string `json:"client_id,omitempty" maxLength:"40" doc:"Your ID for the message. A message with the same ID is sent only once, so retry with it."`
}

// Person implements bridge.Named.
func (m textMessage) Person() string { return m.OpenID }

type followerList struct {
	Cursor string `json:"cursor,omitempty" doc:"next_cursor of the previous page."`
	Limit  int    `json:"limit,omitempty" minimum:"1" maximum:"100" default:"30"`
}

type follower struct {
	OpenID     string    `json:"open_id"`
	FollowedAt time.Time `json:"followed_at"`
}

// sendText writes to a person who has written or acted within TextWindow.
func (s *Followers) sendText(ctx context.Context, caller bridge.Caller, in textMessage) (sentMessage,
	error) {
	length := utf8.RuneCountInString(in.Text)
	if strings.TrimSpace(in.Text) == "" || length > MaxText {
		return sentMessage{}, fault.Errorf(fault.Invalid, "bad-text", "A text has 1 to %d characters.",
			MaxText).
			At("text", "has the wrong length")
	}
	if err := checkClientID(in.ClientID); err != nil {
		return sentMessage{}, err
	}
	userID, err := s.identities.UserOf(ctx, caller.AppID, in.OpenID)
	if err != nil {
		return sentMessage{}, err
	}
	last, err := s.lastContact(ctx, caller.AccountID, userID)
	if err != nil {
		return sentMessage{}, err
	}
	if s.now().Sub(last) > TextWindow {
		return sentMessage{}, fault.Errorf(fault.Forbidden, "window-closed",
			"The user has neither written nor acted within %d hours; use a subscription message.", int(TextWindow.Hours()))
	}
	clientID := "txt:" + caller.AppID + ":" + cmp.Or(in.ClientID, uuid.NewString())
	id, err := s.messenger.SendFromAccount(ctx, caller.AccountID, userID, clientID, "text",
		map[string]string{"text": in.Text})
	return sentMessage{MessageID: id}, err
}

// lastContact returns when the person last wrote to the account or did something with it.
func (s *Followers) lastContact(ctx context.Context, accountID, userID uuid.UUID) (time.Time, error) {
	var acted time.Time
	err := s.pool.QueryRow(ctx,
		`SELECT last_action_at FROM account_contact WHERE account_id = $1 AND user_id = $2`,
		accountID, userID).Scan(&acted)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return acted, err
	}
	wrote, err := s.messenger.LastFromUser(ctx, accountID, userID)
	if wrote.After(acted) {
		return wrote, err
	}
	return acted, err
}

func (s *Followers) listFollowers(ctx context.Context, caller bridge.Caller,
	in followerList) (paging.Page[follower], error) {
	q := paging.Query{Cursor: in.Cursor, Limit: in.Limit}
	position, err := q.Position(2)
	if err != nil {
		return paging.Page[follower]{}, err
	}
	if position == nil {
		position = []string{"-infinity", uuid.Nil.String()}
	}
	rows, err := s.pool.Query(ctx, `
		SELECT f.user_id, f.followed_at FROM follower f
		WHERE f.account_id = $1 AND f.unfollowed_at IS NULL
		  AND (f.followed_at, f.user_id) > ($2::text::timestamptz, $3::text::uuid)
		  AND (NOT $5 OR EXISTS (SELECT FROM app p, app_user u WHERE p.id = $6 AND u.id = f.user_id AND `+insiders+`))
		ORDER BY f.followed_at, f.user_id LIMIT $4`,
		caller.AccountID, position[0], position[1], q.Rows(), caller.InsidersOnly, caller.AppID)
	if err != nil {
		return paging.Page[follower]{}, err
	}
	type found struct {
		UserID     uuid.UUID
		FollowedAt time.Time
	}
	people, err := pgx.CollectRows(rows, pgx.RowToStructByPos[found])
	if err != nil {
		return paging.Page[follower]{}, badPosition(err)
	}
	page := paging.Of(q, people, func(f found) []string {
		return []string{f.FollowedAt.Format(time.RFC3339Nano), f.UserID.String()}
	})
	ids := make([]uuid.UUID, len(page.Items))
	for i, f := range page.Items {
		ids[i] = f.UserID
	}
	openIDs, err := s.identities.OpenIDs(ctx, caller.AppID, ids)
	if err != nil {
		return paging.Page[follower]{}, err
	}
	out := paging.Page[follower]{Items: make([]follower, len(ids)), NextCursor: page.NextCursor}
	for i, f := range page.Items {
		out.Items[i] = follower{OpenID: openIDs[f.UserID].OpenID, FollowedAt: f.FollowedAt}
	}
	return out, nil
}

type sentMessage struct {
	MessageID uuid.UUID `json:"message_id"`
}

func checkClientID(id string) error {
	if len(id) > MaxClientID {
		return fault.Errorf(fault.Invalid, "bad-client-id", "client_id has at most %d characters.",
			MaxClientID).
			At("client_id", "is too long")
	}
	return nil
}

// The scopes of this subject's capabilities.
const (
	scopeMessage  = "message"
	scopeFollower = "follower"
)

func (s *Followers) capabilities() []bridge.Capability {
	return []bridge.Capability{
		bridge.Define(bridge.Capability{
			Name: "messages.send_text", Scope: scopeMessage, Callers: bridge.AccountServer, Reach: bridge.ReachNamed, PerMinute: 600, MaxBytes: 16 << 10,
			Summary:   "Write to a user within 48 hours of their last message or action.",
			SummaryZH: "在用户最近一次消息或操作后的 48 小时内向其发送文字消息。",
		}, s.sendText),
		bridge.Define(bridge.Capability{
			Name: "followers.list", Scope: scopeFollower, Callers: bridge.AccountServer, Reach: bridge.ReachFound, PerMinute: 60, MaxBytes: 1 << 10,
			Summary:   "List who follows the official account.",
			SummaryZH: "列出公众号的关注者。",
		}, s.listFollowers),
	}
}
