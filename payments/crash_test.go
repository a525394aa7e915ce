package payments_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/server/postgres"
	"github.com/teahouse/teahouse/waittest"
)

// PostgreSQL is killed under load, twice. Clients repeat a transfer with its key until they get an
// answer. Afterwards the books contain every acknowledged transfer exactly once, under the
// acknowledged number, and no other transfer.
func TestKillingPostgreSQLLosesAndDoublesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	t.Parallel()
	instance := startPostgres(t)
	pool, err := pgxpool.New(t.Context(), instance.DSN(postgres.Database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	if err := migrations.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	b := newBooks(t, pool)
	ids := b.wallets(t, 6, 1_000_000)

	const clients, kills = 8, 2
	var acknowledged sync.Map // key → transfer ID
	var total, retries atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var load errgroup.Group
	for client := range clients {
		load.Go(func() error {
			for n := 0; ctx.Err() == nil; n++ {
				key := fmt.Sprintf("crash-%d-%d", client, n)
				receipt, tries, err := b.retryTransfer(move(key, ids[(client+n)%6], ids[(client+n+1)%6], 1))
				if err != nil {
					return err
				}
				acknowledged.Store(key, receipt.TransferID)
				total.Add(1)
				retries.Add(tries)
			}
			return nil
		})
	}
	for range kills {
		reached(t, &total, total.Load()+500) // so that there is load before and after each kill
		pid := instance.PID()
		if pid <= 0 { // kill(0) would signal this process
			t.Fatal("the database answers, but its process is not known")
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	reached(t, &total, total.Load()+500)
	stop()
	if err := load.Wait(); err != nil {
		t.Fatal(err)
	}
	b.requireExactly(t, &acknowledged, int(total.Load()))
	requireSound(t, pool)
	t.Logf("%d transfers acknowledged over %d kills, %d retries", total.Load(), kills, retries.Load())
	if retries.Load() == 0 {
		t.Error("no client had to retry: the test proves nothing")
	}
}

// retryTransfer repeats a transfer until the ledger answers.
func (b books) retryTransfer(transfer payments.Transfer) (payments.Receipt, int64, error) {
	deadline := waittest.Deadline()
	for tries := int64(0); ; tries++ {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		receipt, err := b.ledger.Transfer(ctx, transfer)
		cancel()
		if err == nil || fault.CodeOf(err) != fault.Internal || time.Now().After(deadline) {
			return receipt, tries, err
		}
		time.Sleep(20 * time.Millisecond) // the database is restarting
	}
}

// requireExactly compares the acknowledged transfers with the books.
func (b books) requireExactly(t *testing.T, acknowledged *sync.Map, total int) {
	t.Helper()
	rows, err := b.pool.Query(t.Context(), `SELECT r.key, t.id FROM payments.transfer t
		JOIN payments.request r ON r.id = t.request_id WHERE r.key LIKE 'crash-%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var key string
		var id int64
		if err := rows.Scan(&key, &id); err != nil {
			t.Fatal(err)
		}
		if told, ok := acknowledged.Load(key); !ok || told != id {
			t.Errorf("%s is transfer %d, acknowledged as %v", key, id, told)
		}
		found++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if found != total {
		t.Errorf("%d transfers in the books, %d acknowledged", found, total)
	}
}

// reached waits until the load has made that many transfers.
func reached(t *testing.T, total *atomic.Int64, want int64) {
	t.Helper()
	waittest.Eventually(t, fmt.Sprintf("the load makes %d transfers", want), func() bool { return total.Load() >= want })
}

// startPostgres starts a separate supervised instance. fsync is off, because the test kills the
// process and not the machine; commits still wait until their log is written.
func startPostgres(t testing.TB) *postgres.Instance {
	t.Helper()
	dir, err := os.MkdirTemp("", "teahouse-crash-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // the database may run as another user
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	instance, err := postgres.Start(context.Background(), postgres.Config{Dir: dir, NoSync: true,
		Settings: map[string]string{"fsync": "off", "shared_buffers": "64MB"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := instance.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return instance
}
