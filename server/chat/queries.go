package chat

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/paging"
)

// messageColumns reads a message with its sender's present name and picture, from message m.
const messageColumns = `
	m.id, m.conversation_id, m.seq, m.client_id, m.kind, m.content, m.created_at, m.sender_type, m.sender_id,
	coalesce(u.display_name, a.name, ''), coalesce(u.avatar_url, a.avatar_url, '')`

const messageSenders = `
	LEFT JOIN app_user u ON m.sender_type = 'user' AND u.id = m.sender_id
	LEFT JOIN official_account a ON m.sender_type = 'account' AND a.id = m.sender_id`

func scanMessage(row pgx.CollectableRow) (Message, error) {
	var m Message
	err := row.Scan(&m.ID, &m.ConversationID, &m.Seq, &m.ClientID, &m.Kind, &m.Content, &m.CreatedAt,
		&m.Sender.Type, &m.Sender.ID, &m.Sender.Name, &m.Sender.AvatarURL)
	return m, err
}

func (s *Service) message(ctx context.Context, conversationID uuid.UUID, seq int64) (Message, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+messageColumns+` FROM message m `+messageSenders+`
		WHERE m.conversation_id = $1 AND m.seq = $2`, conversationID, seq)
	if err != nil {
		return Message{}, wrap("read message", err)
	}
	m, err := pgx.CollectExactlyOneRow(rows, scanMessage)
	return m, wrap("read message", err)
}

// Page selects messages of a conversation: those before a sequence number (the newest of them),
// those after one (the oldest of them), or, with neither, the newest.
type Page struct {
	BeforeSeq int64
	AfterSeq  int64
	Limit     int // 0 means PageDefault, at most PageMax
}

// Messages returns a page in ascending order. fault.NotFound unless userID is a member.
func (s *Service) Messages(ctx context.Context, userID, conversationID uuid.UUID, page Page) ([]Message, error) {
	var member bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM conversation_member
		WHERE conversation_id = $1 AND user_id = $2)`, conversationID, userID).Scan(&member)
	if err != nil {
		return nil, wrap("read messages", err)
	}
	if !member {
		return nil, notFound()
	}
	limit := clamp(page.Limit, PageDefault, PageMax)
	before := page.BeforeSeq
	if before <= 0 {
		// A bound that is always set, rather than a condition "or none is given": the index finds a
		// bound quickly in a conversation of any length.
		before = math.MaxInt64
	}
	order := "DESC"
	if page.AfterSeq > 0 {
		order = "ASC"
	}
	rows, err := s.pool.Query(ctx, `
		SELECT `+messageColumns+` FROM (
			SELECT * FROM message WHERE conversation_id = $1
			AND seq < $2 AND seq > $3 ORDER BY seq `+order+` LIMIT $4) m `+messageSenders+`
		ORDER BY m.seq`, conversationID, before, page.AfterSeq, limit)
	if err != nil {
		return nil, wrap("read messages", err)
	}
	messages, err := pgx.CollectRows(rows, scanMessage)
	return messages, wrap("read messages", err)
}

func clamp(n, standard, most int) int {
	if n <= 0 {
		return standard
	}
	return min(n, most)
}

// conversations reads conversations as their members see them, one row per member. which selects
// them from members cm and conversations c. The other columns are read after that, only for the
// selected rows: a person may have a thousand conversations and sees a page of them.
func conversations(which string) string {
	return `
	SELECT c.user_id, c.id, c.kind, c.last_seq, c.read_seq, c.updated_at,
		coalesce(peer.display_name, account.name, ''), coalesce(peer.avatar_url, account.avatar_url, ''),
		coalesce(peer.id, account.id), coalesce(peer.handle, account.handle, ''), c.kind = 'account',
		m.id, m.client_id, m.kind, m.content, m.created_at, m.sender_type, m.sender_id,
		coalesce(u.display_name, a.name, ''), coalesce(u.avatar_url, a.avatar_url, '')
	FROM (SELECT c.*, cm.user_id, cm.read_seq FROM conversation_member cm
		JOIN conversation c ON c.id = cm.conversation_id ` + which + `) c
	LEFT JOIN official_account account ON account.id = c.account_id
	LEFT JOIN conversation_member other ON c.kind = 'direct'
		AND other.conversation_id = c.id AND other.user_id <> c.user_id
	LEFT JOIN app_user peer ON peer.id = other.user_id
	LEFT JOIN message m ON m.conversation_id = c.id AND m.seq = c.last_seq` + messageSenders
}

// memberView is a conversation as one member sees it, with the member.
type memberView struct {
	userID uuid.UUID
	Conversation
}

func scanConversation(row pgx.CollectableRow) (memberView, error) {
	var v memberView
	var isAccount bool
	var id *uuid.UUID
	var clientID, kind, senderType *string
	var createdAt *time.Time
	var senderID *uuid.UUID
	var m Message
	c := &v.Conversation
	err := row.Scan(&v.userID, &c.ID, &c.Kind, &c.LastSeq, &c.ReadSeq, &c.UpdatedAt, &c.Title, &c.AvatarURL,
		&c.Peer.ID, &c.Peer.Handle, &isAccount, &id, &clientID, &kind, &m.Content, &createdAt,
		&senderType, &senderID, &m.Sender.Name, &m.Sender.AvatarURL)
	if err != nil {
		return v, err
	}
	c.Peer.Type = "user"
	if isAccount {
		c.Peer.Type = "account"
	}
	c.Unread = c.LastSeq - c.ReadSeq
	if id != nil { // a conversation without messages has none of these
		m.ID, m.ConversationID, m.Seq, m.ClientID, m.Kind = *id, c.ID, c.LastSeq, *clientID, *kind
		m.CreatedAt, m.Sender.Type, m.Sender.ID = *createdAt, *senderType, *senderID
		c.LastMessage = &m
	}
	return v, nil
}

// Conversation returns one conversation as userID sees it. fault.NotFound unless a member.
func (s *Service) Conversation(ctx context.Context, userID, id uuid.UUID) (Conversation, error) {
	rows, err := s.pool.Query(ctx, conversations(`WHERE cm.conversation_id = $1 AND cm.user_id = $2`), id, userID)
	if err != nil {
		return Conversation{}, wrap("read conversation", err)
	}
	view, err := pgx.CollectExactlyOneRow(rows, scanConversation)
	if errors.Is(err, pgx.ErrNoRows) {
		return Conversation{}, notFound()
	}
	return view.Conversation, wrap("read conversation", err)
}

func (s *Service) views(ctx context.Context, id uuid.UUID) (map[uuid.UUID]Conversation, error) {
	rows, err := s.pool.Query(ctx, conversations(`WHERE cm.conversation_id = $1`), id)
	if err != nil {
		return nil, wrap("read members", err)
	}
	views, err := pgx.CollectRows(rows, scanConversation)
	if err != nil {
		return nil, wrap("read members", err)
	}
	byUser := make(map[uuid.UUID]Conversation, len(views))
	for _, v := range views {
		byUser[v.userID] = v.Conversation
	}
	return byUser, nil
}

// Conversations returns the person's conversations that have messages, or are with an account,
// the most recently active first.
func (s *Service) Conversations(ctx context.Context, userID uuid.UUID, query paging.Query) (paging.Page[Conversation], error) {
	from, err := query.Position(2)
	if err != nil {
		return paging.Page[Conversation]{}, err
	}
	if from == nil {
		from = []string{"infinity", uuid.Max.String()}
	}
	rows, err := s.pool.Query(ctx, conversations(`
		WHERE cm.user_id = $1 AND (c.last_seq > 0 OR c.kind = 'account')
		AND (c.updated_at, c.id) < ($2::text::timestamptz, $3::text::uuid)
		ORDER BY c.updated_at DESC, c.id DESC LIMIT $4`)+`
		ORDER BY c.updated_at DESC, c.id DESC`, userID, from[0], from[1], query.Rows())
	if err != nil {
		return paging.Page[Conversation]{}, wrap("list conversations", err)
	}
	views, err := pgx.CollectRows(rows, scanConversation)
	if err != nil {
		return paging.Page[Conversation]{}, badPosition(err)
	}
	found := make([]Conversation, len(views))
	for i, v := range views {
		found[i] = v.Conversation
	}
	return paging.Of(query, found, func(c Conversation) []string {
		return []string{c.UpdatedAt.Format(time.RFC3339Nano), c.ID.String()}
	}), nil
}

// badPosition distinguishes an invalid cursor, which PostgreSQL cannot parse, from a failure.
func badPosition(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && strings.HasPrefix(refused.Code, "22") { // data exception
		return fault.Errorf(fault.Invalid, "bad-cursor", "This cursor was not made by this list; start without one.")
	}
	return wrap("list conversations", err)
}
