package payments_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/migrations"
	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/server/postgres"
)

// The result is a ratio: the ledger against pgbench's simplest write (-N: one update, one select,
// one insert), on the same PostgreSQL, with the same number of clients, one directly after the
// other. Durability is on for both.
const (
	benchClients  = 16
	benchAccounts = 1000
	benchSeconds  = 4
	benchScale    = 32 // of pgbench: many more rows than clients, so that few clients wait for a row
)

// BenchmarkPayments measures everything once in a run and ignores -benchtime: 16 clients that
// transfer between random accounts, then 16 that all pay one merchant ("hot"), then 16 that pay
// orders, then the verifier. CPU is the sum of PostgreSQL's and the clients'.
func BenchmarkPayments(b *testing.B) {
	instance := startDurable(b)
	pool := benchPool(b, instance)
	books := newBooks(b, pool)
	ids := books.wallets(b, benchAccounts, 1_000_000)
	shop, err := books.ledger.Open(context.Background(), payments.Merchant("shop", "CNY"))
	if err != nil {
		b.Fatal(err)
	}
	// Updates the planner's statistics for both measurements.
	if _, err := pool.Exec(context.Background(), `VACUUM ANALYZE`); err != nil {
		b.Fatal(err)
	}
	between := func() (int64, int64) {
		from, step := rand.IntN(benchAccounts), 1+rand.IntN(benchAccounts-1)
		return ids[from], ids[(from+step)%benchAccounts]
	}
	toShop := func() (int64, int64) { return ids[rand.IntN(benchAccounts)], shop.ID }

	reference := pgbench(b, instance)
	spread := books.drive(b, instance, "spread", between)
	b.ReportMetric(spread.perSecond, "transfers/s")
	b.ReportMetric(spread.p99.Seconds()*1e3, "p99-ms")
	b.ReportMetric(spread.cpu.Seconds()*1e6, "cpu-us/transfer")
	hot := books.drive(b, instance, "hot", toShop)
	paid := books.driveOrders(b, instance)
	b.ReportMetric(paid.perSecond, "orders/s")
	b.ReportMetric(paid.cpu.Seconds()*1e6, "cpu-us/order")
	b.ReportMetric(hot.perSecond, "hot-transfers/s")
	b.ReportMetric(hot.perSecond/spread.perSecond, "hot-of-spread")
	if reference > 0 {
		// The load of the machine changes, so the reference is measured before and after.
		reference = (reference + pgbench(b, instance)) / 2
		b.ReportMetric(reference, "pgbench-N/s")
		b.ReportMetric(spread.perSecond/reference, "of-pgbench-N")
		b.ReportMetric(paid.perSecond/reference, "orders-of-pgbench-N")
	}
	start := time.Now()
	requireSound(b, pool)
	lines := books.count(b, `SELECT count(*) FROM payments.posting`)
	b.ReportMetric(float64(lines)/time.Since(start).Seconds(), "verified-lines/s")
	b.ReportMetric(0, "ns/op") // the figures above are the result
}

type measured struct {
	perSecond float64
	p99       time.Duration
	cpu       time.Duration // of PostgreSQL and this process, for one transfer
}

// drive runs clients that transfer for a time.
func (b books) drive(
	t *testing.B, instance *postgres.Instance, name string, pick func() (debit, credit int64),
) measured {
	t.Helper()
	return load(t, instance, func(client, n int) error {
		debit, credit := pick()
		_, err := b.ledger.Transfer(context.Background(),
			move(fmt.Sprintf("%s-%d-%d", name, client, n), debit, credit, 1+rand.Int64N(100)))
		if payments.OutcomeInsufficientFunds.Is(err) {
			return nil
		}
		return err
	})
}

// driveOrders runs clients that pay orders of a hundred merchants: a complete payment except for
// the PIN, with the job that announces it.
func (b books) driveOrders(t *testing.B, instance *postgres.Instance) measured {
	t.Helper()
	ctx := context.Background()
	const merchants, orders = 100, 40_000
	for n := range merchants {
		_, err := b.ledger.Open(ctx, payments.Merchant(fmt.Sprintf("merchant-%d", n), "CNY"))
		if err != nil {
			t.Fatal(err)
		}
	}
	rows, err := b.pool.Query(ctx, `INSERT INTO payments.merchant_order (id, app_id, out_trade_no,
			fingerprint, description, amount, currency, payee_account_id, payee_id, payee_name, expires_at)
		SELECT gen_random_uuid(), 'bench', 'BENCH-' || n, decode(repeat('00', 32), 'hex'), 'Tea', 1,
			'CNY', a.id, a.owner_id, 'Tea shop', now() + interval '1 hour'
		FROM generate_series(1, $1::int) n
		JOIN payments.account a ON a.owner_id = 'merchant-' || n % $2::int
		ORDER BY n RETURNING id`, orders, merchants)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		t.Fatal(err)
	}
	var next atomic.Int64
	return load(t, instance, func(client, n int) error {
		at := int(next.Add(1)) - 1
		if at >= len(ids) {
			return fmt.Errorf("all %d orders are paid; this machine needs more of them", len(ids))
		}
		_, err := b.orders.Pay(ctx, payments.Payment{OrderID: ids[at], Key: fmt.Sprint("order-", at),
			PayerID: fmt.Sprintf("user-%d", at%benchAccounts)})
		return err
	})
}

// load runs the clients for a time. Each waits for its answer before it continues.
func load(t *testing.B, instance *postgres.Instance, act func(client, n int) error) measured {
	t.Helper()
	var done atomic.Int64
	took := make([][]time.Duration, benchClients)
	cpu := cpuTime(t, instance)
	start := time.Now()
	var group errgroup.Group
	for client := range benchClients {
		group.Go(func() error {
			for n := 0; time.Since(start) < benchSeconds*time.Second; n++ {
				begun := time.Now()
				if err := act(client, n); err != nil {
					return err
				}
				took[client] = append(took[client], time.Since(begun))
				done.Add(1)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	elapsed := time.Since(start)
	all := slices.Concat(took...)
	slices.Sort(all)
	return measured{perSecond: float64(done.Load()) / elapsed.Seconds(), p99: all[len(all)*99/100],
		cpu: (cpuTime(t, instance) - cpu) / time.Duration(done.Load())}
}

// cpuTime is the CPU time of PostgreSQL's processes and of this one. The time of backends that have
// ended is included in that of their parent, the postmaster.
func cpuTime(t *testing.B, instance *postgres.Instance) time.Duration {
	t.Helper()
	var self syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &self); err != nil {
		t.Fatal(err)
	}
	total := time.Duration(self.Utime.Nano() + self.Stime.Nano())
	postmaster := strconv.Itoa(instance.PID())
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	const tick = time.Second / 100 // USER_HZ, the same on every Linux
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // that process has ended
		}
		// "pid (name) state ppid …": the name may contain any character and ends at the last ).
		_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')'):]), " ")
		fields := strings.Fields(rest)
		pid := filepath.Base(filepath.Dir(path))
		if len(fields) < 15 || pid != postmaster && fields[1] != postmaster {
			continue
		}
		last := 13 // utime and stime
		if pid == postmaster {
			last = 15 // with those of children that have ended
		}
		for _, field := range fields[11:last] {
			ticks, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			total += time.Duration(ticks) * tick
		}
	}
	return total
}

var pgbenchTPS = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// pgbench measures the reference, or returns 0 when the program is not there.
func pgbench(b *testing.B, instance *postgres.Instance) float64 {
	b.Helper()
	program, err := exec.LookPath("pgbench")
	if err != nil {
		candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the pattern is well-formed
		if len(candidates) == 0 {
			b.Log("no pgbench on this machine: the ratio to it is left out")
			return 0
		}
		program = candidates[len(candidates)-1]
	}
	dsn := instance.DSN(postgres.Database)
	run := func(args ...string) string {
		out, err := exec.Command(program, append(args, dsn)...).CombinedOutput()
		if err != nil {
			b.Fatalf("pgbench %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	run("-i", "-q", "-s", strconv.Itoa(benchScale))
	out := run("-N", "-M", "prepared", "-c", strconv.Itoa(benchClients), "-j", "2", "-n",
		"-T", strconv.Itoa(benchSeconds))
	match := pgbenchTPS.FindStringSubmatch(out)
	if match == nil {
		b.Fatalf("pgbench said %s", out)
	}
	tps, err := strconv.ParseFloat(match[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return tps
}

// startDurable starts a PostgreSQL in the same way as a host: durability is fully on.
func startDurable(b *testing.B) *postgres.Instance {
	b.Helper()
	dir, err := os.MkdirTemp("", "teahouse-bench-")
	if err != nil {
		b.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	instance, err := postgres.Start(context.Background(), postgres.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := instance.Stop(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return instance
}

func benchPool(b *testing.B, instance *postgres.Instance) *pgxpool.Pool {
	b.Helper()
	config, err := pgxpool.ParseConfig(instance.DSN(postgres.Database))
	if err != nil {
		b.Fatal(err)
	}
	config.MaxConns = benchClients
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	if err := migrations.Migrate(context.Background(), pool); err != nil {
		b.Fatal(err)
	}
	return pool
}
