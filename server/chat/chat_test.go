package chat_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/server/names"
	"github.com/teahouse/teahouse/waittest"
)

// recorder remembers what was pushed to whom.
type recorder struct {
	mu     sync.Mutex
	events map[uuid.UUID][]map[string]any
	broken atomic.Bool // nothing can be pushed
}

func (r *recorder) Push(_ context.Context, userID uuid.UUID, event any) error {
	if r.broken.Load() {
		return errors.New("nobody is there")
	}
	encoded, err := json.Marshal(event)
	if err != nil {
		return err
	}
	var decoded map[string]any
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events[userID] = append(r.events[userID], decoded)
	return nil
}

type noPictures struct{}

func (noPictures) Picture(context.Context, uuid.UUID, uuid.UUID) (chat.Image, error) {
	return chat.Image{}, fault.Errorf(fault.NotFound, "media-not-found", "There is no such picture.")
}

type bundle struct {
	chat          *chat.Service
	pushed        *recorder
	pool          *pgxpool.Pool
	ann, bob, eve uuid.UUID
	cafe          uuid.UUID
}

func setup(t *testing.T) bundle {
	t.Helper()
	pool := migrationtest.Open(t)
	b := bundle{pool: pool, pushed: &recorder{events: map[uuid.UUID][]map[string]any{}}}
	b.chat = chat.New(pool, b.pushed, noPictures{})
	for handle, id := range map[string]*uuid.UUID{"ann": &b.ann, "bob": &b.bob, "eve": &b.eve} {
		*id = uuid.Must(uuid.NewV7())
		_, err := pool.Exec(t.Context(), `INSERT INTO app_user (id, handle, display_name, password_hash) VALUES ($1, $2, $3, '')`,
			*id, handle, strings.ToUpper(handle))
		if err != nil {
			t.Fatal(err)
		}
	}
	b.cafe = uuid.Must(uuid.NewV7())
	_, err := pool.Exec(t.Context(), `INSERT INTO official_account (id, handle, name, kind) VALUES ($1, 'cafe', 'The Café', 'service')`, b.cafe)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b bundle) direct(t *testing.T, a, z uuid.UUID) uuid.UUID {
	t.Helper()
	c, err := b.chat.OpenDirect(t.Context(), a, z)
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func text(s string) json.RawMessage {
	encoded, _ := json.Marshal(chat.Text{Text: s})
	return encoded
}

func TestBothOpenTheSameConversation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := make([]uuid.UUID, 16)
	group, ctx := errgroup.WithContext(t.Context())
	for i := range ids {
		group.Go(func() error {
			me, other := b.ann, b.bob
			if i%2 == 1 {
				me, other = other, me
			}
			c, err := b.chat.OpenDirect(ctx, me, other)
			ids[i] = c.ID
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("two conversations for one pair: %s and %s", id, ids[0])
		}
	}
}

func TestAMessageReachesBothSidesWithTheirOwnUnreadCount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	if _, err := b.chat.Send(t.Context(), b.ann, id, "1", chat.KindText, text("hello")); err != nil {
		t.Fatal(err)
	}
	for user, unread := range map[uuid.UUID]float64{b.ann: 0, b.bob: 1} {
		events := b.pushed.events[user]
		if len(events) != 1 {
			t.Fatalf("%d events, want 1", len(events))
		}
		if got := events[0]["conversation"].(map[string]any)["unread"]; got != unread {
			t.Errorf("unread = %v, want %v", got, unread)
		}
	}
	if len(b.pushed.events[b.eve]) != 0 {
		t.Error("a third person heard it")
	}
	readSeq, unread, err := b.chat.MarkRead(t.Context(), b.bob, id, 99)
	if err != nil || readSeq != 1 || unread != 0 {
		t.Errorf("MarkRead = %d, %d, %v; reading is bounded by what there is", readSeq, unread, err)
	}
	if readSeq, _, _ = b.chat.MarkRead(t.Context(), b.bob, id, 0); readSeq != 1 {
		t.Errorf("reading went back to %d", readSeq)
	}
}

func TestARetriedMessageIsStoredOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	group, ctx := errgroup.WithContext(t.Context())
	ids := make([]uuid.UUID, 8)
	for i := range ids {
		group.Go(func() error {
			m, err := b.chat.Send(ctx, b.ann, id, "same", chat.KindText, text("once"))
			ids[i] = m.ID
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, got := range ids {
		if got != ids[0] {
			t.Error("a retry got another message")
		}
	}
	// Every announcement is of that message: clients recognise it by its seq.
	for _, event := range b.pushed.events[b.bob] {
		message := event["message"].(map[string]any)
		if message["id"] != ids[0].String() || message["seq"] != 1.0 {
			t.Errorf("announced %v", message)
		}
	}
}

// When a host crashes after it stored a message and before it announced it, the sender gets no
// answer. The sender's retry announces the message.
func TestARetryAnnouncesWhatTheFirstTryCouldNot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	b.pushed.broken.Store(true)
	if _, err := b.chat.Send(t.Context(), b.ann, id, "1", chat.KindText, text("hello")); err == nil {
		t.Fatal("the test wants the first try to fail")
	}
	b.pushed.broken.Store(false)
	if _, err := b.chat.Send(t.Context(), b.ann, id, "1", chat.KindText, text("hello")); err != nil {
		t.Fatal(err)
	}
	if events := b.pushed.events[b.bob]; len(events) != 1 {
		t.Errorf("Bob was told %d times", len(events))
	}
}

// MarkRead waits for the row of a member who writes at the same moment. Afterwards the unread count
// is zero, and not negative.
func TestReadingWhileWritingLeavesNothingUnread(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	if _, err := b.chat.Send(t.Context(), b.ann, id, "1", chat.KindText, text("one")); err != nil {
		t.Fatal(err)
	}
	tx, err := b.pool.Begin(t.Context()) // a message of Ann's that is stored and not yet committed
	if err != nil {
		t.Fatal(err)
	}
	_, first := tx.Exec(t.Context(), `UPDATE conversation SET last_seq = 2 WHERE id = $1`, id)
	_, second := tx.Exec(t.Context(), `UPDATE conversation_member SET read_seq = 2
		WHERE conversation_id = $1 AND user_id = $2`, id, b.ann)
	if err := errors.Join(first, second); err != nil {
		t.Fatal(err)
	}
	unread := make(chan int64, 1)
	go func() {
		_, n, err := b.chat.MarkRead(context.Background(), b.ann, id, 1)
		if err != nil {
			t.Error(err)
		}
		unread <- n
	}()
	b.untilSomebodyWaits(t)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := <-unread; n != 0 {
		t.Errorf("%d unread", n)
	}
}

// untilSomebodyWaits returns once a statement waits for a row.
func (b bundle) untilSomebodyWaits(t *testing.T) {
	t.Helper()
	waittest.Eventually(t, "somebody waits for a row", func() bool {
		var waiting bool
		err := b.pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		return waiting
	})
}

// A page of a long conversation reads only its own messages, also after many calls: then PostgreSQL
// uses a generic plan for any arguments.
func TestAPageOfALongConversationReadsOnlyItsMessages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	const length = 20_000
	_, err := b.pool.Exec(t.Context(), `INSERT INTO message
			(id, conversation_id, seq, sender_type, sender_id, client_id, kind, content, created_at)
		SELECT gen_random_uuid(), $1, n, 'user', $2, n::text, 'text', '{"text": "x"}', now()
		FROM generate_series(1, $3::int) n`, id, b.bob, length)
	if err != nil {
		t.Fatal(err)
	}
	config := b.pool.Config()
	config.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	config.MaxConns = 1
	var explained explainer
	config.ConnConfig.Tracer = &explained
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), `ANALYZE message`); err != nil {
		t.Fatal(err)
	}
	service := chat.New(pool, b.pushed, noPictures{})
	page, err := service.Messages(t.Context(), b.ann, id, chat.Page{BeforeSeq: 101, Limit: 10})
	if err != nil || len(page) != 10 || page[9].Seq != 100 {
		t.Fatalf("%d messages, %v", len(page), err)
	}
	if removed := explained.rowsRemoved(t, b.pool); removed > 0 {
		t.Errorf("%d messages were read in vain", removed)
	}
}

// explainer keeps the last statement and its arguments.
type explainer struct {
	sql  string
	args []any
}

func (e *explainer) TraceQueryStart(
	ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData,
) context.Context {
	e.sql, e.args = data.SQL, data.Args
	return ctx
}

func (e *explainer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// rowsRemoved runs the statement again with a generic plan, and counts the rows that its filters
// removed.
func (e *explainer) rowsRemoved(t *testing.T, pool *pgxpool.Pool) (removed int) {
	t.Helper()
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	literals := make([]string, len(e.args))
	for i, arg := range e.args {
		literals[i] = fmt.Sprintf("'%v'", arg)
	}
	for _, sql := range []string{"SET plan_cache_mode = force_generic_plan", "PREPARE page AS " + e.sql} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(t.Context(), "EXPLAIN (ANALYZE, COSTS OFF) EXECUTE page("+
		strings.Join(literals, ", ")+")", pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range plan {
		if _, count, ok := strings.Cut(line, "Rows Removed by Filter: "); ok {
			n, err := strconv.Atoi(count)
			if err != nil {
				t.Fatal(err)
			}
			removed += n
		}
	}
	return removed
}

func TestAnAccountKnowsWhenAPersonLastWrote(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if at, err := b.chat.LastFromUser(t.Context(), b.cafe, b.ann); err != nil || !at.IsZero() {
		t.Errorf("before there is a conversation: %s, %v", at, err)
	}
	_, err := b.chat.SendFromAccount(t.Context(), b.cafe, b.ann, "w", chat.KindText, chat.Text{Text: "Hi"})
	if err != nil {
		t.Fatal(err)
	}
	if at, err := b.chat.LastFromUser(t.Context(), b.cafe, b.ann); err != nil || !at.IsZero() {
		t.Errorf("before the person wrote: %s, %v", at, err)
	}
	id, err := b.chat.AccountConversation(t.Context(), b.cafe, b.ann)
	if err != nil {
		t.Fatal(err)
	}
	m, err := b.chat.Send(t.Context(), b.ann, id, "1", chat.KindText, text("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if at, err := b.chat.LastFromUser(t.Context(), b.cafe, b.ann); err != nil || !at.Equal(m.CreatedAt) {
		t.Errorf("%s, %v; want %s", at, err, m.CreatedAt)
	}
}

func TestNobodyWritesToThePlatformsAccount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	platform := uuid.Must(uuid.NewV7())
	_, err := b.pool.Exec(t.Context(), `INSERT INTO official_account (id, handle, name, kind) VALUES ($1, $2, 'Teahouse', 'service')`,
		platform, names.PlatformHandle)
	if err != nil {
		t.Fatal(err)
	}
	notice, err := b.chat.SendFromAccount(t.Context(), platform, b.ann, "n", chat.KindText, chat.Text{Text: "New device"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.chat.Send(t.Context(), b.ann, notice.ConversationID, "1", chat.KindText, text("hello?"))
	if fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a person wrote to the platform: %v", err)
	}
	if _, err = b.chat.SendFromAccount(t.Context(), platform, b.ann, "m", chat.KindText, chat.Text{Text: "Another"}); err != nil {
		t.Errorf("the platform cannot write any more: %v", err)
	}
}

func TestConcurrentSendersLeaveNoGapAndNoDuplicate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	const each = 20
	group, ctx := errgroup.WithContext(t.Context())
	for _, user := range []uuid.UUID{b.ann, b.bob} {
		group.Go(func() error {
			for i := range each {
				if _, err := b.chat.Send(ctx, user, id, fmt.Sprint(i), chat.KindText, text("x")); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	seen := int64(0)
	for { // as a client that was away would
		page, err := b.chat.Messages(t.Context(), b.ann, id, chat.Page{AfterSeq: max(seen, 0), Limit: 7})
		if err != nil {
			t.Fatal(err)
		}
		if seen == 0 { // without after_seq the newest are returned; begin at the first
			page, err = b.chat.Messages(t.Context(), b.ann, id, chat.Page{BeforeSeq: 8})
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(page) == 0 {
			break
		}
		for _, m := range page {
			if m.Seq != seen+1 {
				t.Fatalf("message %d follows %d", m.Seq, seen)
			}
			seen = m.Seq
		}
	}
	if seen != 2*each {
		t.Errorf("%d messages, want %d", seen, 2*each)
	}
}

func TestANonMemberCanNeitherReadNorWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	_, sendErr := b.chat.Send(t.Context(), b.eve, id, "1", chat.KindText, text("hi"))
	_, readErr := b.chat.Messages(t.Context(), b.eve, id, chat.Page{})
	_, getErr := b.chat.Conversation(t.Context(), b.eve, id)
	_, _, markErr := b.chat.MarkRead(t.Context(), b.eve, id, 1)
	for name, err := range map[string]error{"send": sendErr, "read": readErr, "get": getErr, "mark": markErr} {
		if fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %v, want not found", name, err)
		}
	}
}

func TestBadMessagesAreRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.direct(t, b.ann, b.bob)
	for name, c := range map[string]struct {
		clientID, kind, content string
		code                    fault.Code
	}{
		"empty text":        {"1", "text", `{"text":"  "}`, fault.Invalid},
		"no object":         {"1", "text", `"hi"`, fault.Invalid},
		"5 MB of text":      {"1", "text", `{"text":"` + strings.Repeat("a", 5<<20) + `"}`, fault.TooLarge},
		"kind of accounts":  {"1", "template", `{}`, fault.Invalid},
		"foreign picture":   {"1", "image", `{"media_id":"` + uuid.NewString() + `"}`, fault.NotFound},
		"no client ID":      {"", "text", `{"text":"x"}`, fault.Invalid},
		"a NUL as its ID":   {"1\x00", "text", `{"text":"x"}`, fault.Invalid},
		"nothing but NULs":  {"1", "text", `{"text":"\u0000\u0000"}`, fault.Invalid},
		"picture, no media": {"1", "image", `{}`, fault.Invalid},
	} {
		_, err := b.chat.Send(t.Context(), b.ann, id, c.clientID, c.kind, json.RawMessage(c.content))
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	_, err := b.chat.SendFromAccount(t.Context(), b.cafe, b.ann, "1", chat.KindTemplate,
		map[string]string{"title": "a\x00b"})
	if fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a NUL in what an account sends: %v", err)
	}
	if c, err := b.chat.Conversation(t.Context(), b.ann, id); err != nil || c.LastSeq != 0 {
		t.Errorf("something was stored: %d, %v", c.LastSeq, err)
	}
}

func TestAnAccountWritesToAPersonOnceHoweverOftenItsJobRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 3 {
		if _, err := b.chat.SendFromAccount(t.Context(), b.cafe, b.ann, "welcome", chat.KindText,
			chat.Text{Text: "Welcome"}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := b.chat.Conversations(t.Context(), b.ann, paging.Query{})
	if err != nil || list.NextCursor != nil || len(list.Items) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	got := list.Items[0]
	if got.Title != "The Café" || got.Peer.Type != "account" || got.Unread != 1 || got.LastMessage.Sender.Name != "The Café" {
		t.Errorf("got %+v", got)
	}
}

func TestTheListPagesThroughAllConversationsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	want := map[uuid.UUID]bool{}
	for _, other := range []uuid.UUID{b.bob, b.eve} {
		id := b.direct(t, b.ann, other)
		if _, err := b.chat.Send(t.Context(), b.ann, id, "1", chat.KindText, text("x")); err != nil {
			t.Fatal(err)
		}
		want[id] = true
	}
	query, seen := paging.Query{Limit: 1}, 0
	for {
		page, err := b.chat.Conversations(t.Context(), b.ann, query)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Items {
			if !want[c.ID] {
				t.Errorf("unexpected or repeated conversation %s", c.ID)
			}
			delete(want, c.ID)
			seen++
		}
		if page.NextCursor == nil {
			break
		}
		query.Cursor = *page.NextCursor
	}
	if seen != 2 || len(want) != 0 {
		t.Errorf("saw %d, missing %v", seen, want)
	}
	for _, forged := range []string{"%%%", "eB94", base64.RawURLEncoding.EncodeToString([]byte("x\x1fy"))} {
		_, err := b.chat.Conversations(t.Context(), b.ann, paging.Query{Cursor: forged})
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("a made-up cursor: %v", err)
		}
	}
}

func TestOneCannotTalkToOneselfOrToNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, self := b.chat.OpenDirect(t.Context(), b.ann, b.ann)
	_, nobody := b.chat.OpenDirect(t.Context(), b.ann, uuid.New())
	if err := errors.Join(self, nobody); fault.CodeOf(self) != fault.Invalid || fault.CodeOf(nobody) != fault.NotFound {
		t.Error(err)
	}
}
