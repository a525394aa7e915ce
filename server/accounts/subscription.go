package accounts

import (
	"cmp"
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

// Subscriptions keeps the templates of messages and how many of each a person has accepted.
type Subscriptions struct {
	pool       *pgxpool.Pool
	apps       *Apps
	identities *Identities
	messenger  Messenger
	now        func() time.Time
}

// TemplateField is one line of a subscription message.
type TemplateField struct {
	Key   string `json:"key" pattern:"^[a-z][a-z0-9_]*$" maxLength:"32" example:"status"`
	Label string `json:"label" maxLength:"120" example:"Status"`
}

// Template is the form of a subscription message: the person sees it when they are asked, and the
// app's server fills it in.
type Template struct {
	ID        uuid.UUID       `json:"id"`
	Title     string          `json:"title" example:"Your order is ready"`
	Fields    []TemplateField `json:"fields" nullable:"false"`
	CreatedAt time.Time       `json:"created_at"`
}

func checkTemplate(title string, fields []TemplateField) error {
	if err := auth.CheckName(title, "body.title", MaxTemplateTag); err != nil {
		return err
	}
	if len(fields) == 0 || len(fields) > MaxTemplateFields {
		return fault.Errorf(fault.Invalid, "bad-template", "A template has 1 to %d fields.",
			MaxTemplateFields)
	}
	keys := map[string]bool{}
	for _, field := range fields {
		if keys[field.Key] || field.Key == "" || len(field.Key) > MaxFieldKey {
			return fault.Errorf(fault.Invalid, "bad-template",
				"Each field of a template has a key of its own.")
		}
		keys[field.Key] = true
		if err := auth.CheckName(field.Label, "body.fields", MaxTemplateTag); err != nil {
			return err
		}
	}
	return nil
}

// createTemplate adds a template to an app that the caller works on.
func (s *Subscriptions) createTemplate(ctx context.Context, appID, title string,
	fields []TemplateField) (Template, error) {
	if _, err := s.apps.RequireMember(ctx, appID); err != nil {
		return Template{}, err
	}
	if err := checkTemplate(title, fields); err != nil {
		return Template{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Template{}, err
	}
	template := Template{ID: id, Title: title, Fields: fields, CreatedAt: s.now()}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var count int
		if err := tx.QueryRow(ctx, `
			SELECT (SELECT count(*) FROM subscription_template WHERE app_id = p.id)
			FROM app p WHERE id = $1 FOR UPDATE`, appID).Scan(&count); err != nil {
			return err
		}
		if count >= MaxTemplates {
			return fault.Errorf(fault.Conflict, "too-many-templates", "An app has at most %d templates.",
				MaxTemplates)
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO subscription_template (id, app_id, title, fields, created_at) VALUES ($1, $2, $3, $4, $5)`,
			id, appID, title, fields, template.CreatedAt); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "app.template.create", Target: "app:" + appID, Detail: template,
		})
	})
	return template, err
}

func (s *Subscriptions) templates(ctx context.Context, appID string) ([]Template, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, title, fields, created_at FROM subscription_template WHERE app_id = $1 ORDER BY id`, appID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Template])
}

// template returns one template of the app, or a NotFound fault.
func (s *Subscriptions) template(ctx context.Context, appID string, id uuid.UUID) (Template, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, title, fields, created_at FROM subscription_template WHERE app_id = $1 AND id = $2`, appID, id)
	if err != nil {
		return Template{}, err
	}
	template, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Template])
	if errors.Is(err, pgx.ErrNoRows) {
		return template, fault.Errorf(fault.NotFound, "no-such-template", "This app has no template %s.",
			id)
	}
	return template, err
}

type subscriptionRequest struct {
	TemplateIDs []string `json:"template_ids" minItems:"1" maxItems:"5" doc:"Templates of this app."`
}

type subscriptionSheet struct {
	Templates []sheetTemplate `json:"templates"`
}

type sheetTemplate struct {
	ID     uuid.UUID       `json:"id"`
	Title  string          `json:"title"`
	Fields []TemplateField `json:"fields"`
}

// capSubscribe checks the templates and returns what the shell shows. The user's answer comes back
// through RecordSubscriptions, never through the app.
func (s *Subscriptions) capSubscribe(ctx context.Context, caller bridge.Caller,
	in subscriptionRequest) (subscriptionSheet, error) {
	if len(in.TemplateIDs) == 0 || len(in.TemplateIDs) > MaxSheetTemplates {
		return subscriptionSheet{}, fault.Errorf(fault.Invalid, "bad-templates",
			"Ask for 1 to %d templates at once.", MaxSheetTemplates).At("template_ids", "has the wrong length")
	}
	sheet := subscriptionSheet{Templates: make([]sheetTemplate, 0, len(in.TemplateIDs))}
	for _, text := range in.TemplateIDs {
		id, err := uuid.Parse(text)
		if err != nil {
			return sheet, fault.Errorf(fault.Invalid, "bad-templates", "%q is not the ID of a template.",
				text).
				At("template_ids", "contains something that is not an ID")
		}
		t, err := s.template(ctx, caller.AppID, id)
		if err != nil {
			return sheet, err
		}
		sheet.Templates = append(sheet.Templates, sheetTemplate{ID: t.ID, Title: t.Title,
			Fields: t.Fields})
	}
	return sheet, nil
}

// RecordSubscriptions adds one message to what the person accepts of each template, after the shell
// asked them. Templates of other apps are ignored.
func (s *Subscriptions) RecordSubscriptions(ctx context.Context, userID uuid.UUID, appID string,
	accepted []uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO subscription_grant AS g (user_id, app_id, template_id, remaining, updated_at)
		SELECT $1, t.app_id, t.id, 1, $4 FROM subscription_template t WHERE t.app_id = $2 AND t.id = ANY($3)
		ON CONFLICT (user_id, app_id, template_id) DO UPDATE
		SET remaining = least(g.remaining + 1, $5), updated_at = excluded.updated_at`,
		userID, appID, accepted, s.now(), MaxRemaining)
	return err
}

// The message that a server sends on a subscription.
type subscriptionMessage struct {
	OpenID     string            `json:"open_id" doc:"To whom."`
	TemplateID uuid.UUID         `json:"template_id" doc:"Which template the user has allowed."`
	Data       map[string]string `json:"data" doc:"The text of each field, by its key."`
	Path       string            `json:"path,omitempty" doc:"The page that a tap opens, with its query."`
	ClientID   string            `json:"client_id,omitempty" maxLength:"40" doc:"Your ID for the message. A message with the same ID is sent only once, so retry with it."`
}

// Person implements bridge.Named.
func (m subscriptionMessage) Person() string { return m.OpenID }

// sendSubscription uses up one grant and sends. The grant is taken first and given back if sending
// fails, so that a crash in between loses a grant but never sends an unwanted message.
func (s *Subscriptions) sendSubscription(ctx context.Context, caller bridge.Caller,
	in subscriptionMessage) (sentMessage, error) {
	userID, err := s.identities.UserOf(ctx, caller.AppID, in.OpenID)
	if err != nil {
		return sentMessage{}, err
	}
	template, err := s.template(ctx, caller.AppID, in.TemplateID)
	if err != nil {
		return sentMessage{}, err
	}
	content, err := fill(template, in, caller.AppID)
	if err != nil {
		return sentMessage{}, err
	}
	in.ClientID = cmp.Or(in.ClientID, uuid.NewString())
	if err := checkClientID(in.ClientID); err != nil {
		return sentMessage{}, err
	}
	taken, err := s.consume(ctx, caller.AppID, userID, in)
	if err != nil {
		return sentMessage{}, err
	}
	id, err := s.messenger.SendFromAccount(ctx, caller.AccountID, userID,
		"sub:"+caller.AppID+":"+in.ClientID, "template", content)
	if err != nil && taken {
		err = errors.Join(err, s.giveBack(context.WithoutCancel(ctx), caller.AppID, userID, in))
	}
	return sentMessage{MessageID: id}, err
}

// fill makes the content of the message; every field of the template must have its text.
func fill(t Template, in subscriptionMessage, appID string) (map[string]any, error) {
	type line struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
	lines := make([]line, 0, len(t.Fields))
	for _, field := range t.Fields {
		value, ok := in.Data[field.Key]
		if !ok || utf8.RuneCountInString(value) > MaxFieldText {
			return nil, fault.Errorf(fault.Invalid, "bad-template-data",
				"The template needs a text of at most %d characters for %q.", MaxFieldText, field.Key).
				At("data."+field.Key, "is missing or too long")
		}
		lines = append(lines, line{field.Label, value})
	}
	if len(in.Data) > len(t.Fields) {
		return nil, fault.Errorf(fault.Invalid, "bad-template-data",
			"data contains keys that the template does not have.")
	}
	if len(in.Path) > MaxPath {
		return nil, fault.Errorf(fault.Invalid, "bad-path", "A path has at most %d characters.", MaxPath)
	}
	return map[string]any{"title": t.Title, "fields": lines, "app_id": appID, "path": in.Path}, nil
}

// consume takes one grant and returns taken, unless a message with the same client ID has taken one
// already.
func (s *Subscriptions) consume(ctx context.Context, appID string, userID uuid.UUID,
	in subscriptionMessage) (taken bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			INSERT INTO subscription_message (app_id, client_id, user_id, template_id, created_at)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT (app_id, client_id) DO NOTHING`,
			appID, in.ClientID, userID, in.TemplateID, s.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return sameMessage(ctx, tx, appID, userID, in)
		}
		tag, err = tx.Exec(ctx, `
			UPDATE subscription_grant SET remaining = remaining - 1, updated_at = $4
			WHERE user_id = $1 AND app_id = $2 AND template_id = $3 AND remaining > 0`,
			userID, appID, in.TemplateID, s.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Errorf(fault.Forbidden, "not-subscribed",
				"The user has not allowed another message of this template; ask with wx.requestSubscribeMessage.")
		}
		taken = true
		return nil
	})
	return taken && err == nil, err
}

// sameMessage accepts a retry, and refuses a client ID that was used for another message.
func sameMessage(ctx context.Context, tx pgx.Tx, appID string, userID uuid.UUID,
	in subscriptionMessage) error {
	var same bool
	err := tx.QueryRow(ctx, `
		SELECT user_id = $3 AND template_id = $4 FROM subscription_message WHERE app_id = $1 AND client_id = $2`,
		appID, in.ClientID, userID, in.TemplateID).Scan(&same)
	if err == nil && !same {
		return fault.Errorf(fault.Conflict, "client-id-reused",
			"This client_id was used for another message.").
			At("client_id", "is used")
	}
	return err
}

func (s *Subscriptions) giveBack(ctx context.Context, appID string, userID uuid.UUID,
	in subscriptionMessage) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM subscription_message WHERE app_id = $1 AND client_id = $2`,
			appID, in.ClientID)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `
			UPDATE subscription_grant SET remaining = remaining + 1
			WHERE user_id = $1 AND app_id = $2 AND template_id = $3`, userID, appID, in.TemplateID)
		return err
	})
}

const scopeSubscribe = "subscribe"

func (s *Subscriptions) capabilities() []bridge.Capability {
	return []bridge.Capability{
		bridge.Define(bridge.Capability{
			Name: "subscribe.request", Scope: scopeSubscribe, Callers: bridge.AppSession, PerMinute: 30, MaxBytes: 4 << 10,
			Summary:   "Ask the user to accept one message of each of up to five templates.",
			SummaryZH: "请求用户同意接收订阅消息，每次最多五个模板。",
		}, s.capSubscribe),
		bridge.Define(bridge.Capability{
			Name: "messages.send_subscription", Scope: scopeSubscribe, Callers: bridge.AccountServer, Reach: bridge.ReachNamed, PerMinute: 6000, MaxBytes: 16 << 10,
			Summary:   "Send a message of a template that the user has accepted; each acceptance allows one message.",
			SummaryZH: "发送用户已同意的订阅消息，每次同意可发一条。",
		}, s.sendSubscription),
	}
}
