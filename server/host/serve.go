package host

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Serve is the command that runs the host. Each field is a flag and an environment variable.
type Serve struct {
	Addr string `help:"Address to listen on." default:"127.0.0.1:8080" env:"TEAHOUSE_ADDR"`
	Data string `help:"Data directory: database, objects, keys." default:"data" type:"path" env:"TEAHOUSE_DATA"`

	PublicURL              string   `help:"Address that clients use, e.g. https://tea.example; needed behind a proxy." env:"TEAHOUSE_PUBLIC_URL" placeholder:"URL"`
	TrustedProxies         []string `help:"Networks of the proxies in front, e.g. 10.0.0.0/8; their reports of a client's address and scheme are trusted." env:"TEAHOUSE_TRUSTED_PROXIES" placeholder:"CIDR"`
	ProxyHeader            string   `help:"Where those proxies say it: x-forwarded-for (with x-forwarded-proto) or forwarded (RFC 7239)." enum:"x-forwarded-for,forwarded" default:"x-forwarded-for" env:"TEAHOUSE_PROXY_HEADER"`
	EgressAllow            []string `help:"host:port patterns that mini programs and webhooks may reach over plain HTTP and at private addresses; for servers under development." env:"TEAHOUSE_EGRESS_ALLOW" placeholder:"HOST:PORT"`
	EgressAllowDevelopment []string `help:"Loopback or private networks that versions which are not released may reach, over plain HTTP too: the machines of their developers, e.g. 127.0.0.0/8." env:"TEAHOUSE_EGRESS_ALLOW_DEVELOPMENT" placeholder:"CIDR"`
	Origins                []string `help:"More origins whose pages may open websockets, besides that of the public URL." env:"TEAHOUSE_ORIGINS" placeholder:"URL"`

	MapTiles       string `help:"Where the ground of maps in mini programs comes from: the address of a tile, e.g. https://tiles.example/{z}/{x}/{y}.png. Without it maps have a plain ground." env:"TEAHOUSE_MAP_TILES" placeholder:"URL"`
	MapAttribution string `help:"Whom every map names as the source of its ground; needed with --map-tiles." env:"TEAHOUSE_MAP_ATTRIBUTION" placeholder:"TEXT"`
	MapMaxZoom     int    `help:"Deepest zoom for which the source has tiles." default:"18" env:"TEAHOUSE_MAP_MAX_ZOOM" placeholder:"N"`

	Secret string        `help:"File with the platform's secret, made when it is missing; secret.key in the data directory when not given. All hosts on one database need the same." type:"path" env:"TEAHOUSE_SECRET" placeholder:"FILE"`
	Drain  time.Duration `help:"How long a host that is told to stop (SIGTERM) answers 503 at /healthz while it still serves, so that load balancers take it out." default:"3s" env:"TEAHOUSE_DRAIN"`

	Currency string `help:"ISO 4217 currency of new wallets." default:"CNY" env:"TEAHOUSE_CURRENCY"`

	SecondFactor string `help:"Whether administrators, and developers before they release, need a second factor (an authenticator app): required or optional; auto means required, except with --demo." enum:"auto,required,optional" default:"auto" env:"TEAHOUSE_SECOND_FACTOR"`

	RequireFences bool `help:"Refuse to start when a fence of the sandbox is missing on this machine; see teahouse doctor." env:"TEAHOUSE_REQUIRE_FENCES"`

	PostgresURL         string `help:"PostgreSQL 15 or newer to use; without it the host runs one as its child." env:"TEAHOUSE_POSTGRES_URL" placeholder:"URL" group:"Services"`
	PostgresBin         string `help:"Folder with initdb and postgres for the child; searched for when not given." env:"TEAHOUSE_POSTGRES_BIN" placeholder:"DIR" group:"Services"`
	PostgresConnections int32  `help:"Connections of this host to PostgreSQL at most; pool_max_conns of the URL, or 30, when not given." env:"TEAHOUSE_POSTGRES_CONNECTIONS" placeholder:"N" group:"Services"`
	NATSURL             string `name:"nats-url" help:"NATS cluster that carries wake-ups between hosts; one host needs none." env:"TEAHOUSE_NATS_URL" placeholder:"URL" group:"Services"`
	S3                  S3     `embed:"" prefix:"s3-" group:"Services"`

	LogLevel  slog.Level `help:"Least severe level that is logged: debug, info, warn or error." default:"info" env:"TEAHOUSE_LOG_LEVEL" group:"Logging"`
	LogFormat string     `help:"Form of the log: text or json." enum:"text,json" default:"text" env:"TEAHOUSE_LOG_FORMAT" group:"Logging"`

	MetricsAllow []string `help:"Networks that GET /metrics answers to." default:"127.0.0.0/8,::1/128" env:"TEAHOUSE_METRICS_ALLOW" placeholder:"CIDR" group:"Logging"`

	Demo     string `help:"Fill the host with demo people, an account and this mini program, and print their logins. Never on a host that others can reach." type:"existingdir" env:"TEAHOUSE_DEMO" placeholder:"DIR" group:"Demo"`
	DemoShop string `help:"Where the demo account's own server is." default:"127.0.0.1:8081" env:"TEAHOUSE_DEMO_SHOP" group:"Demo"`
}

// S3 names a bucket; without an endpoint objects are files below the data directory.
type S3 struct {
	Endpoint  string `help:"S3 endpoint for bundles, images and media, e.g. https://s3.example; http:// for one on this machine." env:"TEAHOUSE_S3_ENDPOINT" placeholder:"URL"`
	Bucket    string `help:"Bucket for all objects." env:"TEAHOUSE_S3_BUCKET" placeholder:"NAME"`
	Prefix    string `help:"What comes before every key, e.g. teahouse/." env:"TEAHOUSE_S3_PREFIX" placeholder:"PREFIX"`
	Region    string `help:"Region of the bucket." env:"TEAHOUSE_S3_REGION" placeholder:"NAME"`
	AccessKey string `help:"Access key." env:"TEAHOUSE_S3_ACCESS_KEY" placeholder:"KEY"`
	SecretKey string `help:"Secret key; better given by the environment." env:"TEAHOUSE_S3_SECRET_KEY" placeholder:"KEY"`

	CreateBucket bool `help:"Make the bucket if it is not there." env:"TEAHOUSE_S3_CREATE_BUCKET"`
}

// Run boots the host, serves until the context ends, and stops everything in reverse order.
func (s *Serve) Run(ctx context.Context) error {
	log := newLogger(s.LogLevel, s.LogFormat)
	slog.SetDefault(log) // for the few places that have no logger of their own
	if s.Demo != "" {    // the demo's shop is on this machine
		s.EgressAllow = append(s.EgressAllow, s.DemoShop)
	}
	h, err := Boot(ctx, *s, log)
	if err != nil {
		return err
	}
	log.Info("ready", "address", h.Address(), "version", Version)
	if s.Demo != "" {
		if err := h.seedDemo(ctx, s.Demo, s.DemoShop, os.Stdout); err != nil {
			h.Shutdown(context.WithoutCancel(ctx))
			return err
		}
	}
	served := h.Wait(ctx)
	log.Info("stopping")
	if errors.Is(context.Cause(ctx), errTerminated) {
		h.Drain(context.WithoutCancel(ctx), s.Drain)
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	h.Shutdown(ending)
	return served
}

// asksForSecondFactor decides what "auto" means. The demo's passwords are in the README, so a second
// factor would protect nothing there, and would make the first log-in harder.
func (s *Serve) asksForSecondFactor() bool {
	return s.SecondFactor == "required" || s.SecondFactor != "optional" && s.Demo == ""
}

// path returns a path below the data directory.
func (s *Serve) path(elements ...string) string {
	return filepath.Join(append([]string{s.Data}, elements...)...)
}

// secretPath is where the platform's secret is.
func (s *Serve) secretPath() string {
	if s.Secret != "" {
		return s.Secret
	}
	return s.path("secret.key")
}
