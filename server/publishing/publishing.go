// Package publishing is the HTTP interface of the registry: the developer's versions, the review of
// submissions, and the public files of images.
//
// This package decides who may see a version, before it asks the registry: a developer may use the
// apps of an account that they belong to, an administrator all. Every question to the registry
// includes the app, so a version's ID alone gives no access.
package publishing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/registry/postgres"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/audit"
)

// Apps says who works on which app; accounts.Service is one.
type Apps interface {
	// RequireMember returns a NotFound fault unless the caller in the context works on the app.
	RequireMember(ctx context.Context, appID string) (accounts.AppRef, error)
	// AppsByID describes apps; it leaves out those that do not exist.
	AppsByID(ctx context.Context, appIDs []string) (map[string]accounts.App, error)
	// Background returns the account and the people of an app.
	Background(ctx context.Context, appID string) (accounts.Background, error)
	// People returns the names of people; it leaves out those who do not exist.
	People(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]accounts.PersonRef, error)
}

// Pusher wakes the open clients of a person; realtime.Hub is one.
type Pusher interface {
	Push(ctx context.Context, userID uuid.UUID, event any) error
}

// CompileFunc compiles the files of a bundle in a sandbox; worker.Pool.Compile is one.
type CompileFunc func(ctx context.Context, files map[string][]byte) (*compile.Result, error)

// Service serves the registry over HTTP.
type Service struct {
	registry  *registry.Service
	apps      Apps
	checks    *Checks
	manifests *manifestCache
}

// New returns the service. All parameters are required.
func New(r *registry.Service, apps Apps, checks *Checks) *Service {
	return &Service{registry: r, apps: apps, checks: checks, manifests: newManifestCache()}
}

// Routes adds the operations, and the route of public files.
func (s *Service) Routes(api huma.API, app fiber.Router) {
	s.developerRoutes(api)
	s.reviewRoutes(api)
	app.Get("/images/:hash/*", s.servePublic)
	app.Head("/images/:hash/*", s.servePublic)
}

// Recorder writes the registry's entries into the host's audit log.
func Recorder() postgres.Recorder {
	return func(ctx context.Context, tx pgx.Tx, action, target string, detail map[string]any) error {
		return audit.Record(ctx, tx, audit.Entry{Action: action, Target: target, Detail: detail})
	}
}

// Compiler lets the registry compile in a sandbox. Hostile input may control the process that made
// the result, so the digests are checked here.
// Servers that requests of all apps reach on this host are none to warn of.
func Compiler(compileFiles CompileFunc, reaches func(url string) bool) registry.Compiler {
	return compiler{compileFiles, reaches}
}

type compiler struct {
	compile CompileFunc
	reaches func(url string) bool
}

// Format implements registry.Compiler.
func (compiler) Format() int { return image.Format }

// Compile implements registry.Compiler.
func (c compiler) Compile(ctx context.Context, files map[string][]byte) (registry.Compiled, error) {
	result, err := c.compile(ctx, files)
	if err != nil {
		return registry.Compiled{}, err
	}
	out := registry.Compiled{Report: report(result.Report), Diagnostics: []registry.Diagnostic{}}
	for _, d := range result.Diagnostics {
		if d.Code == compile.CodeHostNotPublic && c.allowed(result.Report.Hosts, d) {
			continue
		}
		out.Diagnostics = append(out.Diagnostics, registry.Diagnostic{
			Severity: string(d.Severity), Code: d.Code, Message: d.Message,
			File: d.File, Line: d.Line, Column: d.Column,
		})
	}
	// An image with pages that fail is for trying alone.
	failed := slices.ContainsFunc(result.Diagnostics, func(d source.Diagnostic) bool { return d.Severity == source.Error })
	if result.Image == nil || failed {
		return out, nil
	}
	if err := checkPublic(result); err != nil {
		return registry.Compiled{}, err
	}
	if out.Image, err = result.Image.MarshalBinary(); err != nil {
		return registry.Compiled{}, fmt.Errorf("encode image: %w", err)
	}
	sum := sha256.Sum256(out.Image)
	out.Hash, out.Public = hex.EncodeToString(sum[:]), result.Public
	return out, nil
}

// allowed reports whether the operator of this host allows the server that a warning is about.
func (c compiler) allowed(hosts []compile.HostUse, d source.Diagnostic) bool {
	return slices.ContainsFunc(hosts, func(use compile.HostUse) bool {
		return use.File == d.File && use.Line == d.Line && use.Column == d.Column && c.reaches(use.URL)
	})
}

// checkPublic makes sure that the image lists exactly the public files that came with it.
func checkPublic(result *compile.Result) error {
	if len(result.Image.Files) != len(result.Public) {
		return fmt.Errorf("the image lists %d public files of %d", len(result.Image.Files), len(result.Public))
	}
	for _, f := range result.Image.Files {
		content, ok := result.Public[f.Path]
		sum := sha256.Sum256(content)
		if !ok || int64(len(content)) != f.Size || hex.EncodeToString(sum[:]) != f.SHA256 {
			return fmt.Errorf("the image does not describe its public file %q", f.Path)
		}
	}
	return nil
}

func report(r compile.Report) registry.Report {
	out := registry.Report{
		AppName: r.AppName, Pages: orEmpty(r.Pages), Scopes: orEmpty(r.Scopes),
		Domains: orEmpty(r.Domains), Collections: r.Collections, Functions: r.Functions, APIs: []registry.APIUse{}, Hosts: []registry.HostUse{},
	}
	for _, use := range r.APIs {
		out.APIs = append(out.APIs, registry.APIUse(use))
	}
	for _, use := range r.Hosts {
		out.Hosts = append(out.Hosts, registry.HostUse(use))
	}
	return out
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Observer tells the developer who uploaded a version of its changes.
func Observer(push Pusher, logger *slog.Logger) registry.Observer { return observer{push, logger} }

type observer struct {
	push   Pusher
	logger *slog.Logger
}

// VersionChanged implements registry.Observer. When a push fails, clients only learn of the change
// later: they read the state over REST.
func (o observer) VersionChanged(ctx context.Context, v registry.Version) {
	event := map[string]any{"type": "version", "app_id": v.AppID, "version_id": v.ID, "state": v.State}
	if err := o.push.Push(ctx, v.CreatedBy, event); err != nil {
		o.logger.WarnContext(ctx, "push of a version's change failed", "version", v.ID, "error", err)
	}
}
