package accounts

import "time"

// Lengths, in characters.
const (
	MaxName        = 40   // a title bar's width
	MaxDescription = 500  // a card's worth
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
	MaxAccountsPerUser = 10     // founded or joined; limits how many names one person can reserve
	MaxMembers         = 50     // of one account
	MaxAppsPerAccount  = 20     // the incumbent's order of magnitude
	MaxTesters         = 100    // of one app; the incumbent's figure
	MaxInvitations     = 50     // open at once, of one account with its apps: they reach strangers
	MaxTemplates       = 50     // of one app
	MaxTemplateFields  = 10     // a card that can still be read
	MaxSheetTemplates  = 5      // asked for at once; the runtime takes no more
	MaxRemaining       = 100    // messages a person can have allowed ahead, per template
	MaxRecent          = 30     // recently used apps that are listed
	MaxFollowersPage   = 100    // followers that a server lists at once
	MaxSearchRounds    = 5      // of candidates looked at for one page of released apps
	MaxCachedApps      = 10_000 // that servers called lately; some hundred bytes each
)

// Times.
const (
	// LoginCodeLife is how long a code of wx.login can be exchanged, the incumbent's five minutes.
	LoginCodeLife = 5 * time.Minute
	// TextWindow is how long after a person's last message or action an account may write freely.
	TextWindow = 48 * time.Hour
	// InvitationLife is how long an invitation can be accepted: two weeks, holidays included.
	InvitationLife = 14 * 24 * time.Hour
	// InvitationPause is how long an account leaves a person alone who declined an invitation to it or to
	// one of its apps: long enough that asking again and again is no way to wear somebody down.
	InvitationPause = 7 * 24 * time.Hour
	// AppCacheLife is how long a server's call may rely on what was read of its app: a rotated
	// secret or a take-down reaches every host within it.
	AppCacheLife = 5 * time.Second
)
