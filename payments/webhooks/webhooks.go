// Package webhooks sends events to the servers of apps, according to Standard Webhooks 1.0.0.
//
// An event is stored once and delivered at least once. Its ID stays the same over all retries and
// manual resends, so that a receiver can recognise a repetition. One transaction stores an attempt
// and queues the job for the next one: a crash can repeat an attempt, but never lose one.
package webhooks

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/teahouse/teahouse/fault"
)

// Service manages the webhooks of one installation. It is safe for concurrent use.
type Service struct {
	pool      *pgxpool.Pool
	jobs      *river.Client[pgx.Tx]
	transport http.RoundTripper
	sealer    Sealer
	check     func(ctx context.Context, address string) error
}

// Config says how webhooks are sent.
type Config struct {
	// Transport sends the requests. It must refuse addresses that apps must not reach, because the
	// URL comes from a developer.
	Transport http.RoundTripper
	// Sealer encrypts the secrets of endpoints, so that a copy of the database does not give them away.
	Sealer Sealer
	// Check returns the fault with which Transport would refuse an address before it is dialled, so
	// that no address is stored to which nothing can ever be sent.
	Check func(ctx context.Context, address string) error
}

// New returns the webhooks in the database of pool.
func New(pool *pgxpool.Pool, jobs *river.Client[pgx.Tx], config Config) *Service {
	return &Service{pool: pool, jobs: jobs, transport: config.Transport, sealer: config.Sealer, check: config.Check}
}

// Endpoint is the address to which an app's events are sent.
type Endpoint struct {
	AppID          string
	URL            string
	DisabledReason string // "" while enabled
	UpdatedAt      time.Time
}

// Configure sets an app's endpoint and returns its new secret, which is not shown again. The old
// secret also signs for one more day. A disabled endpoint is enabled again.
func (s *Service) Configure(ctx context.Context, appID, address string) (Endpoint, string, error) {
	if err := s.validURL(ctx, address); err != nil {
		return Endpoint{}, "", err
	}
	secret := make([]byte, secretBytes)
	if _, err := rand.Read(secret); err != nil {
		return Endpoint{}, "", fmt.Errorf("webhooks: %w", err)
	}
	sealed, err := s.sealer.Seal(secret, secretName(appID))
	if err != nil {
		return Endpoint{}, "", fmt.Errorf("webhooks: %w", err)
	}
	_, err = s.pool.Exec(ctx, `INSERT INTO payments.webhook_endpoint AS e (app_id, url, secret_sealed)
		VALUES ($1, $2, $3)
		ON CONFLICT (app_id) DO UPDATE SET url = excluded.url, secret_sealed = excluded.secret_sealed,
			old_secret_sealed = e.secret_sealed, old_until = now() + $4::bigint * interval '1 second',
			disabled_reason = NULL, updated_at = now()`,
		appID, address, sealed, int64(secretOverlap/time.Second))
	if err != nil {
		return Endpoint{}, "", fmt.Errorf("webhooks: configure: %w", err)
	}
	endpoint, err := s.Endpoint(ctx, appID)
	return endpoint, "whsec_" + base64.StdEncoding.EncodeToString(secret), err
}

func (s *Service) validURL(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxURL || u.Host == "" || u.User != nil || u.Fragment != "" ||
		u.Scheme != "https" && u.Scheme != "http" {
		return fault.Errorf(fault.Invalid, "bad-webhook-url",
			"The URL must be an https:// address without user name or fragment, of at most %d bytes.", maxURL).
			At("body.url", "must be an https:// address")
	}
	if err := s.check(ctx, address); err != nil {
		if _, refused := fault.As(err); !refused {
			return err
		}
		return fault.Errorf(fault.Invalid, "bad-webhook-url", "%s", fault.MessageOf(err)).
			At("body.url", fault.MessageOf(err)).Because(err)
	}
	return nil
}

// Endpoint returns an app's endpoint. Returns NotFound when none is configured.
func (s *Service) Endpoint(ctx context.Context, appID string) (Endpoint, error) {
	e := Endpoint{AppID: appID}
	err := s.pool.QueryRow(ctx, `SELECT url, coalesce(disabled_reason, ''), updated_at
		FROM payments.webhook_endpoint WHERE app_id = $1`, appID,
	).Scan(&e.URL, &e.DisabledReason, &e.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return e, fault.Errorf(fault.NotFound, "no-webhook", "This app has no webhook configured.")
	}
	if err != nil {
		return e, fmt.Errorf("webhooks: %w", err)
	}
	return e, nil
}

// Event is something that happened to an app.
type Event struct {
	AppID   string
	Type    string // "order.paid"
	Subject string // the object of the event; a subject has one event of each type
	At      time.Time
	Data    any // marshals to a JSON object of a few kilobytes
}

// Emit stores an event and queues its delivery. Emitting it again changes nothing. An app without
// an endpoint gets no events.
func (s *Service) Emit(ctx context.Context, e Event) error {
	payload, err := json.Marshal(map[string]any{
		"type": e.Type, "timestamp": e.At.UTC().Format(time.RFC3339Nano), "data": e.Data})
	if err != nil {
		return fmt.Errorf("webhooks: emit %s: %w", e.Type, err)
	}
	if len(payload) > maxPayload {
		return fmt.Errorf("webhooks: emit %s: payload of %d bytes", e.Type, len(payload))
	}
	delivery, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("webhooks: %w", err)
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		id := "evt_" + rand.Text()
		tag, err := tx.Exec(ctx, `INSERT INTO payments.webhook_event (id, app_id, type, subject, payload)
			SELECT $1, $2, $3, $4, $5
			WHERE EXISTS (SELECT FROM payments.webhook_endpoint WHERE app_id = $2)
			ON CONFLICT (app_id, type, subject) DO NOTHING`,
			id, e.AppID, e.Type, e.Subject, string(payload))
		if err != nil {
			return fmt.Errorf("webhooks: emit: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		_, err = tx.Exec(ctx, `INSERT INTO payments.webhook_delivery (id, event_id, app_id, next_at)
			VALUES ($1, $2, $3, now())`, delivery, id, e.AppID)
		if err != nil {
			return fmt.Errorf("webhooks: emit: %w", err)
		}
		_, err = s.jobs.InsertTx(ctx, tx, AttemptArgs{DeliveryID: delivery, Round: 1, Step: 0}, nil)
		return err
	})
}

// State is the state of a delivery.
type State string

// The states of a delivery.
const (
	Pending   State = "pending"
	Delivered State = "delivered"
	Failed    State = "failed" // all attempts failed, or the receiver answered 410 Gone
)

// Delivery is the delivery of an event, with its last attempt.
type Delivery struct {
	ID          uuid.UUID
	EventID     string // the webhook-id that the receiver sees
	Type        string
	Subject     string
	State       State
	Attempts    int
	NextAt      *time.Time
	CreatedAt   time.Time
	DeliveredAt *time.Time
	Log         []Attempt // newest first
}

// Attempt is one request and its result.
type Attempt struct {
	Number        int       `json:"number"`
	URL           string    `json:"url"`
	Status        int       `json:"status,omitempty" doc:"HTTP status; absent if there was no answer"`
	DurationMS    int       `json:"duration_ms"`
	Error         string    `json:"error,omitempty"`
	ResponseStart string    `json:"response_start,omitempty" doc:"The first bytes of the answer"`
	AttemptedAt   time.Time `json:"attempted_at"`
}

// Deliveries returns the deliveries of an app with their attempts, newest first, from the one
// before the given ID (uuid.Nil for the newest).
func (s *Service) Deliveries(
	ctx context.Context, appID string, before uuid.UUID, limit int,
) ([]Delivery, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT d.id, d.event_id, e.type, e.subject, d.state, d.attempts, d.next_at, d.created_at,
			d.delivered_at, coalesce((SELECT jsonb_agg(jsonb_build_object('number', a.number,
				'url', a.url, 'status', coalesce(a.status, 0), 'duration_ms', a.duration_ms,
				'error', coalesce(a.error, ''), 'response_start', a.response_start,
				'attempted_at', a.attempted_at) ORDER BY a.number DESC)
			FROM (SELECT * FROM payments.webhook_attempt w WHERE w.delivery_id = d.id
				ORDER BY w.number DESC LIMIT 20) a), '[]')
		FROM payments.webhook_delivery d JOIN payments.webhook_event e ON e.id = d.event_id
		WHERE d.app_id = $1 AND ($2::uuid IS NULL OR (d.created_at, d.id) <
			(SELECT created_at, id FROM payments.webhook_delivery WHERE id = $2 AND app_id = $1))
		ORDER BY d.created_at DESC, d.id DESC LIMIT $3`, appID, nullable(before), limit)
	if err != nil {
		return nil, fmt.Errorf("webhooks: deliveries: %w", err)
	}
	deliveries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Delivery])
	if err != nil {
		return nil, fmt.Errorf("webhooks: deliveries: %w", err)
	}
	return deliveries, nil
}

func nullable(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// Resend starts the schedule of a delivery again, in any state. Jobs of the earlier schedule do
// nothing, because their round is over. Returns NotFound.
func (s *Service) Resend(ctx context.Context, appID string, id uuid.UUID) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var round int
		err := tx.QueryRow(ctx, `UPDATE payments.webhook_delivery
			SET state = 'pending', delivered_at = NULL, next_at = now(), round = round + 1
			WHERE id = $1 AND app_id = $2 RETURNING round`, id, appID).Scan(&round)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.Errorf(fault.NotFound, "no-delivery", "There is no such delivery.")
		}
		if err != nil {
			return fmt.Errorf("webhooks: resend: %w", err)
		}
		_, err = s.jobs.InsertTx(ctx, tx, AttemptArgs{DeliveryID: id, Round: round, Step: 0}, nil)
		return err
	})
}

// Sign returns the webhook-signature header: one signature per secret, so that a receiver with
// either secret accepts the message.
func Sign(id string, at time.Time, payload []byte, secrets ...[]byte) string {
	header := ""
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		mac.Write(payload)
		if header != "" {
			header += " "
		}
		header += "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return header
}
