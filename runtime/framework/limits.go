package framework

// What an app may ask of the framework. An app that exceeds one of these limits gets an error that
// names it; the session continues.
const (
	// MaxPathSteps bounds one setData path such as "a.b[0].c". The trees of compiled programs take two
	// steps a level, and are up to a hundred levels deep.
	MaxPathSteps = 256
	// MaxRemoteHosts bounds the hosts for which a session logs that their pictures are not shown.
	MaxRemoteHosts = 20
	// MaxHostBytes bounds the name of a host with its port; DNS allows 253 bytes.
	MaxHostBytes = 260
	// MaxObserverRounds ends observers that set what makes them due again, without end.
	MaxObserverRounds = 100
	// MaxWarnings bounds the warnings that a session logs only once each, such as those of properties.
	MaxWarnings = 100
	// MaxListeners bounds callbacks per event such as wx.onThemeChange.
	MaxListeners = 64
	// MaxShareText bounds each text of a share card, which is stored as a message.
	MaxShareText = 1024
)
