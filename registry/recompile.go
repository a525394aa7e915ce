package registry

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/teahouse/teahouse/fault"
)

// A host of a newer release may need images of another format. The version's bundle is then compiled
// again, at the host's start for released versions and at the first opening for the others. The old
// image stays: hosts of the older release, which may still run beside, go on using it. Scopes and
// domains stay those that the reviewer saw.

// Recompiled is the result of compiling a version again.
type Recompiled struct {
	ImageHash   *string // nil when the version no longer compiles
	Diagnostics []Diagnostic
}

// recompilation is one that this host does right now.
type recompilation struct {
	done   chan struct{}
	result Recompiled
	err    error
}

// CurrentImage returns the name of the version's image in the format of this host, and compiles the
// version again if it has none. When that takes longer than the context, the error is an Unavailable
// fault and the compilation continues.
func (s *Service) CurrentImage(ctx context.Context, v Version) (string, error) {
	if v.ImageHash == nil {
		return "", fault.Errorf(fault.Conflict, "version-failed", "This version did not compile; see its diagnostics.")
	}
	if v.ImageFormat == s.compiler.Format() {
		return *v.ImageHash, nil
	}
	again, err := s.store.Recompiled(ctx, v.ID, s.compiler.Format())
	if err != nil {
		return "", err
	}
	if again == nil {
		if again, err = s.recompile(ctx, v); err != nil {
			return "", err
		}
	}
	if again.ImageHash == nil {
		return "", fault.Errorf(fault.Conflict, "version-outdated",
			"This mini program does not work since the platform was updated. Its developer has been told.")
	}
	return *again.ImageHash, nil
}

// recompile compiles a version again, or waits until this host has done so for another caller.
func (s *Service) recompile(ctx context.Context, v Version) (*Recompiled, error) {
	s.mu.Lock()
	running, ok := s.recompiling[v.ID]
	if !ok && s.life.Err() == nil {
		running = &recompilation{done: make(chan struct{})}
		s.recompiling[v.ID] = running
		s.tasks.Go(func() {
			running.result, running.err = s.recompileOnce(s.life, v)
			s.mu.Lock()
			delete(s.recompiling, v.ID)
			s.mu.Unlock()
			close(running.done)
		})
	}
	s.mu.Unlock()
	if running == nil {
		return nil, errBeingPrepared(s.life.Err())
	}
	select {
	case <-running.done:
		return &running.result, running.err
	case <-ctx.Done():
		return nil, errBeingPrepared(ctx.Err())
	}
}

func errBeingPrepared(cause error) error {
	busy := fault.Errorf(fault.Unavailable, "version-being-prepared",
		"This mini program is being prepared after an update of the platform. Try again in a minute.").Because(cause)
	busy.RetryAfter = time.Minute
	return busy
}

// recompileOnce compiles a version again unless another host has done so meanwhile.
func (s *Service) recompileOnce(ctx context.Context, v Version) (Recompiled, error) {
	ctx, cancel := context.WithTimeout(ctx, PublishTimeout)
	defer cancel()
	release, err := s.acquire(ctx, v.CreatedBy)
	if err != nil {
		return Recompiled{}, err
	}
	defer release()
	failed := false
	result, err := s.store.Recompile(ctx, v, s.compiler.Format(), func(ctx context.Context) (*StoredImage, []Diagnostic, error) {
		image, diagnostics, err := s.compileAgain(ctx, v)
		failed = err == nil && image == nil
		return image, diagnostics, err
	})
	if err != nil {
		return Recompiled{}, fmt.Errorf("compile version %s again: %w", v.ID, err)
	}
	if failed {
		s.observer.VersionChanged(ctx, v)
	}
	return result, nil
}

// compileAgain compiles the version's bundle and stores the image. The image is nil when the bundle
// no longer compiles.
func (s *Service) compileAgain(ctx context.Context, v Version) (*StoredImage, []Diagnostic, error) {
	files, err := s.AllFiles(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	compiled, err := s.compiler.Compile(ctx, files)
	if f, ok := fault.As(err); ok && f.Code == fault.Invalid {
		// It exceeds the budget of a compilation.
		return nil, []Diagnostic{{Severity: "error", Code: f.Slug, Message: fault.MessageOf(err)}}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	storableDiagnostics(compiled.Diagnostics)
	if compiled.Image == nil {
		return nil, compiled.Diagnostics, nil
	}
	image, err := s.storeImage(ctx, compiled)
	return image, compiled.Diagnostics, err
}

// RecompileReleased compiles the released versions whose images have another format, one after the
// other, and logs its progress. It returns early when the context ends or the service is closed.
func (s *Service) RecompileReleased(ctx context.Context, log *slog.Logger) error {
	format := s.compiler.Format()
	ids, err := s.store.Outdated(ctx, format)
	if err != nil || len(ids) == 0 {
		return err
	}
	log.InfoContext(ctx, "released versions are compiled again for this release", "versions", len(ids), "format", format)
	done, failed := 0, 0
	reported := time.Now()
	for batch := range slices.Chunk(ids, MaxPageSize) {
		versions, err := s.VersionsByID(ctx, batch)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if _, err := s.CurrentImage(ctx, v); err != nil {
				if ctx.Err() != nil || s.life.Err() != nil {
					return nil
				}
				failed++
				log.WarnContext(ctx, "a released version was not compiled again",
					"app_id", v.AppID, "version", v.Label, "error", err)
			}
			if done++; time.Since(reported) > recompileReport {
				reported = time.Now()
				log.InfoContext(ctx, "compiling released versions again", "done", done, "failed", failed, "of", len(ids))
			}
		}
	}
	log.InfoContext(ctx, "released versions were compiled again", "versions", len(ids), "failed", failed)
	return nil
}

// Close ends the compilations that openings began, and waits for them.
func (s *Service) Close() {
	s.mu.Lock()
	s.end()
	s.mu.Unlock()
	s.tasks.Wait()
}
