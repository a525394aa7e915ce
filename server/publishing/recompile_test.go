package publishing_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/registry/postgres"
	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/publishing"
)

// old makes the version one from before an update of the platform: its image has another format.
func (d *desk) old(id string) registry.Version {
	d.Helper()
	ctx := context.Background()
	encoded, err := d.registry.Image(ctx, d.developer.Do("GET", d.versions()+"/"+id, nil).Want(200).Text("image_hash"))
	if err != nil {
		d.Fatal(err)
	}
	other := bytes.Clone(encoded)
	binary.BigEndian.PutUint32(other[len("TEAIMG\x00"):], image.Format+1)
	hash := image.Name(other)
	if err := d.objects.Put(ctx, registry.ImageKey(hash), bytes.NewReader(other), int64(len(other))); err != nil {
		d.Fatal(err)
	}
	_, err = d.Pool.Exec(ctx, `WITH i AS (INSERT INTO app_image (hash, format, size, files)
			SELECT $1, $2, size, files FROM app_image LIMIT 1 ON CONFLICT DO NOTHING)
		UPDATE version SET image_hash = $1 WHERE id = $3`, hash, image.Format+1, id)
	if err != nil {
		d.Fatal(err)
	}
	return d.version(id)
}

func (d *desk) version(id string) (v registry.Version) {
	d.Helper()
	d.developer.Do("GET", d.versions()+"/"+id, nil).Want(200).Into(&v)
	v, err := d.registry.Version(context.Background(), v.AppID, v.ID)
	if err != nil {
		d.Fatal(err)
	}
	return v
}

// host is the registry of one more host, with a compiler of its own.
func (d *desk) host(compileFiles publishing.CompileFunc) *registry.Service {
	service := registry.NewService(postgres.New(d.Pool, publishing.Recorder(), accounts.NewProfiles(d.Pool)), d.objects,
		publishing.Compiler(compileFiles, reachesCafe), publishing.Observer(&d.pushed, slog.New(slog.DiscardHandler)))
	d.Cleanup(service.Close)
	return service
}

func TestRecompile_HappensOnceForAllHostsAndOpenings(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before := d.old(d.ready("1.0.0"))
	var compilations atomic.Int32
	count := func(ctx context.Context, files map[string][]byte) (*compile.Result, error) {
		compilations.Add(1)
		return pool().Compile(ctx, files)
	}
	names := make(chan string, 12)
	var openings sync.WaitGroup
	for range 3 {
		host := d.host(count)
		for range cap(names) / 3 {
			openings.Go(func() {
				name, err := host.CurrentImage(context.Background(), before)
				if err != nil {
					t.Error(err)
				}
				names <- name
			})
		}
	}
	openings.Wait()
	name := <-names
	for range cap(names) - 1 {
		if other := <-names; other != name {
			t.Errorf("two openings have the images %s and %s", name, other)
		}
	}
	if n := compilations.Load(); n != 1 {
		t.Errorf("%d compilations, want 1", n)
	}
	encoded, err := d.registry.Image(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := image.Decode(encoded, image.DefaultLimits()); err != nil {
		t.Errorf("the new image: %v", err)
	}
	if _, err := d.registry.Image(t.Context(), *before.ImageHash); err != nil {
		t.Errorf("the image for hosts that were not updated yet: %v", err)
	}
}

func TestRecompile_ABundleThatNoLongerCompilesIsExplained(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before := d.old(d.ready("1.0.0"))
	strict, compilations := true, 0
	host := d.host(func(ctx context.Context, files map[string][]byte) (*compile.Result, error) {
		compilations++
		result, err := pool().Compile(ctx, files)
		if strict && err == nil {
			result.Diagnostics = append(result.Diagnostics, source.Diagnostic{Severity: source.Error,
				Code: "not-any-more", Message: "This is not allowed any more.", File: "app.js", Line: 1})
		}
		return result, err
	})

	for range 2 {
		_, err := host.CurrentImage(t.Context(), before)
		if fault.SlugOf(err) != "version-outdated" || !strings.Contains(fault.MessageOf(err), "Its developer has been told") {
			t.Errorf("a user is told %v", err)
		}
	}
	if compilations != 1 {
		t.Errorf("two openings made %d compilations, want 1", compilations)
	}
	answer := d.developer.Do("GET", d.versions()+"/"+before.ID.String(), nil).Want(200)
	if answer.Get("outdated") != true || !strings.Contains(string(answer.Body), "This is not allowed any more.") {
		t.Errorf("the developer is told %s", answer.Body)
	}
	if got := d.pushed.all(); len(got) != 2 {
		t.Errorf("pushed %v, want one more than the upload", got)
	}

	strict = false
	if _, err := d.Pool.Exec(t.Context(), `UPDATE version_image SET compiled_at = compiled_at - $1::interval`,
		registry.RecompileAfter); err != nil {
		t.Fatal(err)
	}
	if _, err := host.CurrentImage(t.Context(), before); err != nil {
		t.Errorf("a release that compiles it again does not open it: %v", err)
	}
	if v := d.version(before.ID.String()); v.Outdated || len(v.Diagnostics) != 0 {
		t.Errorf("the developer still sees %+v", v.Diagnostics)
	}
}

func TestRecompile_ContinuesWhenWhoOpenedItDoesNotWait(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	before := d.old(d.ready("1.0.0"))
	begun, may := make(chan struct{}, 2), make(chan struct{})
	host := d.host(func(ctx context.Context, files map[string][]byte) (*compile.Result, error) {
		begun <- struct{}{}
		<-may
		return pool().Compile(ctx, files)
	})
	ctx, giveUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		_, err := host.CurrentImage(ctx, before)
		first <- err
	}()
	<-begun
	giveUp()
	if f, _ := fault.As(<-first); f == nil || f.Slug != "version-being-prepared" || f.RetryAfter != time.Minute {
		t.Errorf("who did not wait is told %v", f)
	}
	close(may)
	if _, err := host.CurrentImage(t.Context(), before); err != nil {
		t.Error(err)
	}
	if len(begun) != 0 {
		t.Error("it was compiled twice")
	}
}

func TestRecompileReleased_PreparesWhatPeopleOpen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	released, other := d.ready("1.0.0"), d.ready("1.1.0")
	d.decide(d.act(released, "submit").Want(200).Text("submission", "id"), "approve", map[string]any{}).Want(200)
	d.act(released, "release").Want(200)
	d.old(released)
	d.old(other)
	var log bytes.Buffer
	if err := d.registry.RecompileReleased(t.Context(), slog.New(slog.NewTextHandler(&log, nil))); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "versions=1") || !strings.Contains(log.String(), "failed=0") {
		t.Errorf("logged: %s", log.String())
	}
	idle := d.host(func(context.Context, map[string][]byte) (*compile.Result, error) {
		t.Error("compiled once more")
		return nil, context.Canceled
	})
	if _, err := idle.CurrentImage(t.Context(), d.version(released)); err != nil {
		t.Error(err)
	}
	wantRows(t, d, "version_image", 1)
}
