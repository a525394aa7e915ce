package sessions

import (
	"time"

	"golang.org/x/time/rate"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// The websocket.
const (
	// MaxClientFrame bounds a frame of the shell; files go through media, and an event with ten
	// touches has 2 KB.
	MaxClientFrame = 64 << 10
	// OpenFrameWait is for the second, which follows at once.
	OpenFrameWait = 10 * time.Second
	// MaxOutbox bounds the bytes that wait for a slow client: about ten first pages.
	MaxOutbox = 16 << 20
	// MaxOutboxFrames bounds their number.
	MaxOutboxFrames = 2000
	// MaxErrors is how many frames of a client may be refused before its socket is closed.
	MaxErrors = 100
)

// FramesPerSecond is what a session may send in the long run: a finger produces 60 moves a second,
// and a fast display twice that. FramesBurst covers a page with a gesture and its scrolling.
const (
	FramesPerSecond rate.Limit = 120
	FramesBurst     int        = 240
)

// The life of a session.
const (
	// IdleAfter ends a session whose user has done nothing; it opens again where its storage says.
	IdleAfter = 30 * time.Minute
	// HiddenAfter ends a session that was hidden; existing platforms keep one in the background as
	// long.
	HiddenAfter = 5 * time.Minute
	// MaxSessionsUser bounds the open apps of one person on one host: tabs and devices.
	MaxSessionsUser = 20
	// OpenTimeout bounds everything between the open frame and the opened one.
	OpenTimeout = 20 * time.Second
	// UnloadWait is how long an app may take to hide and unload, including its last log lines and
	// storage operations.
	UnloadWait = 3 * time.Second
)

// Capability calls.
const (
	// MaxCalls is how many calls of one session run at once; an app that wants more waits for
	// answers first.
	MaxCalls = 32
	// CallTimeout is above the longest network request.
	CallTimeout = 65 * time.Second
	// ConsentWait is how long a sheet may stay open before the call that needs it fails.
	ConsentWait = 5 * time.Minute
	// MaxSheets bounds the questions to the user that are open or waiting in one session.
	MaxSheets = 4
	// MaxRefused is how many calls beyond MaxCalls may wait for their refusal; an app that makes
	// more is closed. The engine has 256 calls under way, but forgets those that the app aborts.
	MaxRefused = 256
	// RefusalPause is how long a call waits for its refusal that came too often. A program that calls again
	// at once then costs the host at most MaxCalls and MaxRefused calls a second.
	RefusalPause = time.Second
	// MaxLargeAnswers bounds the bytes of all answers on one host that took room before they were read, MaxAnswersUser
	// those of one person. They take it for all their copies, and give back what they do not need when they are read.
	MaxLargeAnswers = 96 << 20
	MaxAnswersUser  = 36 << 20
	// LargeAnswersGC is the garbage collector's percentage while there are such answers.
	LargeAnswersGC = 30
	// MaxAnswers bounds the bytes of all others on their way to apps: an app that is busy does not take its answers.
	MaxAnswers = 48 << 20
	// MaxPrepared is how many prepared orders and subscriptions a session remembers; one is on
	// screen at a time.
	MaxPrepared = 16
	// MaxFunctions is how many cloud functions of one session run at once, those that functions call included.
	MaxFunctions = 10
	// MaxFunctionDepth is how deep functions may call functions: a deeper chain is an endless one.
	MaxFunctionDepth = 5
	// MaxFunctionCalls is how many calls of one function to the host may be under way; the engine keeps to 256.
	// FunctionCallsAtOnce of them run, the others wait: functions read a collection in a hundred pages at once.
	MaxFunctionCalls    = 256
	FunctionCallsAtOnce = 8
	// FunctionWait is how long the host waits for the answer of a function, whose own time is at most 60 s.
	FunctionWait = 64 * time.Second
	// MaxUICalls bounds unanswered calls of the app to the shell; the engine keeps to 256.
	MaxUICalls = 512
)

// hostCalls is where the numbers of the host's own questions to the shell begin. The engine counts
// its calls up from 1; an app would have to ask a billion times to meet.
const hostCalls = uint64(1) << 40

// Storage.
const (
	// MaxKeys bounds what one app keeps for one user: 10 MB in values of a kilobyte.
	MaxKeys = 10_000
	// MaxUnsaved bounds the bytes of one app and user that wait for the database, MaxUnsavedHost those of
	// all on a host: enough for an outage of some minutes.
	MaxUnsaved     = 2 * protocol.MaxStorageBytes
	MaxUnsavedHost = 256 << 20
	// SaveEvery is the least pause between two writes of one app and user: an app that stores on
	// every keystroke writes four times a second.
	SaveEvery = 250 * time.Millisecond
	// SaveTimeout bounds one write, and how long the end of a session waits for it.
	SaveTimeout = 5 * time.Second
	// SaveRetry is the longest pause between two tries while the database does not answer.
	SaveRetry = 5 * time.Second
	// MaxSaves is how many write at once on one host; after an outage all of them want to.
	MaxSaves = 8
)

// The developer's log.
const (
	// LogQueue is how many lines of all apps wait for the database.
	LogQueue = 4096
	// LogBatch and LogEvery say when they are written.
	LogBatch = 500
	LogEvery = 500 * time.Millisecond
	// LogTimeout bounds one write.
	LogTimeout = 5 * time.Second
	// LogsPerMinute is how many lines one app may log; the number of dropped lines is logged.
	LogsPerMinute = 600
	// MaxReplay bounds the inputs of a session that stand in the log. A longer session is found again by its
	// console; each has up to three of them.
	MaxReplay = 128 << 10
	// MaxLogLines is how many lines an app keeps: some days of an app in development.
	MaxLogLines = 5000
	// PruneEvery is after how many new lines of an app its old ones are removed.
	PruneEvery = 500
	// MaxLogText bounds text and stack of a line, each.
	MaxLogText = 8 << 10
	// MaxReleasedText bounds the message of an error of a released version: a sentence or two.
	MaxReleasedText = 300
	// MaxTyped is how many of a user's last entries a session knows again in an error message, each
	// up to MaxTypedBytes and from MinTyped characters on: what is shorter is part of any word. A
	// field reports each letter as it is typed.
	MaxTyped      = 64
	MaxTypedBytes = 200
	MinTyped      = 3
)

// Whether sessions may still be open.
const (
	// RightsLife is how long the answer to whether a session may be open is cached.
	RightsLife = 5 * time.Second
	// RightsEvery is how often sessions that make no calls are checked; changes are announced.
	RightsEvery = 30 * time.Second
	// RightsAlone is how often while the announcements of other hosts do not arrive: programs of an app
	// that was taken down end within 5 s.
	RightsAlone = 4 * time.Second
	// MaxRights is how many answers are remembered, some 100 bytes each.
	MaxRights = 10_000
)

// MaxConfigs is how many apps' public configurations are remembered, some kilobytes each.
const MaxConfigs = 1000
