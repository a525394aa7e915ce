package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// Guesses at passwords and codes are counted in the database, so that the limits apply to all hosts
// together and survive restarts. A guess is counted before it is checked, so that a thousand
// guesses sent at the same moment do not get more than what is left.
//
// The buckets are chosen so that a stranger cannot lock a person out. A device that the person has
// logged in with before has its own bucket, so a stranger's guess never counts against the owner.
// Strangers share buckets: one for each network, which stops a single attacker, and two for all
// strangers together, by hour and by day, which limit attackers with many networks. When those two
// are empty, a stranger's guess first waits, and is refused only when the wait is too long.

// guessRule is a bucket of Burst guesses that refills evenly over Window.
type guessRule struct {
	ratelimit.Rule
	delay time.Duration // how long a guess may wait before it is refused
}

func (r guessRule) interval() time.Duration { return max(r.Window/time.Duration(r.Burst), 1) }

// bucket is whose guesses are counted by a rule.
type bucket struct {
	rule guessRule
	key  [sha256.Size]byte
}

func (r guessRule) of(parts ...string) bucket {
	return bucket{r, sha256.Sum256([]byte(r.Name + "\x1f" + strings.Join(parts, "\x1f")))}
}

// guess is one guess that has been counted.
type guess struct {
	service *Service
	buckets []bucket
}

// takeGuess counts a guess in all of the buckets, and waits where a rule allows it. When a bucket
// is empty it counts the guess in none of them and returns a RateLimited fault.
func (s *Service) takeGuess(ctx context.Context, buckets ...bucket) (guess, error) {
	var wait time.Duration
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, b := range buckets {
			var full time.Time
			now := s.now()
			if err := tx.QueryRow(ctx, `
				INSERT INTO guess_bucket AS b (key, full_at) VALUES ($1, $2::timestamptz + $3::interval)
				ON CONFLICT (key) DO UPDATE SET full_at = greatest(b.full_at, $2) + $3
				RETURNING full_at`, b.key[:], now, b.rule.interval()).Scan(&full); err != nil {
				return err
			}
			missing := full.Sub(now) - b.rule.interval()*time.Duration(b.rule.Burst)
			if missing > b.rule.delay {
				return tooManyGuesses(missing - b.rule.delay)
			}
			wait = max(wait, missing)
		}
		return nil
	})
	if err != nil {
		return guess{}, err
	}
	return guess{s, buckets}, s.pause(ctx, wait)
}

func tooManyGuesses(wait time.Duration) error {
	err := fault.Errorf(fault.RateLimited, "rate-limited",
		"Too many wrong guesses. Try again in %d seconds, or from a device on which you have logged in before.",
		ratelimit.Seconds(wait))
	err.RetryAfter = wait
	return err
}

// pause waits, unless the context ends.
func pause(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// uncount removes the guess from the count, because the password or the code was right. Wrong
// guesses stay counted: otherwise each log-in of the owner would give strangers new guesses.
func (g guess) uncount(ctx context.Context) error {
	var failed error
	for _, b := range g.buckets {
		_, err := g.service.pool.Exec(ctx, `UPDATE guess_bucket SET full_at = full_at - $2::interval WHERE key = $1`,
			b.key[:], b.rule.interval())
		failed = errors.Join(failed, err)
	}
	return failed
}
