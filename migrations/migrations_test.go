package migrations_test

import (
	"context"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/migrations"
	"github.com/teahouse/teahouse/migrations/migrationtest"
)

func TestHostsThatStartTogetherMayAllMigrate(t *testing.T) {
	t.Parallel()
	pool := migrationtest.Open(t)
	group, ctx := errgroup.WithContext(context.Background())
	for range 4 {
		group.Go(func() error { return migrations.Migrate(ctx, pool) })
	}
	if err := group.Wait(); err != nil {
		t.Fatalf("migrating an up-to-date database again: %v", err)
	}
}
