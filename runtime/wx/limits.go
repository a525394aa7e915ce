package wx

import "time"

// What a program may draw.
const (
	// MaxDrawBytes bounds the drawing commands that wait to be sent for one page. A chart of a thousand
	// points has 40 KB, and a picture of 400 by 400 points as data 853 KB.
	MaxDrawBytes = 1 << 20
	// MaxDrawsUnseen is how many frames of drawing commands may be on their way to a phone: one second of
	// animation. Further ones wait, so that a slow line shows less and not later.
	MaxDrawsUnseen = 60
	// FrameTime is the pause between two calls of requestAnimationFrame: 60 a second.
	FrameTime = time.Second / 60
	// HiddenFrameTime is the same for a page that another one covers.
	HiddenFrameTime = time.Second
	// MaxFrameCallbacks bounds the functions that wait for the next animation frame.
	MaxFrameCallbacks = 1000
	// MaxCanvasSide is the vendor's limit on width and height; browsers draw nothing on larger ones.
	MaxCanvasSide = 4096
	// MaxSurfaces bounds the canvases of one page, those out of sight included: each may have 64 MB in
	// the browser.
	MaxSurfaces = 64
	// MaxCanvasPictures bounds the pictures of one page's canvases: a game has some hundred.
	MaxCanvasPictures = 1000
	// MaxDrawStates bounds nested save calls; a chart library uses ten.
	MaxDrawStates = 500
	// MaxImageDataBytes bounds the points that canvasGetImageData returns: 1,000 by 500.
	MaxImageDataBytes = 2 << 20
	// ImageDataBand is how many bytes of points travel in one frame of the shell, which may have 64 KB,
	// as base64.
	ImageDataBand = 44 << 10
	// MaxColorStops bounds the colours of a gradient.
	MaxColorStops = 256
	// MaxDashes bounds the lengths of a dash pattern.
	MaxDashes = 64
)

// What one session may hold through members of wx.
const (
	// MaxLetter bounds one message to or from a worker: the points of a picture of 500 by 500 as text.
	MaxLetter = 4 << 20
	// MaxOpenFiles bounds the descriptors of wx.getFileSystemManager().open.
	MaxOpenFiles = 64
	// MaxUnpacked bounds what an archive or a compressed file may become: all files of a program together.
	MaxUnpacked = 10 << 20
	// MaxBufferURL bounds the bytes of wx.createBufferURL, which travel inside the address.
	MaxBufferURL = 512 << 10
	// MaxFiles bounds the files and folders that a program keeps for a user, and MaxFilePath the bytes of
	// one path: the key of a stored file is made of it.
	MaxFiles    = 2000
	MaxFilePath = 800
	// MaxAnimationMs is the longest animation of this.animate, ten minutes: its callback waits as long.
	MaxAnimationMs = 600_000
	// MaxPlayers bounds the audio players of a session; a phone plays a few at once.
	MaxPlayers = 16
	// MaxSockets is the vendor's limit on open websockets.
	MaxSockets = 5
	// MaxActions is the vendor's limit on the rows of wx.showActionSheet.
	MaxActions = 6
	// maxCloudList is the vendor's limit on the files of one getTempFileURL or deleteFile.
	maxCloudList = 50
	// MaxRandomBytes is the vendor's limit on one wx.getRandomValues.
	MaxRandomBytes = 1 << 20
)
