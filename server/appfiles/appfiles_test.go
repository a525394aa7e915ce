package appfiles_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/picture/picturetest"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/runtime/worker/programs"
	"github.com/teahouse/teahouse/server/api/apitest"
	"github.com/teahouse/teahouse/server/appfiles"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/egress"
	"github.com/teahouse/teahouse/server/media"
	"github.com/teahouse/teahouse/server/objects"
)

func TestMain(m *testing.M) {
	programs.MaybeMain()
	os.Exit(m.Run())
}

const appID = "ta0000000000000001"

var image = strings.Repeat("a", 64)

// world is a host with files, and a server on another host.
type world struct {
	*apitest.Host
	files   *appfiles.Service
	media   *media.Service
	store   *objects.Directory
	table   *bridge.Table
	server  *httptest.Server
	asked   atomic.Int32
	ann     *apitest.Client
	domains []string
}

// PublicFile is the app.json of the one image.
func (w *world) PublicFile(_ context.Context, hash, path string) ([]byte, error) {
	if hash != image || path != "app.json" {
		return nil, fault.Errorf(fault.NotFound, "image-file-not-found", "There is no such file.")
	}
	return json.Marshal(map[string]any{"teahouse": map[string]any{"domains": w.domains}})
}

type anybody struct{}

func (anybody) Allow(context.Context, bridge.Caller, bridge.Capability) error { return nil }
func (anybody) Consented(context.Context, bridge.Caller, string) (bool, error) {
	return true, nil
}
func (anybody) Insider(context.Context, bridge.Caller, string) (bool, error) { return true, nil }

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{}
	w.server = httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(w.server.Close)
	host := strings.TrimPrefix(w.server.URL, "http://")
	w.domains = []string{host}
	client, err := egress.New(egress.Config{Allow: []string{host}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if w.store, err = objects.OpenDirectory(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	workers := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler), Spares: -1})
	t.Cleanup(func() { workers.Close(context.Background()) })
	w.Host = apitest.New(t, nil, func(h *apitest.Host) {
		w.media = media.New(h.Pool, w.store, workers)
		w.files = appfiles.New(appfiles.Config{Pool: h.Pool, Store: w.store, Fetcher: client, Pictures: w.media, Manifests: w,
			Address: func() string { return "https://tea.example" }, URLKey: []byte("key"), Logger: slog.New(slog.DiscardHandler), Now: h.Clock.Now})
		w.files.Routes(h.Server.API, h.Server.App)
	})
	w.table = bridge.NewTable(anybody{})
	w.table.Add(w.files.Capabilities()...)
	account := uuid.New()
	for _, insert := range []string{
		fmt.Sprintf(`INSERT INTO official_account (id, handle, name, kind) VALUES ('%s', 'tea', 'Tea', 'service')`, account),
		fmt.Sprintf(`INSERT INTO app (id, account_id, name) VALUES ('%s', '%s', 'Café')`, appID, account),
		fmt.Sprintf(`INSERT INTO app (id, account_id, name) VALUES ('ta0000000000000002', '%s', 'Other')`, account),
	} {
		if _, err := w.Pool.Exec(t.Context(), insert); err != nil {
			t.Fatal(err)
		}
	}
	w.ann = w.Person("ann")
	return w
}

// answer is the other server: pictures, text, and what it was sent.
func (w *world) answer(out http.ResponseWriter, r *http.Request) {
	w.asked.Add(1)
	switch r.URL.Path {
	case "/cup.png":
		raw, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
		_, _ = out.Write(raw)
	case "/tea.mp3":
		out.Header().Set("Content-Type", "audio/mpeg")
		_, _ = out.Write([]byte("ID3\x04" + strings.Repeat("tea", 100)))
	case "/tea.woff2":
		_, _ = out.Write([]byte("wOF2" + strings.Repeat("tea", 100)))
	case "/liar.png":
		out.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(out, "<html><script>alert(1)</script>")
	case "/broken.png":
		_, _ = io.WriteString(out, "\x89PNG\r\n\x1a\nbroken")
	case "/up":
		file, header, err := r.FormFile("photo")
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadRequest)
			return
		}
		raw, _ := io.ReadAll(file)
		fmt.Fprintf(out, "%s %s %d %s %s", header.Filename, header.Header.Get("Content-Type"), len(raw), r.FormValue("who"), r.Header.Get("X-T"))
	case "/missing.png":
		http.NotFound(out, r)
	default:
		out.Header().Set("X-Tea", "green")
		_, _ = io.WriteString(out, "茶")
	}
}

func (w *world) caller(client *apitest.Client, app string) bridge.Caller {
	return bridge.Caller{Kind: bridge.AppSession, AppID: app, UserID: client.User.ID, SessionID: "s-" + app, Version: "1", Scopes: []string{"network", "cloud"}, Domains: w.domains}
}

// call calls a capability as ann's app.
func (w *world) call(name string, in any) map[string]any {
	w.Helper()
	out, err := w.callAs(w.caller(w.ann, appID), name, in)
	if err != nil {
		w.Fatalf("%s: %v", name, err)
	}
	return out
}

func (w *world) callAs(caller bridge.Caller, name string, in any) (out map[string]any, err error) {
	raw, _ := json.Marshal(in)
	answer, err := w.table.Call(w.Context(), caller, name, raw)
	if err == nil {
		err = json.Unmarshal(answer, &out)
	}
	return out, err
}

// served is where the browser finds a path of a program's.
func served(path any) string {
	key := strings.SplitN(path.(string), "_", 2)[1]
	return "/app-files/" + key[:32]
}

func TestADownloadIsKeptReadSavedAndRemoved(t *testing.T) {
	t.Parallel()
	w := setup(t)
	down := w.call("net.download", appfiles.Download{URL: w.server.URL + "/notes.txt"})
	path := down["path"].(string)
	if down["status"] != 200.0 || down["headers"].(map[string]any)["X-Tea"] != "green" || !strings.HasPrefix(path, "wxfile://tmp_") || !strings.HasSuffix(path, ".txt") {
		t.Errorf("downloaded %v", down)
	}
	if got := w.call("files.read", map[string]string{"path": path})["data"]; got != "6Iy2" {
		t.Errorf("read %v", got)
	}
	saved := w.call("files.save", map[string]string{"path": path})["path"].(string)
	if _, err := w.callAs(w.caller(w.ann, appID), "files.read", map[string]string{"path": path}); fault.SlugOf(err) != "no-such-file" {
		t.Errorf("the temporary file is still there: %v", err)
	}
	list := w.call("files.list", map[string]string{})["files"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["path"] != saved {
		t.Errorf("listed %v", list)
	}
	if size := w.call("files.info", map[string]string{"path": saved})["size"]; size != 3.0 {
		t.Errorf("has %v bytes", size)
	}
	w.call("files.remove", map[string]string{"path": saved})
	if list := w.call("files.list", map[string]string{})["files"].([]any); len(list) != 0 {
		t.Errorf("left %v", list)
	}
	w.Nobody().Do("GET", served(saved), nil).Refused(404, "file-not-found")
}

func TestAFileIsOfOneAppAndOnePerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := w.call("net.download", appfiles.Download{URL: w.server.URL + "/notes.txt"})["path"]
	for name, caller := range map[string]bridge.Caller{"another app": w.caller(w.ann, "ta0000000000000002"), "another person": w.caller(w.Person("bob"), appID)} {
		for _, capability := range []string{"files.read", "files.info", "files.save", "files.remove"} {
			if _, err := w.callAs(caller, capability, map[string]any{"path": path}); fault.SlugOf(err) != "no-such-file" {
				t.Errorf("%s, %s: %v", name, capability, err)
			}
		}
	}
	for _, wrong := range []string{"", "/etc/passwd", "wxfile://tmp_x", "wxfile://usr/a", "https://a.example/media/x"} {
		if _, err := w.callAs(w.caller(w.ann, appID), "files.read", map[string]any{"path": wrong}); fault.SlugOf(err) != "no-such-file" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestWhatIsServedIsWhatItSaysOrADownload(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, want := range map[string]string{"cup.png": "image/png", "tea.mp3": "audio/mpeg", "notes": "text/plain; charset=utf-8",
		"liar.png": "application/octet-stream", "broken.png": "application/octet-stream"} {
		path := w.call("net.download", appfiles.Download{URL: w.server.URL + "/" + name})["path"]
		answer := w.Nobody().Do("GET", served(path), nil).Want(200)
		if answer.Header.Get("Content-Type") != want || answer.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(answer.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s is served as %v", name, answer.Header)
		}
		if attached := answer.Header.Get("Content-Disposition") == "attachment"; attached != (want == "application/octet-stream") {
			t.Errorf("%s: attached %v", name, attached)
		}
	}
	path := w.call("net.download", appfiles.Download{URL: w.server.URL + "/tea.mp3"})["path"]
	part := w.Nobody().Do("GET", served(path), nil, "Range", "bytes=4-6").Want(206)
	if string(part.Body) != "tea" || part.Header.Get("Content-Range") != "bytes 4-6/304" {
		t.Errorf("a part: %q %v", part.Body, part.Header)
	}
}

func TestAnUploadSendsAChosenPictureOrTheProgramsOwnBytes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	chosen, err := w.media.Upload(t.Context(), w.ann.User.ID, picturetest.PNG(t, 3, 2))
	if err != nil {
		t.Fatal(err)
	}
	in := appfiles.Upload{URL: w.server.URL + "/up", Name: "photo", Form: map[string]string{"who": "茶"}, Headers: map[string]string{"X-T": "y", "Content-Type": "x"},
		FileName: strings.TrimPrefix(chosen.URL, "/media/"), Path: "https://tea.example" + chosen.URL}
	if got := w.call("net.upload", in)["body"]; got != fmt.Sprintf("picture.png image/png %d 茶 y", chosen.Size) {
		t.Errorf("the server got %v", got)
	}
	in.Path, in.FileName, in.Data = "", "a\"b.txt", "6Iy2"
	if got := w.call("net.upload", in)["body"]; got != `a"b.txt application/octet-stream 3 茶 y` {
		t.Errorf("the server got %v", got)
	}
	in.URL = "https://other.example/up"
	if _, err := w.callAs(w.caller(w.ann, appID), "net.upload", in); fault.SlugOf(err) != "domain-not-declared" {
		t.Errorf("another server: %v", err)
	}
}

func TestAPersonKeepsAFileForAProgram(t *testing.T) {
	t.Parallel()
	w := setup(t)
	send := func(client *apitest.Client, app string) *apitest.Answer {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("app_id", app)
		part, _ := form.CreateFormFile("file", "voice.webm")
		_, _ = part.Write([]byte("\x1a\x45\xdf\xa3webm"))
		_ = form.Close()
		return client.Do("POST", "/api/v1/app-files", body.Bytes(), "Content-Type", form.FormDataContentType())
	}
	var kept appfiles.File
	send(w.ann, appID).Want(201).Into(&kept)
	if kept.Name != "voice.webm" || kept.MIME != "video/webm" || !strings.HasSuffix(kept.Path, ".webm") {
		t.Errorf("kept %+v", kept)
	}
	w.Nobody().Do("GET", served(kept.Path), nil).Want(200)
	send(w.ann, "ta00000000000000ff").Refused(404, "no-such-app")
	send(w.Nobody(), appID).Want(401)
}

func TestTemporaryFilesGoAndSavedOnesStay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	temporary := w.call("net.download", appfiles.Download{URL: w.server.URL + "/a.txt"})["path"]
	saved := w.call("files.save", map[string]any{"path": w.call("net.download", appfiles.Download{URL: w.server.URL + "/b.txt"})["path"]})["path"]
	w.Clock.Forward(appfiles.TemporaryFor + 1)
	if err := w.files.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Nobody().Do("GET", served(temporary), nil).Want(404)
	w.Nobody().Do("GET", served(saved), nil).Want(200)
	if keys, err := w.store.List(t.Context(), "app-files/", "", 9); err != nil || len(keys) != 1 {
		t.Errorf("objects %v, %v", keys, err)
	}
}

func TestAPictureOfADeclaredServerComesThroughTheHostOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	get := func(hash, address string) *apitest.Answer {
		return w.Nobody().Do("GET", "/remote/"+hash+"?url="+url.QueryEscape(address), nil)
	}
	for range 3 {
		if answer := get(image, w.server.URL+"/cup.png").Want(200); answer.Header.Get("Content-Type") != "image/png" || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("served as %v", answer.Header)
		}
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("the server was asked %d times", n)
	}
	w.Clock.Forward(appfiles.RemoteFor + 1)
	get(image, w.server.URL+"/cup.png").Want(200)
	if n := w.asked.Load(); n != 2 {
		t.Errorf("an old picture was not asked for again: %d", n)
	}
	// Fonts too: wx.loadFontFace and @font-face name them.
	if answer := get(image, w.server.URL+"/tea.woff2").Want(200); answer.Header.Get("Content-Type") != "font/woff2" {
		t.Errorf("a font was served as %v", answer.Header)
	}
	get(image, "https://other.example/cup.png").Refused(403, "domain-not-declared")
	get(image, "https://10.0.0.1/cup.png").Want(403)
	get(image, "file:///etc/passwd").Refused(422, "bad-url")
	get(image, w.server.URL+"/liar.png").Refused(422, "remote-not-media")
	get(image, w.server.URL+"/broken.png").Refused(422, "remote-not-media")
	get(image, w.server.URL+"/missing.png").Refused(404, "remote-missing")
	get(strings.Repeat("b", 64), w.server.URL+"/cup.png").Want(404)
	get("b", w.server.URL+"/cup.png").Want(404)
	get(image, "").Want(404)
}

func TestTilesOfMapsComeThroughTheHostOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.Nobody().Do("GET", "/map/tiles/0/0/0", nil).Refused(404, "file-not-found")
	source, err := appfiles.NewMapSource(w.server.URL+"/cup.png?z={z}&x={x}&y={y}", "© Cups", 3)
	if err != nil {
		t.Fatal(err)
	}
	w.files.Map = source
	for range 2 {
		if answer := w.Nobody().Do("GET", "/map/tiles/3/7/0", nil).Want(200); answer.Header.Get("Content-Type") != "image/png" {
			t.Errorf("served as %v", answer.Header)
		}
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("the source was asked %d times", n)
	}
	for _, wrong := range []string{"3/8/0", "3/0/8", "4/0/0", "-1/0/0", "0/0/1", "3/07/0", "x/0/0"} {
		w.Nobody().Do("GET", "/map/tiles/"+wrong, nil).Refused(404, "file-not-found")
	}
}

func TestASourceOfTilesMustBeWholeAndNamed(t *testing.T) {
	t.Parallel()
	if source, err := appfiles.NewMapSource("", "", 18); source != nil || err != nil {
		t.Errorf("no source is %v, %v", source, err)
	}
	for _, wrong := range []struct{ tiles, attribution string }{
		{"https://tiles.example/{z}/{x}.png", "©"}, {"tiles/{z}/{x}/{y}", "©"}, {"ftp://tiles.example/{z}/{x}/{y}", "©"},
		{"https://tiles.example/{z}/{x}/{y}.png", ""},
	} {
		if _, err := appfiles.NewMapSource(wrong.tiles, wrong.attribution, 18); err == nil {
			t.Errorf("%q by %q is taken", wrong.tiles, wrong.attribution)
		}
	}
	if _, err := appfiles.NewMapSource("https://tiles.example/{z}/{x}/{y}.png", "©", 40); err == nil {
		t.Error("a zoom of 40 is taken")
	}
}

func TestACloudFileIsForAllUsersOfItsAppAndOfItsUploader(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann, bob, other := w.caller(w.ann, appID), w.caller(w.Person("bob"), appID), w.caller(w.ann, "ta0000000000000002")
	trial := bridge.Caller{Kind: bridge.AppSession, AppID: appID, UserID: w.ann.User.ID, SessionID: "s", Trial: bridge.Grant{Version: "2", Scopes: []string{"cloud"}}}
	text := map[string]any{"cloud_path": "notes/茶 1.txt", "data": "6Iy2"}
	id := w.call("cloud.upload", text)["file_id"].(string)
	if !strings.HasPrefix(id, "cloud://"+appID+".") || !strings.HasSuffix(id, "/notes/茶 1.txt") {
		t.Errorf("the ID is %s", id)
	}
	read := func(caller bridge.Caller) string {
		down, err := w.callAs(caller, "cloud.download", map[string]any{"file_id": id})
		if err != nil {
			return fault.SlugOf(err)
		}
		got, err := w.callAs(caller, "files.read", map[string]any{"path": down["path"]})
		if err != nil {
			t.Fatal(err)
		}
		return got["data"].(string)
	}
	for name, c := range map[string]struct {
		caller bridge.Caller
		want   string
	}{"the uploader": {ann, "6Iy2"}, "another user": {bob, "6Iy2"}, "another app": {other, "cloud-no-file"}, "development": {trial, "cloud-no-file"}} {
		if got := read(c.caller); got != c.want {
			t.Errorf("%s reads %s", name, got)
		}
	}
	for name, caller := range map[string]bridge.Caller{"another user": bob, "another app": other, "development": trial} {
		out, err := w.callAs(caller, "cloud.delete_files", map[string]any{"file_ids": []string{id, "cloud://x"}})
		file := out["files"].([]any)[0].(map[string]any)
		if err != nil || (file["denied"] == true) != (name == "another user") || (file["found"] == true) != (name == "another user") {
			t.Errorf("%s deletes: %v, %v", name, out, err)
		}
	}
	if _, err := w.callAs(bob, "cloud.upload", text); fault.SlugOf(err) != "cloud-file-denied" {
		t.Errorf("another user replaces it: %v", err)
	}
	// A new upload to the path has the same ID, and the old bytes go.
	text["data"] = "5rC0"
	if again := w.call("cloud.upload", text)["file_id"]; again != id || read(bob) != "5rC0" {
		t.Errorf("replaced by %v", again)
	}
	if keys, err := w.store.List(t.Context(), "cloud-files/", "", 9); err != nil || len(keys) != 1 {
		t.Errorf("objects %v, %v", keys, err)
	}
	w.call("cloud.delete_files", map[string]any{"file_ids": []string{id}})
	if got := read(ann); got != "cloud-no-file" {
		t.Errorf("after it was deleted: %s", got)
	}
	if keys, err := w.store.List(t.Context(), "cloud-files/", "", 9); err != nil || len(keys) != 0 {
		t.Errorf("objects %v, %v", keys, err)
	}
}

func TestTheAddressOfACloudFileEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.call("cloud.upload", map[string]any{"cloud_path": "cup.png", "path": w.call("net.download", appfiles.Download{URL: w.server.URL + "/cup.png"})["path"]})["file_id"].(string)
	key := id[len("cloud://"+appID+"."):][:32]
	// A page shows it by its ID.
	if answer := w.Nobody().Do("GET", "/cloud-files/"+key, nil).Want(200); answer.Header.Get("Content-Type") != "image/png" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("served as %v", answer.Header)
	}
	answer := w.call("cloud.file_urls", map[string]any{"file_ids": []string{id, "cloud://" + appID + "." + strings.Repeat("0", 32) + "/none"}})
	files := answer["files"].([]any)
	address, _ := strings.CutPrefix(files[0].(map[string]any)["url"].(string), "https://tea.example")
	if files[1].(map[string]any)["found"] != false || answer["max_age"] != appfiles.CloudURLFor.Seconds() || strings.Contains(address, key) {
		t.Errorf("addresses %v", answer)
	}
	w.Nobody().Do("GET", address, nil).Want(200)
	w.Nobody().Do("GET", strings.Replace(address, "until=", "until=1", 1), nil).Refused(404, "file-not-found")
	bare, _, _ := strings.Cut(address, "?")
	w.Nobody().Do("GET", bare, nil).Refused(404, "file-not-found")
	w.Nobody().Do("GET", address+"0", nil).Refused(404, "file-not-found")
	w.Clock.Forward(appfiles.CloudURLFor + time.Second)
	w.Nobody().Do("GET", address, nil).Refused(404, "file-not-found")
}

func TestTheCloudFilesOfAnAppThatIsTakenDownAreNotSent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.call("cloud.upload", map[string]any{"cloud_path": "a.txt", "data": "6Iy2"})["file_id"].(string)
	files := w.call("cloud.file_urls", map[string]any{"file_ids": []string{id}})["files"].([]any)
	address, _ := strings.CutPrefix(files[0].(map[string]any)["url"].(string), "https://tea.example")
	addresses := []string{address, "/cloud-files/" + id[len("cloud://"+appID+"."):][:32]}
	for _, set := range []struct {
		disabled string
		code     int
	}{{"NULL", 200}, {"now()", 404}, {"NULL", 200}} {
		if _, err := w.Pool.Exec(t.Context(), `UPDATE app SET disabled_at = `+set.disabled+` WHERE id = $1`, appID); err != nil {
			t.Fatal(err)
		}
		for _, address := range addresses {
			w.Nobody().Do("GET", address, nil).Want(set.code)
		}
	}
}

// Ensure that an ID in another of its forms, which PostgreSQL does not read, is a file as well.
func TestTheAddressOfACloudFileMayHaveItsIDInAnotherForm(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.call("cloud.upload", map[string]any{"cloud_path": "a.txt", "data": "6Iy2"})["file_id"].(string)
	files := w.call("cloud.file_urls", map[string]any{"file_ids": []string{id}})["files"].([]any)
	address, _ := strings.CutPrefix(files[0].(map[string]any)["url"].(string), "https://tea.example")
	w.Nobody().Do("GET", strings.Replace(address, "/cloud-files/", "/cloud-files/urn:uuid:", 1), nil).Want(200)
}

func TestTheCloudOfAnAppHasLimits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, wrong := range []string{"", "/a", "a/", "../a", "a/../b", "a//b", "a\\b", "a\n", strings.Repeat("a", appfiles.MaxCloudPath+1)} {
		if _, err := w.callAs(w.caller(w.ann, appID), "cloud.upload", map[string]any{"cloud_path": wrong, "data": ""}); fault.SlugOf(err) != "cloud-invalid" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	w.call("cloud.upload", map[string]any{"cloud_path": "a", "data": ""})
	if _, err := w.Pool.Exec(t.Context(), `UPDATE cloud_file SET size = $1`, appfiles.MaxCloudBytes); err != nil {
		t.Fatal(err)
	}
	if _, err := w.callAs(w.caller(w.ann, appID), "cloud.upload", map[string]any{"cloud_path": "b", "data": "6Iy2"}); fault.SlugOf(err) != "cloud-full" {
		t.Errorf("over the limit: %v", err)
	}
	if keys, err := w.store.List(t.Context(), "cloud-files/", "", 9); err != nil || len(keys) != 1 {
		t.Errorf("what was refused is kept: %v, %v", keys, err)
	}
}

// Ensure a cloud function reads, replaces and deletes the files of everybody, and what it keeps is the person's for whom
// it runs.
func TestAFunctionWorksOnTheFilesOfEverybody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ann, bob := w.caller(w.ann, appID), w.caller(w.Person("bob"), appID)
	function := bob
	function.Kind = bridge.AppFunction
	text := map[string]any{"cloud_path": "a.txt", "data": "6Iy2"}
	id := w.call("cloud.upload", text)["file_id"]
	read, err := w.callAs(function, "cloud.read", map[string]any{"file_id": id})
	if err != nil || read["data"] != "6Iy2" || read["mime"] != "text/plain; charset=utf-8" {
		t.Errorf("read %v, %v", read, err)
	}
	if _, err := w.callAs(ann, "cloud.read", map[string]any{"file_id": id}); fault.SlugOf(err) != "wrong-caller" {
		t.Errorf("a program reads: %v", err)
	}
	if _, err := w.callAs(function, "cloud.download", map[string]any{"file_id": id}); fault.SlugOf(err) != "wrong-caller" {
		t.Errorf("a function makes a file of the person's: %v", err)
	}
	if again, err := w.callAs(function, "cloud.upload", text); err != nil || again["file_id"] != id {
		t.Errorf("replaced by %v, %v", again, err)
	}
	if _, err := w.callAs(bob, "cloud.upload", text); fault.SlugOf(err) != "cloud-file-denied" {
		t.Errorf("it became the other person's: %v", err)
	}
	out, err := w.callAs(function, "cloud.delete_files", map[string]any{"file_ids": []any{id}})
	if err != nil || out["files"].([]any)[0].(map[string]any)["denied"] == true {
		t.Errorf("deleted %v, %v", out, err)
	}
	if _, err := w.callAs(function, "cloud.read", map[string]any{"file_id": id}); fault.SlugOf(err) != "cloud-no-file" {
		t.Errorf("it is still there: %v", err)
	}
}
