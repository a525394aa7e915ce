// Package demo fills a host with example data: four people, a café with an official account, and
// its mini program, reviewed and released.
//
// Except for making the people, it uses only the public REST interface, as a developer and an
// administrator would.
package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// Password is the password of all demo people. It is public (the README has it), so nobody else may
// be able to reach a demo host.
const Password = "jasmine-tea-42"

// PIN is the payment PIN of the demo people who have a wallet to spend from.
const PIN = "246813"

// Person is a demo user.
type Person struct {
	Handle, Name, What string
	Developer, Admin   bool
}

// People are the demo's people.
var People = []Person{
	{Handle: "alice", Name: "Alice Lin", What: "a user with money in her wallet, PIN " + PIN},
	{Handle: "bob", Name: "Bob Chen", What: "another user, to chat with"},
	{Handle: "dana", Name: "Dana Wu", What: "the café's developer: /developer/", Developer: true},
	{Handle: "admin", Name: "Teahouse Admin", What: "the administrator: /admin/", Admin: true},
}

// Config configures Seed.
type Config struct {
	URL     string // of the host
	Program string // directory of the mini program
	Shop    string // host:port of the account's own server
	Dir     string // directory for the settings of the account's server
}

// topUp is Alice's first balance, in fen.
const topUp = 20_000

// settings are the settings of the account's server; they are kept between runs.
type settings struct {
	AppID         string
	AppSecret     string
	WebhookSecret string
	TemplateID    string
	// ChineseTemplateID is empty where the demo was founded before there was one.
	ChineseTemplateID string
	AccountID         string
	Bundle            string // hash of the released bundle
	Releases          int    // how many there have been
}

// Seed fills the host with the demo's data; in a later run it only does what has changed. The
// people must exist. It writes Dir/cafe.env, and Dir/cafe.ready at the end.
func Seed(ctx context.Context, c Config) error {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	dana, err := login(ctx, c, "dana")
	if err != nil {
		return err
	}
	kept, err := load(c.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		kept, err = found(ctx, c, dana)
	}
	if err != nil {
		return err
	}
	if err := publish(ctx, c, dana, &kept); err != nil {
		return err
	}
	if err := save(c, kept); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.Dir, "cafe.ready"), nil, 0o600)
}

// found makes the account, the app, the template and the webhook, and gives Alice money and a
// conversation.
func found(ctx context.Context, c Config, dana *client) (settings, error) {
	var s settings
	var account struct {
		ID string `json:"id"`
	}
	err := dana.post(ctx, "/api/v1/dev/accounts", map[string]any{"handle": "cafe", "name": "Teahouse Café",
		"description": "Coffee, tea and something to bite. Order ahead and skip the queue.", "kind": "service",
		"welcome_text": "Welcome to Teahouse Café! Tap our mini program below to order ahead. " +
			"欢迎光临茶舍咖啡，点下方小程序即可提前下单。"}, &account)
	if err != nil {
		return s, err
	}
	s.AccountID = account.ID
	var app struct {
		App struct {
			ID string `json:"id"`
		} `json:"app"`
		Secret string `json:"secret"`
	}
	err = dana.post(ctx, "/api/v1/dev/accounts/"+account.ID+"/apps", map[string]any{"name": "Teahouse Café",
		"description": "Order ahead, skip the queue"}, &app)
	if err != nil {
		return s, err
	}
	s.AppID, s.AppSecret = app.App.ID, app.Secret
	var template struct {
		ID string `json:"id"`
	}
	for _, words := range []struct{ title, number, item, hint string }{
		{"Your order is ready", "Pick-up number", "Order", "Note"}, {"您的订单已做好", "取餐号", "商品", "提示"},
	} {
		err = dana.post(ctx, "/api/v1/dev/apps/"+s.AppID+"/templates", map[string]any{"title": words.title,
			"fields": []map[string]string{{"key": "number", "label": words.number}, {"key": "item", "label": words.item},
				{"key": "hint", "label": words.hint}}}, &template)
		if err != nil {
			return s, err
		}
		if s.TemplateID == "" {
			s.TemplateID = template.ID
		}
	}
	s.ChineseTemplateID = template.ID
	var hook struct {
		Secret string `json:"secret"`
	}
	err = dana.send(ctx, "PUT", "/api/v1/dev/apps/"+s.AppID+"/webhook",
		map[string]any{"url": "http://" + c.Shop + "/webhooks"}, &hook)
	if err != nil {
		return s, err
	}
	s.WebhookSecret = hook.Secret
	if err := save(c, s); err != nil {
		return s, err
	}
	return s, welcome(ctx, c)
}

// welcome makes a conversation of Alice and Bob, and gives Alice money and a PIN.
func welcome(ctx context.Context, c Config) error {
	alice, err := login(ctx, c, "alice")
	if err != nil {
		return err
	}
	bob, err := login(ctx, c, "bob")
	if err != nil {
		return err
	}
	if err := alice.send(ctx, "PUT", "/api/v1/me/pin", map[string]any{"password": Password, "pin": PIN}, nil); err != nil {
		return err
	}
	err = alice.post(ctx, "/api/v1/wallet/top-ups", map[string]any{"amount": topUp, "currency": "CNY"}, nil)
	if err != nil {
		return err
	}
	var conversation struct {
		ID string `json:"id"`
	}
	if err := bob.post(ctx, "/api/v1/conversations", map[string]any{"user_id": alice.userID}, &conversation); err != nil {
		return err
	}
	for _, line := range []struct {
		from *client
		text string
	}{
		{bob, "Have you tried the new café downstairs?"}, {alice, "Not yet. Is it any good?"},
		{bob, "The oolong is. They have a mini program, you can order ahead 🍵"},
	} {
		err := line.from.post(ctx, "/api/v1/conversations/"+conversation.ID+"/messages", map[string]any{
			"client_id": uuid.NewString(), "kind": "text", "content": map[string]string{"text": line.text}}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// publish uploads the program, approves it as the administrator, and releases it, unless the same
// bundle is already released.
func publish(ctx context.Context, c Config, dana *client, s *settings) error {
	bundle, err := pack(c)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(bundle)
	hash := hex.EncodeToString(sum[:])
	if hash == s.Bundle {
		return nil
	}
	versions := "/api/v1/dev/apps/" + s.AppID + "/versions"
	var version struct {
		ID          string  `json:"id"`
		State       string  `json:"state"`
		ImageHash   *string `json:"image_hash"`
		Diagnostics []struct{ Severity, Message, File string }
		Submission  *struct {
			ID string `json:"id"`
		}
	}
	// The number is saved before it is used, so that the next run after a failure uses a new one.
	label := fmt.Sprintf("1.%d.0", s.Releases)
	s.Releases++
	if err := save(c, *s); err != nil {
		return err
	}
	if err := dana.upload(ctx, versions, bundle, label, "Menu, cart, orders.", &version); err != nil {
		return err
	}
	if version.State != "ready" {
		return fmt.Errorf("demo: %s did not compile: %+v", c.Program, version.Diagnostics)
	}
	if err := dress(ctx, dana, *s, *version.ImageHash); err != nil {
		return err
	}
	one := versions + "/" + version.ID
	err = dana.post(ctx, one+"/submit", map[string]any{"notes": "The café of the demo.", "scope_reasons": map[string]string{
		"login": "To find your orders again.", "payment": "To pay for what you order.",
		"subscribe": "To tell you when your order is ready.", "network": "To talk to the café's server."}}, &version)
	if err != nil {
		return err
	}
	admin, err := login(ctx, c, "admin")
	if err != nil {
		return err
	}
	err = admin.post(ctx, "/api/v1/admin/submissions/"+version.Submission.ID+"/approve", map[string]any{"note": "Looks good."}, nil)
	if err != nil {
		return err
	}
	if err := dana.post(ctx, one+"/release", nil, nil); err != nil {
		return err
	}
	s.Bundle = hash
	return nil
}

// dress gives the app and its account a picture while nobody has reviewed them; later ones would be
// proposals.
func dress(ctx context.Context, dana *client, s settings, image string) error {
	if s.Bundle != "" {
		return nil
	}
	picture := "/images/" + image + "/images/latte.svg"
	if err := dana.send(ctx, "PATCH", "/api/v1/dev/apps/"+s.AppID, map[string]any{"icon_url": picture}, nil); err != nil {
		return err
	}
	return dana.send(ctx, "PATCH", "/api/v1/dev/accounts/"+s.AccountID, map[string]any{"avatar_url": picture}, nil)
}

// pack zips the program with the address of this installation's shop in it.
func pack(c Config) ([]byte, error) {
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	err := filepath.WalkDir(c.Program, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(c.Program, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch name {
		case "config.js":
			content = fmt.Appendf(nil, "module.exports = { api: 'http://%s' }\n", c.Shop)
		case "app.json":
			content = bytes.ReplaceAll(content, []byte("127.0.0.1:8081"), []byte(c.Shop))
		}
		w, err := archive.Create(filepath.ToSlash(name))
		if err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return packed.Bytes(), nil
}

func load(dir string) (s settings, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// save stores the settings, and writes them as the environment of the account's server.
func save(c Config, s settings) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "settings.json"), text, 0o600); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	env := strings.Join([]string{"TEAHOUSE_URL=" + c.URL, "CAFE_APP_ID=" + s.AppID, "CAFE_APP_SECRET=" + s.AppSecret,
		"CAFE_WEBHOOK_SECRET=" + s.WebhookSecret, "CAFE_TEMPLATE_ID=" + s.TemplateID,
		"CAFE_TEMPLATE_ID_ZH=" + s.ChineseTemplateID,
		"CAFE_STATE=" + filepath.Join(dir, "cafe-orders.json")}, "\n") + "\n"
	return os.WriteFile(filepath.Join(c.Dir, "cafe.env"), []byte(env), 0o600)
}

// Describe prints the logins.
func Describe(w io.Writer, url string) error {
	var text strings.Builder
	text.WriteString("\nTeahouse is ready: " + url + "\n\nLog in with the password " + Password + " as\n")
	for _, p := range People {
		fmt.Fprintf(&text, "  %-7s %s\n", p.Handle, p.What)
	}
	text.WriteString("\nAdministrators of a real host need a second factor; this one, for looking, does without.\n")
	text.WriteString("\nAPI documentation: " + url + "/docs\n\n")
	_, err := io.WriteString(w, text.String())
	return err
}
