package webhooks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/fault"
)

// AttemptArgs is the job of one attempt.
type AttemptArgs struct {
	DeliveryID uuid.UUID `json:"delivery_id"`
	Round      int       `json:"round"` // counts resends; a job of an earlier round is void
	Step       int       `json:"step"`  // place in the schedule, from 0
}

// Kind implements river.JobArgs.
func (AttemptArgs) Kind() string { return "webhook_attempt" }

type attemptWorker struct {
	river.WorkerDefaults[AttemptArgs]
	service *Service
}

// Timeout allows time for the database in addition to the request.
func (w *attemptWorker) Timeout(*river.Job[AttemptArgs]) time.Duration { return 2 * timeout }

func (w *attemptWorker) Work(ctx context.Context, job *river.Job[AttemptArgs]) error {
	return w.service.attempt(ctx, job.Args)
}

// AddWorkers registers the job of an attempt.
func (s *Service) AddWorkers(workers *river.Workers) {
	river.AddWorker(workers, &attemptWorker{service: s})
}

// message is the data of one attempt.
type message struct {
	eventID  string
	payload  []byte
	url      string
	secrets  [][]byte
	disabled bool
	set      time.Time // when the endpoint was set
}

// answer is the result of a request.
type answer struct {
	status     int // 0: no answer
	err        string
	start      string
	took       time.Duration
	retryAfter time.Duration
}

// attempt sends a delivery once and decides on the next step.
func (s *Service) attempt(ctx context.Context, args AttemptArgs) error {
	m, err := s.load(ctx, args)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // delivered, failed, or resent in the meantime
	}
	if err != nil {
		return fmt.Errorf("webhooks: attempt: %w", err)
	}
	a := answer{err: fault.Textf("the endpoint is disabled").String()}
	if !m.disabled {
		a = s.send(ctx, m)
		if a.status == 0 && ctx.Err() != nil {
			return ctx.Err() // the host is stopping; this does not count as an attempt
		}
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return s.record(ctx, tx, args, m, a) })
}

// load reads a delivery that is still due in this round.
func (s *Service) load(ctx context.Context, args AttemptArgs) (m message, err error) {
	var app string
	var secret, old []byte
	err = s.pool.QueryRow(ctx, `
		SELECT e.id, e.payload, w.app_id, w.url, w.disabled_reason IS NOT NULL, w.updated_at, w.secret_sealed,
			CASE WHEN w.old_until > now() THEN w.old_secret_sealed END
		FROM payments.webhook_delivery d
		JOIN payments.webhook_event e ON e.id = d.event_id
		JOIN payments.webhook_endpoint w ON w.app_id = d.app_id
		WHERE d.id = $1 AND d.round = $2 AND d.state = 'pending'`, args.DeliveryID, args.Round,
	).Scan(&m.eventID, &m.payload, &app, &m.url, &m.disabled, &m.set, &secret, &old)
	if err != nil {
		return m, err
	}
	m.secrets, err = s.open(app, secret, old)
	return m, err
}

// send makes the request.
func (s *Service) send(ctx context.Context, m message) answer {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	start := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url, bytes.NewReader(m.payload))
	if err != nil {
		return answer{err: reasonOf(err).String()}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Teahouse-Webhooks/1")
	req.Header.Set("webhook-id", m.eventID)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(start.Unix(), 10))
	req.Header.Set("webhook-signature", Sign(m.eventID, start, m.payload, m.secrets...))
	// RoundTrip and not a Client: a redirect is recorded like any answer and never followed.
	resp, err := s.transport.RoundTrip(req)
	if err != nil {
		return answer{err: reasonOf(err).String(), took: time.Since(start)}
	}
	defer resp.Body.Close()
	if resp.StatusCode < 100 { // not a status in HTTP, but net/http accepts it
		return answer{err: fault.Textf("the receiver answered with status %03d", resp.StatusCode).String(),
			took: time.Since(start)}
	}
	// An error while reading the body does not matter: only the status decides.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxResponseStart))
	return answer{status: resp.StatusCode, start: clip(string(body), maxResponseStart),
		took: time.Since(start), retryAfter: retryAfter(resp, time.Now())}
}

// clip makes text valid for the database: valid UTF-8 without NUL, of at most n bytes.
func clip(text string, n int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// retryAfter reads how long the receiver asks to wait, in seconds or as a date.
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	value := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return min(max(time.Duration(seconds), 0), maxRetryAfter/time.Second) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// record stores an attempt and, in the same transaction, queues the next job if there is one.
func (s *Service) record(
	ctx context.Context, tx pgx.Tx, args AttemptArgs, m message, a answer,
) error {
	var number int
	err := tx.QueryRow(ctx, `UPDATE payments.webhook_delivery SET attempts = attempts + 1
		WHERE id = $1 AND round = $2 AND state = 'pending' RETURNING attempts`,
		args.DeliveryID, args.Round).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // resent in the meantime: the new round records its own attempts
	}
	if err != nil {
		return fmt.Errorf("webhooks: record: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO payments.webhook_attempt
			(delivery_id, number, url, status, duration_ms, error, response_start)
		VALUES ($1, $2, $3, nullif($4, 0), $5, nullif($6, ''), $7)`,
		args.DeliveryID, number, m.url, a.status, a.took.Milliseconds(), a.err, a.start)
	if err != nil {
		return fmt.Errorf("webhooks: record: %w", err)
	}
	if a.status >= 200 && a.status <= 299 {
		_, err = tx.Exec(ctx, `UPDATE payments.webhook_delivery
			SET state = 'delivered', delivered_at = now(), next_at = NULL WHERE id = $1`, args.DeliveryID)
		return err
	}
	gone := false
	if a.status == http.StatusGone {
		// The answer "gone" does not apply to an endpoint that was set in the meantime.
		tag, err := tx.Exec(ctx, `UPDATE payments.webhook_endpoint
			SET disabled_reason = $3
			WHERE app_id = (SELECT app_id FROM payments.webhook_delivery WHERE id = $1)
				AND updated_at = $2`, args.DeliveryID, m.set, fault.Textf("the receiver answered 410 Gone").String())
		if err != nil {
			return fmt.Errorf("webhooks: disable: %w", err)
		}
		gone = tag.RowsAffected() > 0
	}
	if gone || m.disabled || args.Step+1 >= len(schedule) {
		_, err = tx.Exec(ctx, `UPDATE payments.webhook_delivery
			SET state = 'failed', next_at = NULL WHERE id = $1`, args.DeliveryID)
		return err
	}
	next := time.Now().Add(max(pause(args.Step+1, rand.Float64()), a.retryAfter))
	_, err = tx.Exec(ctx, `UPDATE payments.webhook_delivery SET next_at = $2 WHERE id = $1`,
		args.DeliveryID, next)
	if err != nil {
		return fmt.Errorf("webhooks: record: %w", err)
	}
	_, err = s.jobs.InsertTx(ctx, tx,
		AttemptArgs{DeliveryID: args.DeliveryID, Round: args.Round, Step: args.Step + 1},
		&river.InsertOpts{ScheduledAt: next})
	return err
}

// pause is the wait before a step: the schedule's, plus a random part of the jitter.
func pause(step int, random float64) time.Duration {
	return schedule[step] + time.Duration(random*jitter*float64(schedule[step]))
}
