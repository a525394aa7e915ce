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

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/bridge"
)

// The scopes of this room's capabilities.
const (
	scopeLogin     = "login"
	scopeProfile   = "profile"
	scopeSubscribe = "subscribe"
	scopeMessage   = "message"
	scopeFollower  = "follower"
)

type nothing struct{}

type loginCode struct {
	Code string `json:"code" doc:"Give it to your server, which exchanges it by auth.exchange_code within five minutes."`
}

type exchange struct {
	Code string `json:"code" maxLength:"64" doc:"The code of wx.login."`
}

type profile struct {
	DisplayName string `json:"display_name"`
	AvatarURL   string `json:"avatar_url"`
	Locale      string `json:"locale"`
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

type textMessage struct {
	OpenID   string `json:"open_id" doc:"To whom."`
	Text     string `json:"text" minLength:"1" maxLength:"2000"`
	ClientID string `json:"client_id,omitempty" maxLength:"40" doc:"Your name for the message; the same name is sent once, so retry with it."`
}

type followerList struct {
	Cursor string `json:"cursor,omitempty" doc:"next_cursor of the previous page."`
	Limit  int    `json:"limit,omitempty" minimum:"1" maximum:"100" default:"30"`
}

type follower struct {
	OpenID     string    `json:"open_id"`
	FollowedAt time.Time `json:"followed_at"`
}

// Capabilities returns the rows that this room adds to the bridge.
func (s *Service) Capabilities() []bridge.Capability {
	return []bridge.Capability{
		bridge.Define(bridge.Capability{
			Name: "app.login", Scope: scopeLogin, Doors: bridge.AppSession, PerMinute: 60, MaxBytes: 1 << 10,
			Summary:   "Learn who the user is to this app, by a code that the app's server exchanges.",
			SummaryZH: "获取登录凭证，由小程序的服务器换取用户在本小程序的标识。",
		}, s.capLogin),
		bridge.Define(bridge.Capability{
			Name: "auth.exchange_code", Scope: scopeLogin, Doors: bridge.AccountServer, PerMinute: 6000, MaxBytes: 1 << 10,
			Summary:   "Exchange a login code for the user's open ID and union ID.",
			SummaryZH: "用登录凭证换取用户的 open ID 与 union ID。",
		}, s.capExchange),
		bridge.Define(bridge.Capability{
			Name: "user.profile", Scope: scopeProfile, Doors: bridge.AppSession, PerMinute: 60, MaxBytes: 1 << 10, Consent: true,
			Summary:   "Read the user's name, picture and language.",
			SummaryZH: "读取用户的昵称、头像和语言。",
		}, s.capProfile),
		bridge.Define(bridge.Capability{
			Name: "subscribe.request", Scope: scopeSubscribe, Doors: bridge.AppSession, PerMinute: 30, MaxBytes: 4 << 10,
			Summary:   "Ask the user to accept one message of each of up to five templates.",
			SummaryZH: "请求用户同意接收订阅消息，每次最多五个模板。",
		}, s.capSubscribe),
		bridge.Define(bridge.Capability{
			Name: "messages.send_subscription", Scope: scopeSubscribe, Doors: bridge.AccountServer, PerMinute: 6000, MaxBytes: 16 << 10,
			Summary:   "Send a message of a template that the user has accepted; each acceptance is good for one.",
			SummaryZH: "发送用户已同意的订阅消息，每次同意可发一条。",
		}, s.sendSubscription),
		bridge.Define(bridge.Capability{
			Name: "messages.send_text", Scope: scopeMessage, Doors: bridge.AccountServer, PerMinute: 600, MaxBytes: 16 << 10,
			Summary:   "Write to a user within 48 hours of their last message or action.",
			SummaryZH: "在用户最近一次消息或操作后的 48 小时内向其发送文字消息。",
		}, s.sendText),
		bridge.Define(bridge.Capability{
			Name: "followers.list", Scope: scopeFollower, Doors: bridge.AccountServer, PerMinute: 60, MaxBytes: 1 << 10,
			Summary:   "List who follows the official account.",
			SummaryZH: "列出公众号的关注者。",
		}, s.listFollowers),
	}
}

func (s *Service) capLogin(ctx context.Context, caller bridge.Caller, _ nothing) (loginCode,
	error) {
	code, err := s.newLoginCode(ctx, caller.AppID, caller.UserID)
	return loginCode{Code: code}, err
}

func (s *Service) capExchange(ctx context.Context, caller bridge.Caller, in exchange) (OpenID,
	error) {
	return s.exchangeCode(ctx, caller.AppID, in.Code)
}

func (s *Service) capProfile(ctx context.Context, caller bridge.Caller, _ nothing) (profile,
	error) {
	var p profile
	err := s.pool.QueryRow(ctx, `SELECT display_name, avatar_url, locale FROM app_user WHERE id = $1`,
		caller.UserID).
		Scan(&p.DisplayName, &p.AvatarURL, &p.Locale)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fault.Errorf(fault.NotFound, "no-such-user", "There is no such person.")
	}
	return p, err
}

// capSubscribe checks the templates and returns what the shell shows. The user's answer comes back
// through RecordSubscriptions, never through the app.
func (s *Service) capSubscribe(ctx context.Context, caller bridge.Caller,
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
				At("template_ids", "holds something that is not an ID")
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

// sendText writes to a person who has written or acted within TextWindow.
func (s *Service) sendText(ctx context.Context, caller bridge.Caller, in textMessage) (sentMessage,
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
	userID, err := s.UserOf(ctx, caller.AppID, in.OpenID)
	if err != nil {
		return sentMessage{}, err
	}
	last, err := s.lastWord(ctx, caller.AccountID, userID)
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

// lastWord returns when the person last wrote to the account or did something with it.
func (s *Service) lastWord(ctx context.Context, accountID, userID uuid.UUID) (time.Time, error) {
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

func (s *Service) listFollowers(ctx context.Context, caller bridge.Caller,
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
		SELECT user_id, followed_at FROM follower
		WHERE account_id = $1 AND unfollowed_at IS NULL AND (followed_at, user_id) > ($2::text::timestamptz, $3::text::uuid)
		ORDER BY followed_at, user_id LIMIT $4`, caller.AccountID, position[0], position[1], q.Rows())
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
	openIDs, err := s.OpenIDs(ctx, caller.AppID, ids)
	if err != nil {
		return paging.Page[follower]{}, err
	}
	out := paging.Page[follower]{Items: make([]follower, len(ids)), NextCursor: page.NextCursor}
	for i, f := range page.Items {
		out.Items[i] = follower{OpenID: openIDs[f.UserID].OpenID, FollowedAt: f.FollowedAt}
	}
	return out, nil
}
