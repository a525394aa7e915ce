package protocol

// What a client asks for when it opens an app.
const (
	// MaxRoute bounds the path of an open frame, MaxQuery its parameters and MaxQueryBytes their
	// bytes: what a link or a QR code can carry, and more.
	MaxRoute      = 1024
	MaxQuery      = 50
	MaxQueryBytes = 8 << 10
)

// Parts of a frame of the shell, for what the size of the frame does not bound sensibly.
const (
	// MaxEventName bounds the name of an event; the longest of the vendor's has 22 bytes.
	MaxEventName = 64
	// MaxErrorText bounds the reason with which the shell refuses a question.
	MaxErrorText = 1000
	// MaxOffsets bounds the elements on the path of an event: deeper pages do not lay out.
	MaxOffsets = 200
	// MaxTabs is the vendor's limit on tabs.
	MaxTabs = 5
)

// What an app may ask for.
const (
	// MaxPageStack is the vendor's limit on stacked pages.
	MaxPageStack = 10
	// MaxCallBytes bounds the arguments of one call to the shell or the bridge.
	MaxCallBytes = 1 << 20
	// MaxKeyBytes, MaxValueBytes and MaxStorageBytes are the vendor's sizes of a key, of a value, and
	// of all together per app and user. The logic layer tells the app; the host checks again.
	MaxKeyBytes     = 1 << 10
	MaxValueBytes   = 1 << 20
	MaxStorageBytes = 10 << 20
	// MaxFunctionAnswer bounds what a cloud function returns, and MaxFunctionError the text with which it fails:
	// a page does not show more.
	MaxFunctionAnswer = 2 << 20
	MaxFunctionError  = 8 << 10
	// MaxFunctionName bounds the name of a cloud function.
	MaxFunctionName = 60
)
