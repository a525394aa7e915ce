// Package chat keeps conversations between people, and between people and official accounts.
//
// A conversation is a gap-free sequence of messages in PostgreSQL. A message is stored before its
// members are told; the websocket only makes it faster. A client that was offline asks for the
// messages after the last sequence number that it has, so it misses nothing. The sender gives each
// message a client ID, so that a retry after a lost answer is the same message.
package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/names"
)

// Kinds of messages.
const (
	KindText     = "text"     // Text
	KindImage    = "image"    // Image
	KindAppCard  = "app_card" // AppCard
	KindTemplate = "template" // Template
	KindReceipt  = "receipt"  // made by the wallet
	KindSystem   = "system"   // Text, centred and grey
)

// Text is the content of a text message.
type Text struct {
	Text string `json:"text"`
}

// Notice is the content of a text message of the host's own: a client shows it in the language that it
// is set to. Text is for clients that do not know Texts.
type Notice struct {
	Text  string            `json:"text"`
	Texts map[string]string `json:"texts" doc:"The same by language: en, zh-CN"`
}

// NoticeOf returns the notice whose Text is in the language.
func NoticeOf(text fault.Text, language string) Notice {
	n := Notice{Text: text.In(language), Texts: map[string]string{}}
	for _, language := range fault.Languages {
		n.Texts[language] = text.In(language)
	}
	return n
}

// Image is the content of a picture message. A sender gives only the media ID; the rest is filled
// from the stored picture.
type Image struct {
	MediaID      uuid.UUID `json:"media_id"`
	URL          string    `json:"url"`
	ThumbnailURL string    `json:"thumbnail_url"`
	Width        int       `json:"width"`
	Height       int       `json:"height"`
}

// Sender is the author of a message.
type Sender struct {
	Type      string    `json:"type" enum:"user,account,system"`
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	AvatarURL string    `json:"avatar_url"`
}

// Message is one entry of a conversation.
type Message struct {
	ID             uuid.UUID       `json:"id"`
	ConversationID uuid.UUID       `json:"conversation_id"`
	Seq            int64           `json:"seq" doc:"Position in the conversation, from 1, without gaps"`
	ClientID       string          `json:"client_id" doc:"The sender's own name for the message"`
	Sender         Sender          `json:"sender"`
	Kind           string          `json:"kind" enum:"text,image,app_card,template,receipt,system"`
	Content        json.RawMessage `json:"content" doc:"Shape depends on kind"`
	CreatedAt      time.Time       `json:"created_at"`
}

// Peer is the other side of a conversation.
type Peer struct {
	Type   string    `json:"type" enum:"user,account"`
	ID     uuid.UUID `json:"id"`
	Handle string    `json:"handle"`
}

// Conversation is a conversation as one of its members sees it.
type Conversation struct {
	ID          uuid.UUID `json:"id"`
	Kind        string    `json:"kind" enum:"direct,account"`
	Title       string    `json:"title"`
	AvatarURL   string    `json:"avatar_url"`
	Peer        Peer      `json:"peer"`
	LastMessage *Message  `json:"last_message"`
	LastSeq     int64     `json:"last_seq"`
	ReadSeq     int64     `json:"read_seq"`
	Unread      int64     `json:"unread"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// Pusher sends an event to a person's open clients, on all hosts.
type Pusher interface {
	Push(ctx context.Context, userID uuid.UUID, event any) error
}

// Pictures finds a stored picture of a person.
type Pictures interface {
	// Picture returns the picture as a message shows it. fault.NotFound unless userID uploaded it.
	Picture(ctx context.Context, userID, mediaID uuid.UUID) (Image, error)
}

// Service is the chat.
type Service struct {
	pool     *pgxpool.Pool
	pusher   Pusher
	pictures Pictures
	now      func() time.Time
	stored   atomic.Uint64
}

// New returns the chat over the pool.
func New(pool *pgxpool.Pool, pusher Pusher, pictures Pictures) *Service {
	return &Service{pool: pool, pusher: pusher, pictures: pictures, now: time.Now}
}

// Stored returns how many messages this host has stored since it started.
func (s *Service) Stored() uint64 { return s.stored.Load() }

// OpenDirect returns the conversation between two people, and makes it if there is none. Faults:
// NotFound when there is no such person, Invalid for a conversation with oneself.
func (s *Service) OpenDirect(ctx context.Context, me, other uuid.UUID) (Conversation, error) {
	if me == other {
		return Conversation{}, fault.Errorf(fault.Invalid, "own-conversation",
			"You cannot open a conversation with yourself.")
	}
	var exists bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM app_user WHERE id = $1 AND disabled_at IS NULL)`,
		other).Scan(&exists)
	if err != nil {
		return Conversation{}, fmt.Errorf("chat: open direct: %w", err)
	}
	if !exists {
		return Conversation{}, fault.Errorf(fault.NotFound, "user-not-found", "There is no such person.")
	}
	id, err := s.ensure(ctx, "direct", directPair(me, other), nil, []uuid.UUID{me, other})
	if err != nil {
		return Conversation{}, err
	}
	return s.Conversation(ctx, me, id)
}

// AccountConversation returns the conversation of a person with an official account, and makes it
// if there is none.
func (s *Service) AccountConversation(ctx context.Context, accountID, userID uuid.UUID) (uuid.UUID, error) {
	return s.ensure(ctx, "account", accountPair(accountID, userID), &accountID, []uuid.UUID{userID})
}

func directPair(a, b uuid.UUID) string {
	first, second := a.String(), b.String()
	if second < first {
		first, second = second, first
	}
	return first + ":" + second
}

func accountPair(accountID, userID uuid.UUID) string {
	return "account:" + accountID.String() + ":" + userID.String()
}

// ensure makes the conversation of the pair, or finds the one that another request has just made.
func (s *Service) ensure(ctx context.Context, kind, pair string, accountID *uuid.UUID, members []uuid.UUID) (uuid.UUID, error) {
	var id uuid.UUID
	err := s.pool.QueryRow(ctx, `SELECT id FROM conversation WHERE pair = $1`, pair).Scan(&id)
	if err == nil || !errors.Is(err, pgx.ErrNoRows) {
		return id, wrap("find conversation", err)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// DO UPDATE rather than DO NOTHING, so that the row of a concurrent request is returned.
		err := tx.QueryRow(ctx, `
			INSERT INTO conversation (id, kind, pair, account_id, updated_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (pair) DO UPDATE SET pair = excluded.pair
			RETURNING id`, newID(), kind, pair, accountID, s.now()).Scan(&id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO conversation_member (conversation_id, user_id)
			SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING`, id, members)
		return err
	})
	return id, wrap("make conversation", err)
}

// Send stores a message of a person and tells the members. It accepts text and pictures. The same
// clientID in the same conversation is the same message, whose stored form is returned.
func (s *Service) Send(ctx context.Context, userID, conversationID uuid.UUID, clientID, kind string, content json.RawMessage) (Message, error) {
	if err := checkClientID(clientID); err != nil {
		return Message{}, err
	}
	stored, err := s.userContent(ctx, userID, kind, content)
	if err != nil {
		return Message{}, err
	}
	return s.post(ctx, post{conversation: conversationID, member: userID, senderType: "user",
		senderID: userID, clientID: clientID, kind: kind, content: stored})
}

// SendFromAccount stores a message of an official account to a person and tells the person's
// clients. The same clientID is the same message, so a job that is retried sends it once.
func (s *Service) SendFromAccount(ctx context.Context, accountID, userID uuid.UUID, clientID, kind string, content any) (Message, error) {
	if err := checkClientID(clientID); err != nil {
		return Message{}, err
	}
	encoded, err := json.Marshal(content)
	if err != nil {
		return Message{}, fmt.Errorf("chat: content: %w", err)
	}
	if len(encoded) > MaxContentBytes {
		return Message{}, fault.Errorf(fault.TooLarge, "message-too-large",
			"The message is %d bytes; the limit is %d.", len(encoded), MaxContentBytes)
	}
	conversationID, err := s.AccountConversation(ctx, accountID, userID)
	if err != nil {
		return Message{}, err
	}
	return s.post(ctx, post{conversation: conversationID, member: userID, senderType: "account",
		senderID: accountID, clientID: clientID, kind: kind, content: encoded})
}

// LastFromUser returns when the person last wrote to the account, and the zero time if never.
func (s *Service) LastFromUser(ctx context.Context, accountID, userID uuid.UUID) (time.Time, error) {
	var at *time.Time
	err := s.pool.QueryRow(ctx, `
		SELECT m.wrote_at FROM conversation_member m JOIN conversation c ON c.id = m.conversation_id
		WHERE c.pair = $1 AND m.user_id = $2`, accountPair(accountID, userID), userID).Scan(&at)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && at == nil {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, wrap("last message", err)
	}
	return *at, nil
}

// userContent validates what a person sends and returns what is stored.
func (s *Service) userContent(ctx context.Context, userID uuid.UUID, kind string, content json.RawMessage) (json.RawMessage, error) {
	switch kind {
	case KindText:
		var text Text
		if err := json.Unmarshal(content, &text); err != nil {
			return nil, badContent("A text message needs content {\"text\": \"…\"}.")
		}
		// PostgreSQL's jsonb cannot store NUL, and no text needs it.
		text.Text = strings.ReplaceAll(text.Text, "\x00", "")
		if strings.TrimSpace(text.Text) == "" {
			return nil, badContent("The message is empty.")
		}
		if n := utf8.RuneCountInString(text.Text); n > MaxTextRunes {
			return nil, fault.Errorf(fault.TooLarge, "message-too-large",
				"The message has %d characters; the limit is %d. Split it.", n, MaxTextRunes)
		}
		return json.Marshal(text)
	case KindImage:
		var image Image
		if err := json.Unmarshal(content, &image); err != nil || image.MediaID == uuid.Nil {
			return nil, badContent("A picture message needs content {\"media_id\": \"…\"}; upload it to /api/v1/media first.")
		}
		image, err := s.pictures.Picture(ctx, userID, image.MediaID)
		if err != nil {
			return nil, err
		}
		return json.Marshal(image)
	default:
		return nil, badContent("People can send the kinds \"text\" and \"image\".")
	}
}

func badContent(message string) error {
	return fault.Errorf(fault.Invalid, "bad-content", "%s", message).At("body.content", message)
}

func checkClientID(id string) error {
	if id == "" || len(id) > MaxClientIDBytes || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
		message := fmt.Sprintf("client_id must be text of 1 to %d bytes; a UUID made by the sender is best.", MaxClientIDBytes)
		return fault.Errorf(fault.Invalid, "bad-client-id", "%s", message).At("body.client_id", message)
	}
	return nil
}

// post is a message that will be stored.
type post struct {
	conversation uuid.UUID
	member       uuid.UUID // must be a member of the conversation
	senderType   string
	senderID     uuid.UUID
	clientID     string
	kind         string
	content      json.RawMessage
}

// post stores the message, or finds the one that an earlier try stored, and tells the members.
func (s *Service) post(ctx context.Context, p post) (Message, error) {
	var seq int64
	repeated := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// The row lock orders the senders: the one that holds it gets the next number.
		var platform bool
		err := tx.QueryRow(ctx, `
			SELECT c.last_seq, coalesce(a.handle = $3, false) FROM conversation c
			JOIN conversation_member m ON m.conversation_id = c.id AND m.user_id = $2
			LEFT JOIN official_account a ON a.id = c.account_id
			WHERE c.id = $1 FOR UPDATE OF c`, p.conversation, p.member, names.PlatformHandle).Scan(&seq, &platform)
		if errors.Is(err, pgx.ErrNoRows) {
			return notFound()
		}
		if err != nil {
			return err
		}
		if platform && p.senderType == "user" {
			return fault.Errorf(fault.Forbidden, "nobody-reads",
				"Nobody reads what is written to this account. Ask those who run this host.")
		}
		var earlier int64
		err = tx.QueryRow(ctx, `SELECT seq FROM message
			WHERE conversation_id = $1 AND sender_id = $2 AND client_id = $3`,
			p.conversation, p.senderID, p.clientID).Scan(&earlier)
		if err == nil {
			seq, repeated = earlier, true
			return nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		seq++
		err = s.insert(ctx, tx, p, seq)
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code == "22P05" { // jsonb has no NUL
			return badContent("The message has a character that cannot be stored (NUL).")
		}
		return err
	})
	if err != nil {
		return Message{}, wrap("send", err)
	}
	if !repeated {
		s.stored.Add(1)
	}
	message, err := s.message(ctx, p.conversation, seq)
	if err != nil {
		return message, err
	}
	// A retry announces again: the first try may have failed between its commit and its
	// announcement. Clients recognise a message by its seq.
	return message, s.announce(ctx, message)
}

// insert writes the message and updates the conversation. The author counts as having read it.
func (s *Service) insert(ctx context.Context, tx pgx.Tx, p post, seq int64) error {
	batch := &pgx.Batch{}
	now := s.now()
	batch.Queue(`INSERT INTO message (id, conversation_id, seq, sender_type, sender_id, client_id, kind, content, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		newID(), p.conversation, seq, p.senderType, p.senderID, p.clientID, p.kind, p.content, now)
	batch.Queue(`UPDATE conversation SET last_seq = $2, updated_at = $3 WHERE id = $1`, p.conversation, seq, now)
	batch.Queue(`UPDATE conversation_member SET read_seq = $3, wrote_at = $4
		WHERE conversation_id = $1 AND user_id = $2`, p.conversation, p.senderID, seq, now)
	return tx.SendBatch(ctx, batch).Close()
}

// messageEvent is what a member's clients receive.
type messageEvent struct {
	Type         string       `json:"type"` // "message"
	Message      Message      `json:"message"`
	Conversation Conversation `json:"conversation"`
}

// Place is the message's position in its conversation; clients are told in this order.
func (e messageEvent) Place() (stream uuid.UUID, seq int64) {
	return e.Message.ConversationID, e.Message.Seq
}

func (s *Service) announce(ctx context.Context, message Message) error {
	views, err := s.views(ctx, message.ConversationID)
	if err != nil {
		return err
	}
	for userID, view := range views {
		if err := s.pusher.Push(ctx, userID, messageEvent{"message", message, view}); err != nil {
			return fmt.Errorf("chat: push: %w", err)
		}
	}
	return nil
}

// readEvent tells a person's other clients how far one of them has read.
type readEvent struct {
	Type           string    `json:"type"` // "read"
	ConversationID uuid.UUID `json:"conversation_id"`
	ReadSeq        int64     `json:"read_seq"`
	Unread         int64     `json:"unread"`
}

// MarkRead records that the person has read up to seq; the stored number never gets smaller.
func (s *Service) MarkRead(ctx context.Context, userID, conversationID uuid.UUID, seq int64) (readSeq, unread int64, err error) {
	err = s.pool.QueryRow(ctx, `
		UPDATE conversation_member m SET read_seq = greatest(m.read_seq, least($3, c.last_seq))
		FROM conversation c WHERE c.id = m.conversation_id AND m.conversation_id = $1 AND m.user_id = $2
		-- A message of one's own, stored while this waited for the row, has been read beyond the
		-- last_seq that the statement began with.
		RETURNING m.read_seq, greatest(c.last_seq - m.read_seq, 0)`, conversationID, userID, seq).Scan(&readSeq, &unread)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, notFound()
	}
	if err != nil {
		return 0, 0, wrap("mark read", err)
	}
	return readSeq, unread, s.pusher.Push(ctx, userID, readEvent{"read", conversationID, readSeq, unread})
}

func notFound() error {
	return fault.Errorf(fault.NotFound, "conversation-not-found",
		"There is no such conversation, or you are not in it.")
}

// wrap names the operation in an error; faults are returned unchanged.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	return fmt.Errorf("chat: %s: %w", what, err)
}

// newID is time-ordered, so that primary keys grow at one end.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
