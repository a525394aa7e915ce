package host

import (
	"context"
	"errors"
	"fmt"
	"github.com/danielgtaylor/huma/v2"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/teahouse/teahouse/docs"
	"github.com/teahouse/teahouse/registry"
	registrypg "github.com/teahouse/teahouse/registry/postgres"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/accounts"
	"github.com/teahouse/teahouse/server/addresses"
	"github.com/teahouse/teahouse/server/api"
	"github.com/teahouse/teahouse/server/api/header"
	"github.com/teahouse/teahouse/server/api/ratelimit"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/appfiles"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/auth/authhttp"
	"github.com/teahouse/teahouse/server/bridge"
	"github.com/teahouse/teahouse/server/bus"
	"github.com/teahouse/teahouse/server/chat"
	"github.com/teahouse/teahouse/server/cloud"
	"github.com/teahouse/teahouse/server/device"
	"github.com/teahouse/teahouse/server/egress"
	"github.com/teahouse/teahouse/server/guides"
	"github.com/teahouse/teahouse/server/launch"
	"github.com/teahouse/teahouse/server/media"
	"github.com/teahouse/teahouse/server/metrics"
	"github.com/teahouse/teahouse/server/objects"
	"github.com/teahouse/teahouse/server/pages"
	"github.com/teahouse/teahouse/server/publishing"
	"github.com/teahouse/teahouse/server/quarantine"
	"github.com/teahouse/teahouse/server/realtime"
	"github.com/teahouse/teahouse/server/sessions"
	"github.com/teahouse/teahouse/server/wallet"
	"github.com/teahouse/teahouse/server/webview"
	"github.com/teahouse/teahouse/web"
)

// Host is a running host.
type Host struct {
	config Serve
	log    *slog.Logger

	pool        *pgxpool.Pool
	pooled      bool // connections to PostgreSQL go through a pooler
	counters    *ratelimit.Postgres
	bus         *bus.Bus
	jobs        *river.Client[pgx.Tx]
	store       objects.Store
	egress      *egress.Client
	sockets     *egress.Sockets
	files       *appfiles.Service
	cloud       *cloud.Service
	sandbox     worker.Config // programs and fences of all pools of workers
	workers     *worker.Pool
	auth        *auth.Service
	accounts    *accounts.Service
	launch      *launch.Service
	quarantines *quarantine.Service
	checks      *publishing.Checks
	chat        *chat.Service
	media       *media.Service
	hub         *realtime.Hub
	wallet      *wallet.Service
	registry    *registry.Service
	sessions    *sessions.Service
	bridge      *bridge.Table
	metrics     *metrics.Metrics
	server      *api.Server

	listener net.Listener
	draining atomic.Bool
	served   chan error
	upkeep   sync.WaitGroup
	undo     []func(context.Context) error
}

// later adds a step for Shutdown.
func (h *Host) later(fn func(context.Context) error) { h.undo = append(h.undo, fn) }

// Boot sets everything up and listens. On an error nothing is left running.
func Boot(ctx context.Context, config Serve, log *slog.Logger) (*Host, error) {
	h := &Host{config: config, log: log, served: make(chan error, 1)}
	steps := []struct {
		name string
		run  func(context.Context) error
	}{
		{"start", h.openData}, {"sandbox", h.openSandbox}, {"database", h.openDatabase}, {"bus", h.openBus},
		{"objects", h.openObjects}, {"services", h.openServices}, {"bridge", h.openBridge},
		{"routes", h.openRoutes}, {"jobs", h.startJobs}, {"listener", h.listen},
	}
	for _, step := range steps {
		if err := step.run(ctx); err != nil {
			h.Shutdown(context.WithoutCancel(ctx))
			return nil, fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return h, nil
}

// Address is where the host listens.
func (h *Host) Address() string { return h.listener.Addr().String() }

// name is how operators tell this host from others: the machine's name and the port.
func (h *Host) name() string {
	machine, err := os.Hostname()
	if err != nil {
		return h.Address()
	}
	_, port, _ := strings.Cut(h.Address()[strings.LastIndex(h.Address(), ":"):], ":")
	return net.JoinHostPort(machine, port)
}

// publicURL is the address that browsers use.
func (h *Host) publicURL() string {
	if h.config.PublicURL != "" {
		return h.config.PublicURL
	}
	return "http://" + strings.Replace(h.Address(), "127.0.0.1:", "localhost:", 1)
}

// Wait returns when the context ends, or earlier with the error that ended the listener.
func (h *Host) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-h.served:
		return err
	}
}

// Drain makes the host tell load balancers that it will stop, and waits until they stop using it. The
// host still serves all requests. It ends early with the context.
func (h *Host) Drain(ctx context.Context, wait time.Duration) {
	h.draining.Store(true)
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// Shutdown stops everything that Boot started, in reverse order.
func (h *Host) Shutdown(ctx context.Context) {
	h.draining.Store(true)
	for _, undo := range slices.Backward(h.undo) {
		if err := undo(ctx); err != nil {
			h.log.Warn("a part did not stop cleanly", "error", err)
		}
	}
	h.undo = nil
}

// openData makes the data directory and locks it: two hosts on one directory would each run a
// database on the same files.
func (h *Host) openData(context.Context) error {
	// The address is tested before the database is started, which takes long.
	if probe, err := listenOn(h.config.Addr); err != nil {
		return err
	} else if err := probe.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(h.config.Data, 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(h.config.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		lock.Close()
		return fmt.Errorf("%s is in use by another host; stop it, or choose another with TEAHOUSE_DATA", h.config.Data)
	}
	h.later(func(context.Context) error { return lock.Close() })
	return nil
}

func (h *Host) openBus(context.Context) (err error) {
	if h.bus, err = bus.Open(h.config.NATSURL, h.log); err != nil {
		return err
	}
	h.later(func(context.Context) error { return h.bus.Close() })
	return nil
}

func (h *Host) openObjects(ctx context.Context) error {
	s3 := h.config.S3
	if s3.Endpoint == "" {
		directory, err := objects.OpenDirectory(h.config.path("objects"))
		if err != nil {
			return err
		}
		h.later(func(context.Context) error { return directory.Close() })
		h.store = directory
		return nil
	}
	endpoint, insecure := strings.CutPrefix(s3.Endpoint, "http://")
	store, err := objects.OpenS3(ctx, objects.S3Config{Endpoint: strings.TrimPrefix(endpoint, "https://"),
		Bucket: s3.Bucket, Prefix: s3.Prefix, Region: s3.Region, AccessKey: s3.AccessKey,
		SecretKey: s3.SecretKey, Insecure: insecure, CreateBucket: s3.CreateBucket})
	if err != nil {
		return err
	}
	h.store = store
	return nil
}

// openServices connects the packages, through the small interfaces in wiring.go.
func (h *Host) openServices(ctx context.Context) (err error) {
	allow, err := request.ParseProxies(h.config.MetricsAllow)
	if err != nil {
		return fmt.Errorf("networks that metrics answer to: %w", err)
	}
	h.metrics = metrics.New(metrics.Sources{Pool: h.pool, Allow: allow, Workers: func() worker.Stats { return h.workers.Stats() },
		Sessions: func() int { return h.sessions.Count() }, Sockets: func() int { return h.hub.Count() },
		Messages: func() uint64 { return h.chat.Stored() }, Connected: h.bus.Connected, Lost: h.bus.Lost})
	h.counters = ratelimit.NewPostgres(h.pool)
	inserter, err := river.NewClient(riverpgxv5.New(h.pool), &river.Config{Logger: quiet(h.log)})
	if err != nil {
		return err
	}
	if h.egress, err = egress.New(egress.Config{Allow: h.config.EgressAllow,
		Development: h.config.EgressAllowDevelopment}); err != nil {
		return err
	}
	h.later(func(context.Context) error { h.egress.Close(); return nil })
	sandbox := h.sandbox
	sandbox.Logger, sandbox.OnDeath, sandbox.OnQuarantine = h.log, h.metrics.Died, h.appQuarantined
	h.workers = worker.NewPool(sandbox)
	h.later(func(ctx context.Context) error { h.workers.Close(ctx); return nil })

	secret, err := auth.LoadSecret(h.config.secretPath())
	if err != nil {
		return err
	}
	h.auth, err = auth.New(ctx, auth.Options{Pool: h.pool, Secret: secret, Issuer: h.config.PublicURL,
		Logger: h.log, Counters: h.counters, Endings: endings{h}, Notices: notices{h}, MayClose: h.mayCloseAccount,
		OptionalSecondFactor: !h.config.asksForSecondFactor(), HasPIN: func(ctx context.Context, userID uuid.UUID) (bool, error) {
			return h.wallet.HasPIN(ctx, userID)
		}})
	if err != nil {
		return err
	}
	h.hub = realtime.New(h.auth, h.bus, h.log)
	h.later(func(context.Context) error { h.hub.Close(); return nil })
	h.media = media.New(h.pool, h.store, h.workers)
	h.chat = chat.New(h.pool, h.hub, h.media)
	h.sockets = egress.NewSockets(h.egress)
	h.later(func(context.Context) error { h.sockets.Wait(); return nil })
	h.registry = registry.NewService(registrypg.New(h.pool, publishing.Recorder(), accounts.NewProfiles(h.pool)), h.store,
		publishing.Compiler(h.workers.Compile, h.egress.Allows), publishing.Observer(h.hub, h.log))
	h.later(func(context.Context) error { h.registry.Close(); return nil })
	tiles, err := appfiles.NewMapSource(h.config.MapTiles, h.config.MapAttribution, h.config.MapMaxZoom)
	if err != nil {
		return err
	}
	h.files = appfiles.New(appfiles.Config{Pool: h.pool, Store: h.store, Fetcher: h.egress, Pictures: h.media,
		Manifests: h.registry, Map: tiles, Address: h.publicURL, URLKey: secret.Derive("cloud files"), Logger: h.log})
	h.accounts, err = accounts.New(accounts.Options{Pool: h.pool, Secret: secret,
		Releases: launch.NewReleases(h.registry), Messenger: messenger{h.chat}, Pusher: h.hub, AppChanged: h.appChanged, Logger: h.log})
	if err != nil {
		return err
	}
	h.quarantines = quarantine.New(quarantine.Config{DB: h.pool, Apps: h.accounts, Workers: h.workers, Logger: h.log,
		Host: h.name, Announce: h.quarantineChanged, Tell: notices{h}.Quarantine,
		MayDevelop: func(ctx context.Context, appID string) error { return h.launch.MayDevelop(ctx, appID) }})
	h.launch = launch.New(h.registry, h.accounts, h.quarantines)
	h.cloud = cloud.New(cloud.Config{Pool: h.pool, People: directory{h.accounts, h.launch}, Bus: h.bus, Logger: h.log})
	h.later(func(context.Context) error { h.cloud.Wait(); return nil })
	unfollow, err := h.cloud.Follow()
	if err != nil {
		return err
	}
	h.later(func(context.Context) error { unfollow(); return nil })
	h.checks = publishing.NewChecks(h.registry, inserter, h.sandbox, h.log)
	h.wallet, err = wallet.New(ctx, wallet.Config{Pool: h.pool, Secret: secret, Jobs: inserter, Directory: directory{h.accounts, h.launch},
		Messenger: walletMessenger{h.chat}, Pusher: h.hub, Passwords: h.auth, Transport: h.metrics.Webhooks(logged{h.egress.RoundTripper(), h.log}),
		Currency: h.config.Currency, CheckURL: h.egress.Check})
	return err
}

// openBridge fills the one table of capabilities and opens the sessions that call it.
func (h *Host) openBridge(context.Context) error {
	h.bridge = bridge.NewTable(bridge.NewGuard(h.accounts, h.counters))
	h.bridge.Add(h.accounts.Capabilities()...)
	h.bridge.Add(h.wallet.Capabilities()...)
	h.bridge.Add(h.egress.Capability())
	h.bridge.Add(h.sockets.Capabilities()...)
	h.bridge.Add(h.files.Capabilities()...)
	h.bridge.Add(h.cloud.Capabilities()...)
	h.bridge.Add(device.Capabilities()...)
	h.sessions = sessions.New(sessions.Config{Tokens: h.auth, Launcher: h.launch, Images: h.registry,
		Accounts: h.accounts, Workers: h.workers, Bridge: h.bridge, DB: h.pool, Bus: h.bus, Logger: h.log,
		Paid: h.wallet.Paid, MayDevelop: h.launch.MayDevelop, Map: mapSource(h.files.Map)})
	h.later(func(ctx context.Context) error { h.sessions.Close(ctx); return nil })
	return h.followAnnouncements()
}

// forwardedBy are the values of --proxy-header.
var forwardedBy = map[string]string{"x-forwarded-for": header.XForwardedFor, "forwarded": header.Forwarded}

func (h *Host) openRoutes(context.Context) error {
	proxies, err := request.ParseProxies(h.config.TrustedProxies)
	if err != nil {
		return err
	}
	h.server = api.New(api.Options{Authenticator: h.auth, Version: Version, PublicURL: h.config.PublicURL,
		Proxies: proxies, ForwardedBy: forwardedBy[h.config.ProxyHeader], Origins: h.config.Origins,
		Counters: h.counters, Logger: h.log, Observe: h.metrics.Request})
	site, err := pages.Load(web.Files())
	if err != nil {
		return err
	}
	h.server.App.Get("/healthz", h.health)
	h.metrics.Routes(h.server.App)
	manual, err := guides.Load(docs.Files)
	if err != nil {
		return err
	}
	manual.Routes(h.server.App)
	for _, service := range []interface {
		Routes(huma.API, fiber.Router)
	}{authhttp.New(h.auth, h.config.PublicURL), h.accounts, audit.New(h.pool, h.names), h.chat, h.media, h.files, addresses.New(h.pool), h.wallet, h.sessions, h.quarantines,
		publishing.New(h.registry, h.accounts, h.checks), bridge.NewHTTP(h.bridge, h.accounts, h.auth, h.counters)} {
		service.Routes(h.server.API, h.server.App)
	}
	h.hub.Routes(h.server.App)
	(&webview.Service{Versions: h.files, Origins: h.egress.Origins}).Routes(h.server.App)
	site.Routes(h.server.App) // takes every remaining path, so it is last
	return nil
}

// startJobs starts the workers of the queue and the regular upkeep of the packages.
func (h *Host) startJobs(ctx context.Context) (err error) {
	workers := river.NewWorkers()
	h.wallet.AddWorkers(workers)
	h.checks.AddWorkers(workers)
	h.jobs, err = river.NewClient(riverpgxv5.New(h.pool), &river.Config{Logger: quiet(h.log), JobTimeout: jobTimeout,
		RescueStuckJobsAfter: jobRescue, PollOnly: h.pooled,
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: jobWorkers},
			publishing.CheckQueue: {MaxWorkers: publishing.CheckWorkers}},
		Workers: workers, PeriodicJobs: h.wallet.PeriodicJobs(),
		Middleware: []rivertype.Middleware{river.WorkerMiddlewareFunc(h.metrics.Job)}})
	if err != nil {
		return err
	}
	running := context.WithoutCancel(ctx) // jobs end by Stop, not by the signal
	if err := h.jobs.Start(running); err != nil {
		return err
	}
	h.later(h.jobs.Stop)

	upkeep, cancel := context.WithCancel(running)
	recompile := func(ctx context.Context) error { return h.registry.RecompileReleased(ctx, h.log) }
	for _, run := range []func(context.Context) error{h.auth.Run, h.accounts.Run, h.counters.Run, h.files.Run, h.quarantines.Run, recompile} {
		h.upkeep.Go(func() {
			if err := run(upkeep); err != nil {
				h.log.Error("upkeep ended", "error", err)
			}
		})
	}
	h.later(func(context.Context) error { cancel(); h.upkeep.Wait(); return nil })
	return nil
}

// quiet leaves out the queue's regular status reports.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// listenOn reports an address in use with a sentence that names the setting.
func listenOn(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program; stop that one, or choose another address with TEAHOUSE_ADDR or --addr", address)
	}
	return listener, err
}

func (h *Host) listen(context.Context) (err error) {
	if h.listener, err = listenOn(h.config.Addr); err != nil {
		return err
	}
	go func() { h.served <- h.server.App.Listener(api.Listen(h.listener)) }() // ends by ShutdownWithContext
	h.later(func(ctx context.Context) error {
		// Websockets are no longer requests; the packages that own them end them, before the pool
		// is closed.
		h.sessions.Close(ctx)
		h.hub.Close()
		return h.server.App.ShutdownWithContext(ctx)
	})
	return nil
}

// health answers load balancers. It is 200 while this host can serve. The host needs its database, but
// not NATS, which would be unreachable for all hosts at once. The answer names degraded parts. A host
// that will stop says so first, and still serves for a while.
func (h *Host) health(c *fiber.Ctx) error {
	if h.draining.Load() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("draining\n")
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), healthTimeout)
	defer cancel()
	if err := h.pool.Ping(ctx); err != nil {
		h.log.Warn("not healthy", "error", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
	}
	if !h.bus.Connected() {
		return c.SendString("ok\ndegraded: nats is not reachable; clients on other hosts learn of news when it is back\n")
	}
	return c.SendString("ok\n")
}
