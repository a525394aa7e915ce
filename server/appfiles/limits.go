package appfiles

import "time"

const (
	// MaxFile bounds one file: what a request may bring (egress.MaxResponse), and a minute of video.
	MaxFile = 10 << 20
	// MaxTemporary bounds the temporary files of one app and user, MaxSaved those that wx.saveFile keeps.
	// The vendor keeps 10 MB of saved files and more of temporary ones.
	MaxTemporary = 100 << 20
	MaxSaved     = 10 << 20
	// TemporaryFor is how long a temporary file is kept: an app is open for hours, not days.
	TemporaryFor = 24 * time.Hour
	// MaxCloudFiles and MaxCloudBytes bound the files of an app's cloud, those of its development and the live
	// ones each: a few thousand photographs.
	MaxCloudFiles = 10_000
	MaxCloudBytes = 1 << 30
	// MaxCloudPath bounds the path of one in bytes, MaxCloudUpload the parameters of an upload with its bytes.
	MaxCloudPath   = 255
	MaxCloudUpload = 1 << 20
	// CloudURLFor is how long an address of getTempFileURL leads to its file, as the vendor's.
	CloudURLFor = 2 * time.Hour
	// FilesPerMinute bounds the calls about files of one app and user.
	FilesPerMinute = 300
	// UploadsPerHour bounds the files of one person.
	UploadsPerHour = 400
	// MaxName bounds the name of a file, MaxForm the fields of an upload.
	MaxName = 200
	MaxForm = 100

	// RemoteFor is how long a file of another host is served without asking it again.
	RemoteFor = 24 * time.Hour
	// RemotePerMinute bounds the addresses that one version has fetched: some pages full of pictures. What
	// is kept already does not count.
	RemotePerMinute = 600
	// RemoteAtOnce is how many are fetched for one version at a time, and RemoteHost for all on a host;
	// the others wait, for RemoteWait at most.
	RemoteAtOnce = 8
	RemoteHost   = 64
	RemoteWait   = 30 * time.Second
	// RemoteTimeout bounds one fetch.
	RemoteTimeout = 20 * time.Second
	// MaxVersions is for how many versions the host remembers what they declare, and their fetches.
	MaxVersions = 1000
	// MaxAddress bounds the address of a file on another host.
	MaxAddress = 2048
	// TilesPerMinute bounds the tiles of maps that the host asks their source for, of all its users: a few
	// maps that are moved at the same time. What is kept already does not count.
	TilesPerMinute = 3000
	// TilesAtOnce is how many are asked for at a time; sources of tiles want few connections.
	TilesAtOnce = 8
	// DeepestTile is the zoom beyond which no source has tiles.
	DeepestTile = 22
	// SweepEvery is how often old files are removed, SweepBatch how many at a time.
	SweepEvery = 10 * time.Minute
	SweepBatch = 500
)
