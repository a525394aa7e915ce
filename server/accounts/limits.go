package accounts

import "time"

// Lengths, in characters.
const (
	MaxName        = 40   // what fits in a title bar
	MaxDescription = 500  // what fits on a card
	MaxWelcome     = 600  // one message
	MaxTemplateTag = 30   // title of a template, label of a field
	MaxFieldKey    = 32   // a name in a developer's code
	MaxFieldText   = 100  // value of a field in a subscription message
	MaxText        = 2000 // a server's message to one person: half of what people may write
	MaxPath        = 512  // page path with its query
	MaxClientID    = 40   // leaves room for our prefix within the chat's limit of 64
)

// Amounts.
const (
	MaxAccountsPerUser = 10     // created or joined; limits how many names one person can reserve
	MaxMembers         = 50     // of one account
	MaxAppsPerAccount  = 20     // about as many as existing platforms allow
	MaxTesters         = 100    // of one app; as many as existing platforms allow
	MaxInvitations     = 50     // open at once, of one account with its apps: an invitation reaches people who did not ask for it
	MaxTemplates       = 50     // of one app
	MaxTemplateFields  = 10     // a card that can still be read
	MaxSheetTemplates  = 5      // asked for at once; the runtime takes no more
	MaxRemaining       = 100    // messages that a person can allow in advance, per template
	MaxRecent          = 30     // recently used apps that are listed
	MaxRecentRead      = 200    // of which they are the first that the person can still open
	MaxFollowersPage   = 100    // followers that a server lists at once
	MaxSearchRounds    = 5      // of candidates looked at for one page of released apps
	MaxCachedApps      = 10_000 // whose servers called recently; some hundred bytes each
)

// Times.
const (
	// LoginCodeLife is how long a code of wx.login can be exchanged, five minutes as on existing platforms.
	LoginCodeLife = 5 * time.Minute
	// TextWindow is how long after a person's last message or action an account may write freely.
	TextWindow = 48 * time.Hour
	// InvitationLife is how long an invitation can be accepted: two weeks, holidays included.
	InvitationLife = 14 * 24 * time.Hour
	// InvitationPause is how long an account cannot invite a person again who declined an
	// invitation to it or to one of its apps, so that nobody agrees only because they are asked
	// again and again.
	InvitationPause = 7 * 24 * time.Hour
	// MaxInvitationsOfOne is how often an account with its apps may invite one person within
	// InvitationPause, whatever became of the invitations: one for itself and one for each of some
	// apps, and a mistake. Each of them rings.
	MaxInvitationsOfOne = 5
	// AppCacheLife is how long a host caches the data of an app for the calls of its server: a
	// rotated secret or a take-down has its effect on every host within this time.
	AppCacheLife = 5 * time.Second
)
