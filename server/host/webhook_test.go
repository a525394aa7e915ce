package host

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/auth"
)

// Ensure that the address of a webhook to which nothing can be sent is refused when it is saved, with
// the field and the setting that would allow it, in the developer's language.
func TestAWebhookThatCannotWorkIsNotSaved(t *testing.T) {
	t.Parallel()
	h := boot(t)
	dora := person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper)
	w := newTestApp(t, h, dora)
	address := "/api/v1/dev/apps/" + w.appID + "/webhook"
	for url, want := range map[string][2]string{
		"https://shop.example:99999/hook": {"its port is not a number from 1 to 65535", "端口不是"},
		"https://localhost/hook":          {"--egress-allow localhost:443", "--egress-allow localhost:443"},
		"https://10.0.0.7/hook":           {"--egress-allow 10.0.0.7:443", "本站管理员可以"},
		"http://shop.example/hook":        {"--egress-allow shop.example:80", "只允许 https"},
		"https://a:b@shop.example/hook":   {"must be an https:// address", "必须是 https:// 网址"},
	} {
		for i, language := range []string{"en", "zh-CN"} {
			status, body := ask(t, h, "PUT", address, dora, `{"url":"`+url+`"}`, "Accept-Language", language)
			if status != 422 || slugIn(status, body) != "bad-webhook-url" || !strings.Contains(body, `"path":"body.url"`) ||
				!strings.Contains(body, want[i]) {
				t.Errorf("%s in %s: %d %s", url, language, status, body)
			}
		}
	}
	if status, body := ask(t, h, "PUT", address, dora, `{"url":"https://shop.example:8443/hook"}`); status != 200 {
		t.Errorf("a public address: %d %s", status, body)
	}
}

// Ensure that what the host stored about an attempt is told in the language of who reads it.
func TestTheWebhookLogIsInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := boot(t)
	dora := person(t, h, "dora", auth.RoleUser, auth.RoleDeveloper)
	w := newTestApp(t, h, dora)
	if status, body := ask(t, h, "PUT", "/api/v1/dev/apps/"+w.appID+"/webhook", dora, `{"url":"https://nowhere.invalid.example/hook"}`); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	_, err := h.pool.Exec(t.Context(), `WITH e AS (INSERT INTO payments.webhook_event (id, app_id, type, subject, payload)
			VALUES ('evt_1', $1, 'order.paid', '1', '{}') RETURNING id),
		d AS (INSERT INTO payments.webhook_delivery (id, event_id, app_id) SELECT $2, id, $1 FROM e RETURNING id)
		INSERT INTO payments.webhook_attempt (delivery_id, number, url, duration_ms, error, response_start)
		SELECT id, 1, 'https://x.example/', 15000, 'the receiver did not answer within 15 seconds', '' FROM d`, w.appID, uuid.New())
	if err != nil {
		t.Fatal(err)
	}
	for language, want := range map[string]string{"en": "the receiver did not answer within 15 seconds", "zh-CN": "接收方在 15 秒内没有回应"} {
		status, body := ask(t, h, "GET", "/api/v1/dev/apps/"+w.appID+"/deliveries", dora, "", "Accept-Language", language)
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("in %s: %d %s", language, status, body)
		}
	}
}

// Ensure that an OAuth refusal is ASCII where RFC 6749 asks for it, and says the same in the reader's
// language beside it.
func TestOAuthRefusalsAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	h := boot(t)
	status, body := ask(t, h, "POST", "/oauth/token", "", "grant_type=client_credentials&client_id=x&client_secret=y",
		"Content-Type", "application/x-www-form-urlencoded", "Accept-Language", "zh-CN")
	if status != 401 || !strings.Contains(body, `"error_description":"The app ID or the secret is wrong."`) ||
		!strings.Contains(body, `"detail":"AppID 或密钥错误。"`) {
		t.Errorf("%d %s", status, body)
	}
}
