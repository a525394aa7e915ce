package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/teahouse/teahouse/payments"
	"github.com/teahouse/teahouse/server/postgres"
)

// Ledger groups the commands on the ledger.
type Ledger struct {
	Verify LedgerVerify `cmd:"" help:"Check that the ledger is correct, or name the first row that is wrong."`
}

// LedgerVerify is the command that checks the ledger. It only reads, and may run while the host runs.
type LedgerVerify struct {
	Data        string `help:"Data directory of the running host." default:"data" type:"path" env:"TEAHOUSE_DATA"`
	PostgresURL string `help:"PostgreSQL with the ledger, when the host does not run its own." env:"TEAHOUSE_POSTGRES_URL" placeholder:"URL"`
}

// Run prints a line for each rule and fails when one is broken.
func (v *LedgerVerify) Run(ctx context.Context) error {
	url := v.PostgresURL
	if url == "" {
		url = postgres.DSN(filepath.Join(v.Data, "postgres"), postgres.Database)
	}
	pool, _, err := openPool(ctx, url, 0)
	if err != nil {
		return fmt.Errorf("%w (is the host running, and is this its data directory?)", err)
	}
	defer pool.Close()
	report, err := payments.Verify(ctx, pool)
	if err != nil {
		return fmt.Errorf("%w (is the host running, and is this its data directory?)", err)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, check := range report.Checks {
		result := "ok"
		if check.Broken > 0 {
			result = fmt.Sprintf("%d broken, first: %s", check.Broken, check.FirstWrong)
		}
		fmt.Fprintf(table, "%s\t%d rows\t%s\n", check.Name, check.Rows, result)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return report.Err()
}
