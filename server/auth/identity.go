package auth

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Audience says which interface a token is for.
type Audience string

// The audiences of Teahouse's tokens.
const (
	AudienceAPI    Audience = "api"    // people, through the web client or the command line
	AudienceBridge Audience = "bridge" // servers of official accounts
	// AudienceAPIToken is the audience of personal access tokens, which open what AsDeveloper and
	// AsUserOrAPIToken guard and nothing else: a token in a build script must not move money.
	AudienceAPIToken Audience = "api_token"
)

// Role is what a person may be besides a user.
type Role string

// The roles.
const (
	RoleUser      Role = "user"
	RoleDeveloper Role = "developer"
	RoleAdmin     Role = "admin"
)

// Identity is who is calling, as proven by a token. The zero Identity is nobody.
type Identity struct {
	UserID    uuid.UUID // set for AudienceAPI
	Handle    string
	Roles     []Role
	Audience  Audience
	Scopes    []string  // granted bridge scopes, for AudienceBridge
	AppID     string    // set for AudienceBridge
	SecretGen int       // generation of the app's secret, for AudienceBridge: rotating ends the token
	Test      bool      // the token is of the app's test secret, for AudienceBridge
	AccountID uuid.UUID // official account of AppID, for AudienceBridge
	TokenID   string    // jti, for the audit log
	Session   uuid.UUID // the log-in, for AudienceAPI; zero for personal access tokens and app servers
	Expires   time.Time // when the token does
	// SecondFactor says that the person has shown one, or that this host asks for none.
	SecondFactor bool
}

// String names the caller for logs, limits and the audit log: "user:<id>", "app:<id>" or "nobody".
func (i Identity) String() string {
	switch {
	case i.AppID != "":
		return "app:" + i.AppID
	case i.UserID != uuid.Nil:
		return "user:" + i.UserID.String()
	default:
		return "nobody"
	}
}

// Has reports whether the identity has the role.
func (i Identity) Has(role Role) bool { return slices.Contains(i.Roles, role) }

// MustSetUp reports whether the person must set up a second factor before anything else.
func (i Identity) MustSetUp() bool { return asksForFactor(i.Roles) && !i.SecondFactor }

type identityKey struct{}

// NewContext returns ctx with the identity of the caller.
func NewContext(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}

// IdentityFromContext returns the caller, and false when nobody is logged in.
func IdentityFromContext(ctx context.Context) (Identity, bool) {
	id, ok := ctx.Value(identityKey{}).(Identity)
	return id, ok
}

// UserFromContext returns the ID of the person calling, uuid.Nil when there is none. Queries use it
// as a parameter: a nil ID matches no row.
func UserFromContext(ctx context.Context) uuid.UUID {
	id, _ := IdentityFromContext(ctx)
	return id.UserID
}

// Who may call an operation; the value of huma.Operation.Security. An operation that declares
// none of these is refused, so that forgetting it fails closed.
var (
	AsAnyone    = []map[string][]string{{"anyone": {}}}
	AsUser      = []map[string][]string{{"user": {}}}
	AsDeveloper = []map[string][]string{{"developer": {}}}
	AsAdmin     = []map[string][]string{{"admin": {}}}
	// AsReleaser is a developer who has a second factor: what is released reaches everybody.
	AsReleaser = []map[string][]string{{"releaser": {}}}
	// AsSetUp is a person, including one who must set up a second factor before anything else.
	AsSetUp = []map[string][]string{{"set_up": {}}}
	// AsUserOrAPIToken also takes personal access tokens, for reading who one is.
	AsUserOrAPIToken = []map[string][]string{{"user": {}}, {"api_token": {}}}
	AsServer         = []map[string][]string{{"server": {}}}
)
