// Package registry keeps what developers publish: bundles, the images compiled from them, their
// versions, the review of versions, and releases.
//
// A version is one upload. Only its state changes, and only as State.After allows; docs/versions.md
// draws the states. The bundle, the image and the public files of a version are in an object store,
// under the digest of their content. Objects are written first and the row that names them last, so
// a failure leaves at most objects that no row refers to.
//
// This package contains the types and the rules. Package bundle reads uploads, package postgres
// stores the rows. The compiler is behind an interface: it is part of the sandbox, which the
// registry does not import.
package registry

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/google/uuid"
)

// Version is one upload of an app.
type Version struct {
	ID    uuid.UUID `json:"id"`
	AppID string    `json:"app_id"`
	// Label is the developer's version number, such as "1.2.0".
	Label string `json:"version"`
	State State  `json:"state" enum:"failed,ready,submitted,approved,rejected,released,retired"`
	// Size and FileCount are those of the bundle, unpacked.
	Size      int64     `json:"size"`
	FileCount int       `json:"file_count"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy uuid.UUID `json:"created_by"`
	Notes     string    `json:"notes"`

	Diagnostics []Diagnostic `json:"diagnostics"`
	Report      Report       `json:"report"`
	// ImageHash is nil while State is Failed.
	ImageHash *string `json:"image_hash"`
	// ImageFormat is that of the image, 0 when it was not kept.
	ImageFormat int `json:"-"`
	// Outdated versions no longer compile; Diagnostics then say why.
	Outdated bool `json:"outdated" doc:"The version does not compile since the platform was updated, and cannot be opened. The diagnostics say why."`
	// Findings are the reasons of the last rejection.
	Findings []Finding `json:"findings"`
	// Submission is the last one, nil before the first.
	Submission *Submission `json:"submission"`

	BundleSHA256 string `json:"bundle_sha256"`
}

// Submission is one review of a version.
type Submission struct {
	ID        uuid.UUID       `json:"id"`
	VersionID uuid.UUID       `json:"version_id"`
	AppID     string          `json:"app_id"`
	State     SubmissionState `json:"state" enum:"pending,withdrawn,approved,rejected"`
	Notes     string          `json:"notes"`
	// ScopeReasons says for each scope why the app needs it.
	ScopeReasons map[string]string `json:"scope_reasons"`
	SubmittedBy  uuid.UUID         `json:"submitted_by"`
	SubmittedAt  time.Time         `json:"submitted_at"`
	DecidedBy    *uuid.UUID        `json:"decided_by"`
	DecidedAt    *time.Time        `json:"decided_at"`
	// Note is the reviewer's note on an approval.
	Note string `json:"note"`
	// Profiles is what people see of the app and its account, as it was when the version was
	// submitted: it is part of what is decided. Nil for submissions from before it was kept.
	Profiles *Profiles `json:"profiles"`
	// BaselineID is the version that was released at the time of the decision, nil for none.
	BaselineID *uuid.UUID `json:"baseline_id"`
}

// Profiles are those that people see when they meet an app.
type Profiles struct {
	App     Profile `json:"app"`
	Account Profile `json:"account"`
}

// Profile is what people see of an app or of an official account.
type Profile struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	PictureURL  string `json:"picture_url"`
}

// Finding is one reason for a rejection. File and Line are empty when it is about the whole app.
type Finding struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// Release is a period in which users opened this version.
type Release struct {
	ID         uuid.UUID  `json:"id"`
	AppID      string     `json:"app_id"`
	VersionID  uuid.UUID  `json:"version_id"`
	ReleasedBy uuid.UUID  `json:"released_by"`
	ReleasedAt time.Time  `json:"released_at"`
	RetiredAt  *time.Time `json:"retired_at"`
}

// Diagnostic is a message of the compiler for the developer.
type Diagnostic struct {
	Severity string `json:"severity"` // "error" or "warning"
	Code     string `json:"code"`
	Message  string `json:"message"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
}

// Report is the compiler's report for the reviewer.
type Report struct {
	AppName string   `json:"app_name"`
	Pages   []string `json:"pages"`
	Scopes  []string `json:"scopes"`
	Domains []string `json:"domains"`
	// Collections are those of the program's database, with who may use each. Nil for versions without.
	Collections map[string]string `json:"collections,omitempty"`
	// Functions are its cloud functions, which work with the rights of the app. Nil for versions without.
	Functions []string `json:"functions,omitempty"`

	APIs []APIUse `json:"apis"`
	// Hosts are the servers that scripts name by constants. Nil for versions from before it was kept.
	Hosts []HostUse `json:"hosts"`
}

// HostUse is the first place where a script names a server.
type HostUse struct {
	URL      string `json:"url"`
	Declared bool   `json:"declared"`
	Private  bool   `json:"private"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
}

// APIUse is the first use of a member of wx.
type APIUse struct {
	Name      string `json:"name"`
	Supported bool   `json:"supported"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
}

// PublicFile is the position of a file in the image's object of public files.
type PublicFile struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Offset int64  `json:"offset"`
}

// Compiled is the result of a compilation.
type Compiled struct {
	// Image is the encoded image, nil when a diagnostic is an error. Hash is its name.
	Image []byte
	Hash  string
	// Public holds the public files by path.
	Public      map[string][]byte
	Diagnostics []Diagnostic
	Report      Report
}

// Compiler turns the files of a bundle into an image. Errors in the program are diagnostics. An
// error result is a failure of the platform, or an Invalid fault about a bundle that cannot be
// compiled within its budget.
type Compiler interface {
	// Format is the version of the images' encoding.
	Format() int
	Compile(ctx context.Context, files map[string][]byte) (Compiled, error)
}

// Objects is the part of an object store that the registry needs.
type Objects interface {
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	GetRange(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	Size(ctx context.Context, key string) (int64, error)
}

// Observer is called with changes after they are committed. It cannot fail the change.
type Observer interface {
	VersionChanged(ctx context.Context, v Version)
}

// NewVersion is a version before it has a row.
type NewVersion struct {
	ID          uuid.UUID
	AppID       string
	Label       string
	Notes       string
	CreatedBy   uuid.UUID
	State       State // Ready or Failed
	Bundle      StoredBundle
	Image       *StoredImage // nil when State is Failed
	Diagnostics []Diagnostic
	Report      Report
}

// SourceFile is one file of a bundle.
type SourceFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Check is what running a version headless found.
type Check struct {
	State       CheckState      `json:"state" enum:"waiting,done,failed"`
	Report      json.RawMessage `json:"report" doc:"As teahouse check --json writes it; null unless the state is done."`
	RequestedAt time.Time       `json:"requested_at"`
	FinishedAt  *time.Time      `json:"finished_at"`
}

// CheckState is the state of a check.
type CheckState string

// The states of a check.
const (
	CheckWaiting CheckState = "waiting"
	CheckDone    CheckState = "done"
	// CheckFailed is for a check that could not run, which says nothing about the program.
	CheckFailed CheckState = "failed"
)

// StoredBundle is the row of a bundle.
type StoredBundle struct {
	Files        []SourceFile
	SHA256       string
	Size         int64
	UnpackedSize int64
	FileCount    int
}

// StoredImage is the row of an image.
type StoredImage struct {
	Hash   string
	Format int
	Size   int64
	Files  []PublicFile
}

// Decision is a reviewer's decision about the submission that the reviewer saw.
type Decision struct {
	SubmissionID uuid.UUID
	By           uuid.UUID
	Note         string
	Findings     []Finding // of a rejection
}

// SubmissionFilter selects submissions. Zero values select all.
type SubmissionFilter struct {
	State SubmissionState
	// AppID selects those of one app.
	AppID string
	// Decided selects those that are no longer pending.
	Decided bool
	// NewestFirst reverses the order, in which otherwise the one that waits longest comes first.
	NewestFirst bool
	// After is the last ID of the previous page, in that order.
	After uuid.UUID
	Limit int
}

// VersionFilter selects versions of one app, newest first.
type VersionFilter struct {
	AppID  string
	Before uuid.UUID // the last ID of the previous page; zero for the first page
	Limit  int
	// Compiled leaves out versions that failed to compile.
	Compiled bool
}

// Reader reads the rows. A missing row is a NotFound fault.
type Reader interface {
	// Version finds a version of this app. A version of another app is not found.
	Version(ctx context.Context, appID string, id uuid.UUID) (Version, error)
	// Versions lists versions, newest first.
	Versions(ctx context.Context, f VersionFilter) ([]Version, error)
	// Submission finds a submission in any state.
	Submission(ctx context.Context, id uuid.UUID) (Submission, error)
	// Submissions lists submissions, the one that waits longest first.
	Submissions(ctx context.Context, f SubmissionFilter) ([]Submission, error)
	// Released finds the released versions of the apps that have one.
	Released(ctx context.Context, appIDs []string) (map[string]Version, error)
	// VersionsByID finds versions of any app, as far as they exist.
	VersionsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Version, error)
	// FindingsOf finds the reasons of rejections by submission.
	FindingsOf(ctx context.Context, submissions []uuid.UUID) (map[uuid.UUID][]Finding, error)
	// BundleFiles lists the files of a bundle, nil when the list was not kept.
	BundleFiles(ctx context.Context, sha256 string) ([]SourceFile, error)
	// Check finds the check of a version, nil when none was asked for.
	Check(ctx context.Context, version uuid.UUID) (*Check, error)
	// Recompiled finds what became of a version that was compiled again to this format. It returns nil
	// when it was not, or failed longer than RecompileAfter ago.
	Recompiled(ctx context.Context, version uuid.UUID, format int) (*Recompiled, error)
	// Outdated lists the released versions that have no image of this format.
	Outdated(ctx context.Context, format int) ([]uuid.UUID, error)
	// PublicFiles lists the public files of an image.
	PublicFiles(ctx context.Context, imageHash string) ([]PublicFile, error)
}

// Store writes the rows. Each changing method is one transaction that includes the audit entry. A
// change that the state does not allow is a Conflict fault and changes nothing.
type Store interface {
	Reader
	CreateVersion(ctx context.Context, v NewVersion) (Version, error)
	// Recompile keeps what compile returns, unless another host did so before: hosts wait here for each
	// other. The image is nil when the version no longer compiles.
	Recompile(
		ctx context.Context, v Version, format int,
		compile func(context.Context) (*StoredImage, []Diagnostic, error),
	) (Recompiled, error)
	Submit(
		ctx context.Context, appID string, id, by uuid.UUID, notes string, scopeReasons map[string]string,
	) (Version, error)
	Withdraw(ctx context.Context, appID string, id, by uuid.UUID) (Version, error)
	Release(ctx context.Context, appID string, id, by uuid.UUID) (Version, error)
	Approve(ctx context.Context, d Decision) (Version, error)
	Reject(ctx context.Context, d Decision) (Version, error)
	// RequestCheck asks for a check of a version, also when it was checked before.
	RequestCheck(ctx context.Context, version uuid.UUID) error
	// FinishCheck stores the report of a check, nil when it could not run.
	FinishCheck(ctx context.Context, version uuid.UUID, report json.RawMessage) error
}
