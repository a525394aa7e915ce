package ratelimit

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Sweep is the time between two removals of buckets that are full.
const Sweep = time.Minute

// Postgres stores the buckets in the database that the hosts share, and uses its clock.
type Postgres struct{ pool *pgxpool.Pool }

// NewPostgres returns the store of the pool's database.
func NewPostgres(pool *pgxpool.Pool) *Postgres { return &Postgres{pool} }

// Take implements Store.
func (p *Postgres) Take(ctx context.Context, rule Rule, key string, n int) (taken int, full time.Duration, err error) {
	err = p.pool.QueryRow(ctx, `SELECT taken, full_in FROM rate_limit_take($1, $2, $3, $4, $5)`,
		rule.Name, key, rule.Burst, max(rule.Window/time.Duration(rule.Burst), time.Microsecond), n).Scan(&taken, &full)
	if err != nil {
		return 0, 0, fmt.Errorf("ratelimit: %w", err)
	}
	return taken, full, nil
}

// Forget implements Store.
func (p *Postgres) Forget(ctx context.Context, rule Rule, key string) error {
	_, err := p.pool.Exec(ctx, `DELETE FROM rate_limit WHERE rule = $1 AND key = $2`, rule.Name, key)
	return err
}

// Run removes full buckets until the context ends; a missing bucket counts as full.
func (p *Postgres) Run(ctx context.Context) error {
	tick := time.NewTicker(Sweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		// A bucket that a host uses at this moment has its row locked; the next sweep removes it.
		_, _ = p.pool.Exec(ctx, `DELETE FROM rate_limit WHERE (rule, key) IN (SELECT rule, key FROM rate_limit
			WHERE full_at < clock_timestamp() FOR UPDATE SKIP LOCKED)`) // an error means that the database does not answer; then nothing is counted in it
	}
}
