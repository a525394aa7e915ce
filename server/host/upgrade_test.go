package host

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"testing"

	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/registry"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/server/auth"
)

// A release of the platform may compile mini programs to another format. What was released before
// opens on it.
func TestAReleasedAppOpensAfterAnUpgrade(t *testing.T) {
	t.Parallel()
	pool := migrationtest.Open(t)
	config := Serve{Addr: "127.0.0.1:0", Data: t.TempDir(), Currency: "CNY", SecondFactor: "optional",
		PostgresURL: pool.Config().ConnString() + " database=" + pool.Config().ConnConfig.Database}
	start := func() *Host {
		h, err := Boot(t.Context(), config, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	before := start()
	w := newTestApp(t, before, person(t, before, "dora", auth.RoleUser, auth.RoleDeveloper))
	v := w.publish("1.0.0", nil)
	w.release(v)
	asOtherFormat(t, before, v)
	before.Shutdown(context.Background())

	after := start()
	t.Cleanup(func() { after.Shutdown(context.Background()) })
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+after.Address()+"/open", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &phone{t, conn}
	p.send(map[string]any{"t": "auth", "token": person(t, after, "anna", auth.RoleUser)})
	p.send(map[string]any{"t": "open", "app_id": w.appID, "version": "released", "scene": 1001,
		"env": map[string]any{"width": 375, "height": 667, "pixel_ratio": 2, "language": "en", "theme": "light"}})
	p.until(`"page"`)
}

// asOtherFormat makes the version's image one of a format that this host does not read.
func asOtherFormat(t *testing.T, h *Host, v registry.Version) {
	t.Helper()
	stored, err := h.store.Get(t.Context(), registry.ImageKey(*v.ImageHash))
	if err != nil {
		t.Fatal(err)
	}
	defer stored.Close()
	encoded, err := io.ReadAll(stored)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(encoded[len("TEAIMG\x00"):], image.Format+1)
	name := image.Name(encoded)
	if err := h.store.Put(t.Context(), registry.ImageKey(name), bytes.NewReader(encoded), int64(len(encoded))); err != nil {
		t.Fatal(err)
	}
	_, err = h.pool.Exec(t.Context(), `WITH i AS (INSERT INTO app_image (hash, format, size, files)
			SELECT $1, $2, size, files FROM app_image WHERE hash = $3)
		UPDATE version SET image_hash = $1 WHERE id = $4`, name, image.Format+1, v.ImageHash, v.ID)
	if err != nil {
		t.Fatal(err)
	}
}
