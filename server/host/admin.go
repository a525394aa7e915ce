package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/postgres"
)

// Admin is the command that makes a person an administrator. It needs no login: a person who can run
// it on the host's machine can also change the database. It may run while the host runs.
type Admin struct {
	Handle      string `arg:"" help:"Handle of a person who has signed up."`
	Data        string `help:"Data directory of the running host." default:"data" type:"path" env:"TEAHOUSE_DATA"`
	PostgresURL string `help:"PostgreSQL of the host, when it does not run its own." env:"TEAHOUSE_POSTGRES_URL" placeholder:"URL"`
}

// Run gives the role and prints the next step.
func (a *Admin) Run(ctx context.Context) error {
	url := a.PostgresURL
	if url == "" {
		url = postgres.DSN(filepath.Join(a.Data, "postgres"), postgres.Database)
	}
	pool, _, err := openPool(ctx, url, 0)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := auth.GiveRole(ctx, pool, a.Handle, auth.RoleAdmin); err != nil {
		return fmt.Errorf("%w (is the host running, and is this its data directory?)", err)
	}
	fmt.Fprintf(os.Stdout, "%s is an administrator. At the next log-in on /admin/ a second factor is asked for.\n", a.Handle)
	return nil
}
