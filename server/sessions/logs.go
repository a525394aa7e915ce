package sessions

import (
	"context"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/time/rate"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/auth"
)

// logbook writes the apps' logs in batches. It never waits: an app that logs faster than its
// budget, or than the database, loses lines, and a line says how many.
type logbook struct {
	db     *pgxpool.Pool
	logger *slog.Logger
	queue  chan line
	end    chan struct{}
	done   chan struct{}
	once   sync.Once

	mu      sync.Mutex
	budgets map[string]*budget
}

// line is one line of an app's log.
type line struct {
	AppID     string
	VersionID uuid.UUID
	SessionID uuid.UUID
	protocol.LogEntry
}

// budget is what one app may still write.
type budget struct {
	*rate.Limiter
	lost  int // lines since the last that were dropped
	fresh int // lines since the last pruning
}

func newLogbook(db *pgxpool.Pool, logger *slog.Logger) *logbook {
	b := &logbook{db: db, logger: logger, queue: make(chan line, LogQueue), end: make(chan struct{}),
		done: make(chan struct{}), budgets: map[string]*budget{}}
	go b.run() // ended and awaited by close
	return b
}

// add takes a line.
func (b *logbook) add(l line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	app := b.budgets[l.AppID]
	if app == nil {
		app = &budget{Limiter: rate.NewLimiter(rate.Every(time.Minute/LogsPerMinute), LogsPerMinute)}
		b.budgets[l.AppID] = app
	}
	if !app.Allow() {
		app.lost++
		return
	}
	if app.lost > 0 {
		notice := l
		notice.LogEntry = protocol.LogEntry{Time: l.Time, Level: "warn", Kind: "host",
			Text: fault.Textf("%d lines were dropped: an app may log %d lines a minute.", app.lost, LogsPerMinute).String()}
		app.lost = 0
		b.enqueue(app, notice)
	}
	b.enqueue(app, l)
}

func (b *logbook) enqueue(app *budget, l line) {
	select {
	case b.queue <- l:
		app.fresh++
	default:
		app.lost++
	}
}

func (b *logbook) close() {
	b.once.Do(func() { close(b.end) })
	<-b.done
}

func (b *logbook) run() {
	defer close(b.done)
	tick := time.NewTicker(LogEvery)
	defer tick.Stop()
	var batch []line
	for ending := false; !ending; {
		select {
		case l := <-b.queue:
			if batch = append(batch, l); len(batch) < LogBatch {
				continue
			}
		case <-tick.C:
		case <-b.end:
			for ending = true; len(b.queue) > 0; {
				batch = append(batch, <-b.queue)
			}
		}
		if len(batch) > 0 {
			if err := b.write(batch); err != nil {
				b.logger.Error("app logs not written", "lines", len(batch), "error", err)
			}
			batch = batch[:0]
		}
		b.prune()
	}
}

func (b *logbook) write(batch []line) error {
	ctx, cancel := context.WithTimeout(context.Background(), LogTimeout)
	defer cancel()
	// Not COPY: when an app has just been deleted, only its own lines must be lost.
	var inserts pgx.Batch
	for _, l := range batch {
		inserts.Queue(`INSERT INTO app_log
			(app_id, version_id, session_id, time, level, kind, text, file, line, col, stack, api, page)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
			WHERE EXISTS (SELECT FROM app WHERE id = $1)`,
			l.AppID, l.VersionID, l.SessionID, l.Time, level(l.Level), clean(l.Kind), clean(l.Text), clean(l.File),
			place(l.Line), place(l.Column), stack(l.LogEntry), clean(l.API), clean(l.Page))
	}
	return b.db.SendBatch(ctx, &inserts).Close()
}

func level(given string) string {
	switch given {
	case "info", "warn", "error":
		return given
	default:
		return "log"
	}
}

// place makes a line or column fit for the database: apps can write into the stacks of their errors
// what they like, and a number that does not fit would cost the whole batch.
func place(given int) int {
	if given < 0 || given > math.MaxInt32 {
		return 0 // unknown
	}
	return given
}

// clean makes a text fit for the database: valid, without the zero that PostgreSQL refuses, cut.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(clip(text, MaxLogText), ""), "\x00", "")
	return text
}

// stack is what stands in the column of that name: of a replay the inputs of the session, which are of
// no use when they are cut.
func stack(entry protocol.LogEntry) string {
	if entry.Kind != protocol.LogReplay {
		return clean(entry.Stack)
	}
	if len(entry.Inputs) > MaxReplay {
		return ""
	}
	return strings.ReplaceAll(strings.ToValidUTF8(entry.Inputs, "\uFFFD"), "\x00", "")
}

// prune removes what is more than MaxLogLines old, of apps that wrote since, and forgets the
// budgets of apps that are quiet.
func (b *logbook) prune() {
	var full []string
	b.mu.Lock()
	for app, budget := range b.budgets {
		if budget.fresh >= PruneEvery {
			budget.fresh = 0
			full = append(full, app)
		} else if budget.fresh == 0 && budget.lost == 0 && budget.Tokens() >= LogsPerMinute {
			delete(b.budgets, app)
		}
	}
	b.mu.Unlock()
	for _, app := range full {
		ctx, cancel := context.WithTimeout(context.Background(), LogTimeout)
		_, err := b.db.Exec(ctx, `DELETE FROM app_log WHERE app_id = $1 AND id <=
			(SELECT id FROM app_log WHERE app_id = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`, app, MaxLogLines)
		cancel()
		if err != nil {
			b.logger.Error("app log not pruned", "app_id", app, "error", err)
		}
	}
}

// LogLine is a line of an app's log as its developer reads it.
type LogLine struct {
	ID        int64     `json:"id"`
	VersionID uuid.UUID `json:"version_id"`
	SessionID uuid.UUID `json:"session_id" doc:"One user's visit; the user is not named."`
	Time      time.Time `json:"time"`
	Level     string    `json:"level" enum:"log,info,warn,error"`
	Kind      string    `json:"kind" doc:"console (versions in development only), error, unsupported, host for the platform's own lines, or replay: what went into a session of a version in development up to its error."`
	Text      string    `json:"text"`
	File      string    `json:"file" doc:"The developer's own file; empty when unknown."`
	Line      int       `json:"line"`
	Column    int       `json:"column" db:"col"`
	Stack     string    `json:"stack" doc:"For kind replay the log that the command teahouse replay plays; it is only there when the list is of one session."`
	API       string    `json:"api" doc:"The member of wx that does not exist here, for kind unsupported."`
	Page      string    `json:"page"`
}

type logsInput struct {
	AppID     string `path:"app_id"`
	Level     string `query:"level" enum:"log,info,warn,error" doc:"Only lines of this level."`
	VersionID string `query:"version_id" format:"uuid" doc:"Only lines of this version."`
	SessionID string `query:"session_id" format:"uuid" doc:"Only lines of this session."`
	paging.Query
}

type logsOutput struct {
	Body paging.Page[LogLine]
}

func (s *Service) logRoutes(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "list-app-logs", Method: "GET", Path: "/api/v1/dev/apps/{app_id}/logs",
		Summary: "Newest lines of an app's log", Tags: []string{"Developer"}, Security: auth.AsDeveloper,
	}, s.listLogs)
}

func (s *Service) listLogs(ctx context.Context, in *logsInput) (*logsOutput, error) {
	if err := s.MayDevelop(ctx, in.AppID); err != nil {
		return nil, err
	}
	position, err := in.Position(1)
	if err != nil {
		return nil, err
	}
	var before *int64
	if position != nil {
		id, err := strconv.ParseInt(position[0], 10, 64)
		if err != nil { // a position of another list; nothing comes after it
			return &logsOutput{Body: paging.Of(in.Query, []LogLine{}, nil)}, nil //nolint:nilerr // said above
		}
		before = &id
	}
	rows, err := s.DB.Query(ctx, `SELECT id, version_id, session_id, time, level, kind, text, file, line, col,
		CASE WHEN kind = 'replay' AND $4::uuid IS NULL THEN '' ELSE stack END AS stack, api, page
		FROM app_log WHERE app_id = $1 AND ($2 = '' OR level = $2)
		AND ($3::uuid IS NULL OR version_id = $3) AND ($4::uuid IS NULL OR session_id = $4)
		AND ($5::bigint IS NULL OR id < $5) ORDER BY id DESC LIMIT $6`,
		in.AppID, in.Level, optional(in.VersionID), optional(in.SessionID), before, in.Rows())
	if err != nil {
		return nil, err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowToStructByName[LogLine])
	if err != nil {
		return nil, err
	}
	for i := range lines {
		if lines[i].Kind == "host" {
			lines[i].Text = fault.Translate(request.FromContext(ctx).Language, lines[i].Text)
		}
	}
	return &logsOutput{Body: paging.Of(in.Query, lines, func(l LogLine) []string {
		return []string{strconv.FormatInt(l.ID, 10)}
	})}, nil
}

// optional makes NULL of an absent parameter.
func optional(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// NoteQuarantine tells the app's developer, in the app's log, that a version has been paused. It
// fits worker.Config.OnQuarantine.
func (s *Service) NoteQuarantine(key worker.AppKey, deaths []worker.Death) {
	version, err := uuid.Parse(key.VersionID)
	if err != nil || len(deaths) == 0 {
		return // no version of ours
	}
	last := deaths[len(deaths)-1]
	s.logs.add(line{AppID: key.AppID, VersionID: version, LogEntry: protocol.LogEntry{Time: last.At, Level: "error", Kind: "host",
		Text: fault.Textf("This version was paused: its sandbox ended %d times in %v. The last time: %s",
			len(deaths), worker.QuarantineWindow, last.Detail).String()}})
}
