package host

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/waittest"
)

// Ensure that a log-in from a new device is told in the chat, in the person's language, by the
// platform's own account.
func TestANewDeviceIsToldInTheChat(t *testing.T) {
	t.Parallel()
	h := boot(t)
	person(t, h, "ursula", auth.RoleUser) // the first device ever: nothing to tell
	token := person(t, h, "ursula", auth.RoleUser)
	if status, body := ask(t, h, "PATCH", "/api/v1/me", token, `{"locale": "zh-CN"}`); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	person(t, h, "ursula", auth.RoleUser)
	_, list := ask(t, h, "GET", "/api/v1/conversations", token, "")
	var conversations struct {
		Items []struct {
			ID          string
			UnreadCount int `json:"unread_count"`
		}
	}
	if err := json.Unmarshal([]byte(list), &conversations); err != nil || len(conversations.Items) != 1 {
		t.Fatalf("got %s, %v", list, err)
	}
	_, messages := ask(t, h, "GET", "/api/v1/conversations/"+conversations.Items[0].ID+"/messages", token, "")
	if !strings.Contains(messages, "New log-in to your account") || !strings.Contains(messages, "你的账号在新设备上登录") ||
		!strings.Contains(messages, "127.0.0.1") {
		t.Errorf("got %s", messages)
	}
}

// Ensure that who signs up in a language is written to in it from the first day, and that a client can
// show every notice in the language that it is set to.
func TestNoticesAreInTheLanguageOfTheReader(t *testing.T) {
	t.Parallel()
	h := boot(t)
	const login = `{"handle":"xiaomei","password":"` + password + `"}`
	status, body := ask(t, h, "POST", "/api/v1/auth/signup", "", login, "Accept-Language", "zh-CN,zh;q=0.9")
	if status != 201 || !strings.Contains(body, `"locale":"zh-CN"`) {
		t.Fatalf("%d %s", status, body)
	}
	status, body = ask(t, h, "POST", "/api/v1/auth/login", "", login, "Accept-Language", "en", "User-Agent",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	var session struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(body), &session); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	_, list := ask(t, h, "GET", "/api/v1/conversations", session.AccessToken, "")
	var conversations struct {
		Items []struct {
			LastMessage struct{ Content chat.Notice } `json:"last_message"`
		}
	}
	if err := json.Unmarshal([]byte(list), &conversations); err != nil || len(conversations.Items) != 1 {
		t.Fatalf("got %s, %v", list, err)
	}
	notice := conversations.Items[0].LastMessage.Content
	if !strings.HasPrefix(notice.Text, "你的账号在新设备上登录：Linux Firefox，IP 127.0.0.1，") || notice.Texts["zh-CN"] != notice.Text ||
		!strings.HasPrefix(notice.Texts["en"], "New log-in to your account: Firefox on Linux, from 127.0.0.1, ") {
		t.Errorf("got %+v", notice)
	}
}

// Ensure that nobody closes an account with money in it, and everybody an empty one.
func TestAnAccountWithMoneyStaysOpen(t *testing.T) {
	t.Parallel()
	h := boot(t)
	rich, poor := person(t, h, "ursula", auth.RoleUser), person(t, h, "paul", auth.RoleUser)
	id, err := h.auth.Authenticate(t.Context(), rich)
	if err != nil {
		t.Fatal(err)
	}
	const proof = `{"password": "` + password + `"}`
	if status, body := ask(t, h, "POST", "/api/v1/wallet/top-ups", rich, `{"amount": 100, "currency": "CNY"}`,
		"Idempotency-Key", "1"); status != 202 {
		t.Fatalf("%d %s", status, body)
	}
	waittest.Eventually(t, "the money is there", func() bool {
		empty, err := h.wallet.Empty(context.WithoutCancel(t.Context()), id.UserID)
		return err == nil && !empty
	})
	if status, body := ask(t, h, "POST", "/api/v1/me/close", rich, proof); status != 409 || !strings.Contains(body, "wallet-not-empty") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := ask(t, h, "POST", "/api/v1/me/close", poor, proof); status != 204 {
		t.Errorf("%d %s", status, body)
	}
	if report, err := payments.Verify(t.Context(), h.pool); err != nil || report.Err() != nil {
		t.Errorf("the books: %v, %v", err, report.Err())
	}
}
