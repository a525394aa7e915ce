package authhttp_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/auth"
)

const password = "correct horse"

// strict is a host with the default settings, which require a second factor.
func strict(o *auth.Options) { o.OptionalSecondFactor = false }

// authenticator is an app that shows codes.
type authenticator struct {
	h      *apitest.Host
	secret string
}

// code is what the app shows after so many steps of 30 seconds.
func (a authenticator) code(steps int) string {
	a.h.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(a.secret)
	if err != nil {
		a.h.Fatal(err)
	}
	mac := hmac.New(sha1.New, key)
	if err := binary.Write(mac, binary.BigEndian, a.h.Clock.Now().Unix()/30+int64(steps)); err != nil {
		a.h.Fatal(err)
	}
	sum := mac.Sum(nil)
	at := sum[19] & 15
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1000000)
}

// setUp gives the person a second factor.
func setUp(h *apitest.Host, c *apitest.Client) (authenticator, []string) {
	h.Helper()
	app := authenticator{h, c.Do("POST", "/api/v1/me/second-factor", body{"password": password}).Want(200).Text("secret")}
	answer := c.Do("POST", "/api/v1/me/second-factor/confirm", body{"code": app.code(-1)}).Want(200)
	c.Login(answer)
	var codes []string
	for _, code := range answer.Get("recovery_codes").([]any) {
		codes = append(codes, code.(string))
	}
	return app, codes
}

// Ensure that a change of password asks for the old one, ends all other sessions and tokens, and
// leaves the caller logged in.
func TestChangeOfPasswordEndsTheRest(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	h.Clock.Stop()
	owner, thief := h.Person("mei"), h.Person("mei")
	cli := h.Nobody()
	cli.Token = thief.Do("POST", "/api/v1/me/api-tokens", body{"name": "backdoor"}).Want(201).Text("token")

	change := body{"old_password": "a guess of it", "new_password": "a new and long one"}
	owner.Do("POST", "/api/v1/me/password", change).Refused(403, "wrong-password")
	owner.Do("POST", "/api/v1/me/password", body{"old_password": password, "new_password": "short"}).Refused(422, "bad-password")
	thief.Do("GET", "/api/v1/me", nil).Want(200)
	change["old_password"] = password
	owner.Do("POST", "/api/v1/me/password", change).Want(204)

	thief.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	thief.Do("POST", "/api/v1/auth/refresh", nil).Refused(401, "session-ended")
	cli.Do("GET", "/api/v1/me", nil).Refused(401, "bad-token")
	owner.Do("GET", "/api/v1/me", nil).Want(200)
	owner.Login(owner.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": password}).Refused(401, "bad-credentials")
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": "a new and long one"}).Want(200)
	h.Nobody().Do("POST", "/api/v1/me/password", change).Refused(401, "login-required")

	// The other's device is a stranger's again: it shares the guesses of its network.
	stranger := h.Nobody()
	stranger.From = "203.0.113.9"
	for range auth.GuessesPerNetwork {
		stranger.Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": password}).Refused(401, "bad-credentials")
	}
	right := body{"handle": "mei", "password": "a new and long one"}
	stranger.Device = thief.Device
	stranger.Do("POST", "/api/v1/auth/login", right).Refused(429, "rate-limited")
	stranger.Device = owner.Device
	stranger.Do("POST", "/api/v1/auth/login", right).Want(200)
}

// Ensure that personal access tokens survive a change of password when their owner asks for it.
func TestChangeOfPasswordMayKeepTokens(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	c, cli := h.Person("mei"), h.Nobody()
	cli.Token = c.Do("POST", "/api/v1/me/api-tokens", body{"name": "build"}).Want(201).Text("token")
	c.Do("POST", "/api/v1/me/password", body{"old_password": password, "new_password": "a new and long one",
		"keep_api_tokens": true}).Want(204)
	cli.Do("GET", "/api/v1/me", nil).Want(200)
}

// Ensure that sessions are listed with device, address and times, that one or all others can be
// ended, and nobody else's.
func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
	phone := h.Nobody()
	phone.From = "203.0.113.7"
	h.Person("mei")
	phone.Login(phone.Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": password}, "User-Agent", firefox).Want(200))
	third, other := h.Person("mei"), h.Person("lin")

	var list struct{ Items []auth.LoginSession }
	phone.Do("GET", "/api/v1/me/sessions", nil).Want(200).Into(&list)
	if len(list.Items) != 3 {
		t.Fatalf("got %+v", list.Items)
	}
	mine := list.Items[1] // the newest first
	if !mine.Current || mine.Browser != "Firefox" || mine.System != "Linux" || mine.IP != "203.0.113.7" || !mine.NewDevice ||
		mine.CreatedAt.IsZero() || mine.LastSeenAt.Before(mine.CreatedAt) || list.Items[0].Current || list.Items[2].NewDevice {
		t.Errorf("got %+v", list.Items)
	}
	other.Do("DELETE", "/api/v1/me/sessions/"+mine.ID.String(), nil).Refused(404, "no-such-session")
	other.Do("DELETE", "/api/v1/me/sessions", nil).Want(200)
	phone.Do("DELETE", "/api/v1/me/sessions/"+list.Items[0].ID.String(), nil).Want(204)
	third.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	phone.Do("DELETE", "/api/v1/me/sessions/"+list.Items[0].ID.String(), nil).Refused(404, "no-such-session")
	if got := phone.Do("DELETE", "/api/v1/me/sessions", nil).Want(200).Get("ended"); got != 1.0 {
		t.Errorf("ended %v others, want 1", got)
	}
	phone.Do("GET", "/api/v1/me", nil).Want(200)
	h.Nobody().Do("GET", "/api/v1/me/sessions", nil).Refused(401, "login-required")
}

// told collects notices.
type told struct {
	mu     sync.Mutex
	logins []auth.LoginSession
}

func (n *told) NewDevice(_ context.Context, _ auth.User, login auth.LoginSession) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.logins = append(n.logins, login)
	return nil
}

// Ensure that a person is told of a log-in from a new device: not of the very first one, not again
// of a known one, and that an invented cookie does not count as a known device.
func TestAPersonIsToldOfANewDevice(t *testing.T) {
	t.Parallel()
	notices := &told{}
	h := apitest.New(t, func(o *auth.Options) { o.Notices = notices }, nil)
	c := h.Nobody()
	logIn := body{"handle": "mei", "password": password}
	c.Login(c.Do("POST", "/api/v1/auth/signup", logIn).Want(201))
	c.Do("POST", "/api/v1/auth/login", logIn).Want(200)
	if len(notices.logins) != 0 {
		t.Fatalf("told of %+v", notices.logins)
	}
	stranger := h.Nobody()
	stranger.From, stranger.Device = "203.0.113.9", "made.up"
	stranger.Login(stranger.Do("POST", "/api/v1/auth/login", logIn).Want(200))
	if len(notices.logins) != 1 || notices.logins[0].IP != "203.0.113.9" || stranger.Device == "made.up" {
		t.Fatalf("told of %+v, device %q", notices.logins, stranger.Device)
	}
	stranger.Do("POST", "/api/v1/auth/login", logIn).Want(200)
	if len(notices.logins) != 1 {
		t.Errorf("told again: %+v", notices.logins)
	}
}

// Ensure that each network has only so many log-ins, sign-ups and renewals in a time, right ones too, and
// that other networks do not notice.
func TestEachNetworkHasItsLimits(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	h.Clock.Stop()
	h.Person("mei")
	const most = 3
	rule := func(name string) ratelimit.Rule {
		return ratelimit.Rule{Name: name, Burst: most, Window: time.Minute}
	}
	service, err := auth.New(t.Context(), auth.Options{Pool: h.Pool, Secret: h.Secret, Now: h.Clock.Now, Limits: auth.Limits{
		LoginPerAddress: rule("log-ins"), SignUp: rule("sign-ups"), Refresh: rule("renewals")}})
	if err != nil {
		t.Fatal(err)
	}
	signedUp := 0
	tries := map[string]func(context.Context) error{
		"log-in": func(ctx context.Context) error {
			_, err := service.LogIn(ctx, auth.Credentials{Handle: "mei", Password: password})
			return err
		},
		"sign-up": func(ctx context.Context) error {
			signedUp++
			_, err := service.SignUp(ctx, auth.NewUser{Handle: fmt.Sprintf("new%d", signedUp), Password: password, DisplayName: "New"})
			return err
		},
		"renewal": func(ctx context.Context) error {
			_, err := service.Refresh(ctx, "none")
			return err
		},
	}
	from := func(address string) context.Context {
		return request.NewContext(t.Context(), &request.Info{IP: address})
	}
	for name, try := range tries {
		for range most {
			if err := try(from("203.0.113.7")); fault.CodeOf(err) == fault.RateLimited {
				t.Errorf("%s, within the limit: %v", name, err)
			}
		}
		if err := try(from("203.0.113.7")); fault.CodeOf(err) != fault.RateLimited {
			t.Errorf("%s, one too many: %v", name, err)
		}
		if err := try(from("198.51.100.7")); fault.CodeOf(err) == fault.RateLimited {
			t.Errorf("%s, another network: %v", name, err)
		}
		h.Clock.Forward(time.Minute)
		if err := try(from("203.0.113.7")); fault.CodeOf(err) == fault.RateLimited {
			t.Errorf("%s, later: %v", name, err)
		}
	}
}

// Ensure that a stranger who guesses is stopped, but never the owner on a known device, neither at
// log-in nor where the password is needed again, and that a restart does not reset the counts.
func TestAStrangerCannotLockTheOwnerOut(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	h.Clock.Stop()
	owner, other := h.Person("mei"), h.Person("lin")
	stranger := h.Nobody()
	owner.From, stranger.From = "203.0.113.1", "203.0.113.1" // in the same café
	wrong, right := body{"handle": "mei", "password": "wrong wrong"}, body{"handle": "mei", "password": password}
	for range auth.GuessesPerNetwork {
		stranger.Do("POST", "/api/v1/auth/login", wrong).Refused(401, "bad-credentials")
	}
	limited := stranger.Do("POST", "/api/v1/auth/login", right).Refused(429, "rate-limited")
	if limited.Header.Get("Retry-After") == "" {
		t.Error("the answer does not say when to try again")
	}
	for _, device := range []string{"made.up", other.Device} { // neither is one of the owner's
		stranger.Device = device
		stranger.Do("POST", "/api/v1/auth/login", right).Refused(429, "rate-limited")
	}
	stranger.Device = ""
	owner.Do("POST", "/api/v1/auth/login", right).Want(200)
	owner.Do("POST", "/api/v1/me/password", body{"old_password": password, "new_password": password + "s"}).Want(204)
	right["password"] = password + "s"

	restarted, err := auth.New(t.Context(), auth.Options{Pool: h.Pool, Secret: h.Secret, Now: h.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restarted.LogIn(t.Context(), auth.Credentials{Handle: "mei", Password: password + "s", Device: owner.Device}); err != nil {
		t.Errorf("the owner after a restart: %v", err)
	}
	stranger.Do("POST", "/api/v1/auth/login", right).Refused(429, "rate-limited")
	h.Clock.Forward(auth.GuessWindow)
	stranger.Do("POST", "/api/v1/auth/login", right).Want(200)
}

// Ensure that the set-up of a second factor takes a code, that each code and each recovery code works
// once, and that the codes of another person do not.
func TestSecondFactor(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	h.Clock.Stop()
	c, tab, other := h.Person("mei"), h.Person("mei"), h.Person("lin")
	c.Do("POST", "/api/v1/me/second-factor", body{"password": "borrowed phone"}).Refused(403, "wrong-password")
	c.Do("POST", "/api/v1/me/second-factor/confirm", body{"code": "000000"}).Refused(409, "no-set-up")
	app, recovery := setUp(h, c)
	if len(recovery) != auth.RecoveryCodes {
		t.Fatalf("got %q", recovery)
	}
	tab.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	otherApp, _ := setUp(h, other)

	try := func(code string) *apitest.Answer {
		return h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": password, "code": code})
	}
	try("").Refused(403, "second-factor-needed")
	try(otherApp.code(0)).Refused(403, "wrong-code")
	try(app.code(-1)).Refused(403, "wrong-code") // it confirmed the set-up
	try(app.code(0)).Want(200)
	try(app.code(0)).Refused(403, "wrong-code") // replayed
	try(" " + strings.ToUpper(recovery[0])).Want(200)
	h.Clock.Forward(auth.CodeWindow)
	try(recovery[0]).Refused(403, "wrong-code")
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": "wrong wrong", "code": app.code(0)}).
		Refused(401, "bad-credentials") // the password is checked first, so the answer says nothing about the code

	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	left := c.Do("GET", "/api/v1/me/security", nil).Want(200)
	if left.Get("recovery_codes") != float64(auth.RecoveryCodes-1) || left.Get("second_factor") != true {
		t.Errorf("got %s", left.Body)
	}
	renewed := c.Do("POST", "/api/v1/me/recovery-codes", body{"password": password, "code": app.code(0)}).Want(200)
	try(recovery[1]).Refused(403, "wrong-code")
	try(renewed.Get("recovery_codes").([]any)[0].(string)).Want(200)

	h.Clock.Forward(auth.CodeWindow)
	c.Login(c.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	c.Do("POST", "/api/v1/me/second-factor/remove", body{"password": password}).Refused(403, "second-factor-needed")
	c.Do("POST", "/api/v1/me/second-factor/remove", body{"password": password, "code": app.code(1)}).Want(204)
	try("").Want(200)
}

// Ensure that the database contains no secret of a second factor in plain text, and that the number
// of guesses at codes is limited.
func TestTheSecondFactorIsSealedAndGuessesAreLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, nil, nil)
	h.Clock.Stop()
	c := h.Person("mei")
	app, recovery := setUp(h, c)
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(app.secret)
	if err != nil {
		t.Fatal(err)
	}
	var open bool
	if err := h.Pool.QueryRow(t.Context(), `
		SELECT EXISTS (SELECT FROM second_factor WHERE position($1::bytea IN secret_sealed) > 0)
		    OR EXISTS (SELECT FROM recovery_code WHERE code_hash = sha256($2::bytea) OR position($2::bytea IN code_hash) > 0)`,
		key, []byte(recovery[0])).Scan(&open); err != nil || open {
		t.Errorf("a secret is stored in plain text: %v, %v", open, err)
	}
	thief := h.Nobody()
	try := func(c *apitest.Client, code string) *apitest.Answer {
		return c.Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": password, "code": code})
	}
	for range auth.CodeGuesses {
		try(thief, "123456").Refused(403, "wrong-code")
	}
	try(thief, app.code(0)).Refused(429, "rate-limited")
	try(c, app.code(0)).Want(200) // on a device that is known
}

// Ensure that an administrator without a second factor can only set one up, whatever token they use,
// and then can do everything; and that it cannot be turned off again.
func TestAdministratorsNeedASecondFactor(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, strict, nil)
	h.Clock.Stop()
	admin := h.Nobody()
	if _, err := h.Auth.EnsureUser(t.Context(), auth.NewUser{Handle: "root-1", Password: password}, auth.RoleAdmin, auth.RoleDeveloper); err != nil {
		t.Fatal(err)
	}
	answer := admin.Do("POST", "/api/v1/auth/login", body{"handle": "root-1", "password": password}).Want(200)
	admin.Login(answer)
	if answer.Get("must_set_up_second_factor") != true {
		t.Errorf("got %s", answer.Body)
	}
	for _, path := range []string{"/api/v1/admin/people", "/api/v1/me/api-tokens", "/api/v1/users?query=me"} {
		admin.Do("GET", path, nil).Refused(403, "second-factor-set-up-required")
	}
	if _, err := h.Auth.Verify(t.Context(), admin.Token, auth.AudienceAPI); err == nil {
		t.Error("the token opens a socket")
	}
	admin.Do("GET", "/api/v1/me", nil).Want(200)
	before := admin.Token
	app, _ := setUp(h, admin)
	admin.Do("GET", "/api/v1/admin/people", nil).Want(200)
	stale := h.Nobody()
	stale.Token = before
	stale.Do("GET", "/api/v1/admin/people", nil).Refused(403, "second-factor-set-up-required")
	admin.Do("POST", "/api/v1/me/second-factor/remove", body{"password": password, "code": app.code(0)}).
		Refused(409, "second-factor-required")

	// For a person who becomes an administrator the same applies from the next token on.
	mei := h.Person("mei")
	if _, err := h.Auth.EnsureUser(t.Context(), auth.NewUser{Handle: "mei", Password: password}, auth.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	mei.Login(mei.Do("POST", "/api/v1/auth/refresh", nil).Want(200))
	mei.Do("GET", "/api/v1/admin/people", nil).Refused(403, "second-factor-set-up-required")
}

// Ensure that what reaches all users needs a second factor: neither a session nor a token that was
// made with only the password can do it.
func TestReleasingNeedsASecondFactor(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, strict, func(h *apitest.Host) {
		huma.Register(h.Server.API, huma.Operation{OperationID: "launch", Method: "POST", Path: "/launch",
			Security: auth.AsReleaser}, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	})
	h.Clock.Stop()
	dora, other, cli := h.Person("dora", auth.RoleDeveloper), h.Person("mei"), h.Nobody()
	cli.Token = dora.Do("POST", "/api/v1/me/api-tokens", body{"name": "build"}).Want(201).Text("token")
	for _, c := range []*apitest.Client{dora, cli} {
		c.Do("POST", "/launch", nil).Refused(403, "second-factor-required")
	}
	setUp(h, dora)
	cli.Do("POST", "/launch", nil).Refused(401, "bad-token") // it was made with only the password
	cli.Token = dora.Do("POST", "/api/v1/me/api-tokens", body{"name": "build"}).Want(201).Text("token")
	for _, c := range []*apitest.Client{dora, cli} {
		c.Do("POST", "/launch", nil).Want(204)
	}
	setUp(h, other)
	other.Do("POST", "/launch", nil).Refused(403, "developer-role-required")
	h.Nobody().Do("POST", "/launch", nil).Refused(401, "login-required")
}

// Ensure that a person who closes their account is hidden at once, can reopen it for thirty days by
// logging in, and is erased after that, and that nobody can take the handle.
func TestClosingOnesAccount(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, func(o *auth.Options) {
		o.MayClose = func(ctx context.Context, userID uuid.UUID) error { return nil }
	}, nil)
	c, other := h.Person("mei"), h.Person("lin")
	c.Do("POST", "/api/v1/me/close", body{"password": "borrowed phone"}).Refused(403, "wrong-password")
	c.Do("POST", "/api/v1/me/close", body{"password": password}).Want(204)
	c.Do("GET", "/api/v1/me", nil).Refused(401, "session-ended")
	other.Do("GET", "/api/v1/users/"+c.User.ID.String(), nil).Refused(404, "no-such-user")

	logIn := body{"handle": "mei", "password": password}
	h.Nobody().Do("POST", "/api/v1/auth/login", body{"handle": "mei", "password": "wrong wrong"}).Refused(401, "bad-credentials")
	h.Nobody().Do("POST", "/api/v1/auth/login", logIn).Refused(403, "account-closed")
	h.Clock.Forward(auth.EraseAfter - time.Hour)
	maintain(t, h)
	logIn["reopen"] = true
	c.Login(c.Do("POST", "/api/v1/auth/login", logIn).Want(200))
	c.Do("GET", "/api/v1/me", nil).Want(200)

	c.Do("POST", "/api/v1/me/close", body{"password": password}).Want(204)
	h.Clock.Forward(auth.EraseAfter + time.Hour)
	maintain(t, h)
	h.Nobody().Do("POST", "/api/v1/auth/login", logIn).Refused(401, "bad-credentials")
	h.Nobody().Do("POST", "/api/v1/auth/signup", body{"handle": "mei", "password": "somebody else"}).Refused(409, "handle-taken")
	var kept, left int
	if err := h.Pool.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM app_user WHERE id = $1 AND handle NOT LIKE '%mei%' AND display_name LIKE 'Closed account%' AND password_hash = ''),
		       (SELECT count(*) FROM login_session WHERE user_id = $1) + (SELECT count(*) FROM login_device WHERE user_id = $1)`,
		c.User.ID).Scan(&kept, &left); err != nil || kept != 1 || left != 0 {
		t.Errorf("kept %d rows for the books, %d rows that should have been deleted, %v", kept, left, err)
	}
}

// maintain runs one round of upkeep.
func maintain(t *testing.T, h *apitest.Host) {
	t.Helper()
	if err := h.Auth.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
}
