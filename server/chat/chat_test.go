package chat_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/chat"
)

// recorder remembers what was pushed to whom.
type recorder struct {
	mu     sync.Mutex
	events map[uuid.UUID][]map[string]any
}

func (r *recorder) Push(_ context.Context, userID uuid.UUID, event any) error {
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

func TestARetriedMessageIsStoredAndAnnouncedOnce(t *testing.T) {
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
	if n := len(b.pushed.events[b.bob]); n != 1 {
		t.Errorf("announced %d times", n)
	}
}

func TestConcurrentSendersLeaveNoGapAndNoDouble(t *testing.T) {
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
		if seen == 0 { // without after_seq the newest come; begin at the first
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

func TestAStrangerSeesAndDoesNothing(t *testing.T) {
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
		"picture, no media": {"1", "image", `{}`, fault.Invalid},
	} {
		_, err := b.chat.Send(t.Context(), b.ann, id, c.clientID, c.kind, json.RawMessage(c.content))
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
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
