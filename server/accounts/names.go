package accounts

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// People returns the names of people; it leaves out those who do not exist.
func (s *Accounts) People(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]PersonRef, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, handle, display_name FROM app_user WHERE id = ANY ($1)`, ids)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[PersonRef])
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]PersonRef, len(found))
	for _, person := range found {
		byID[person.ID] = person
	}
	return byID, nil
}

// Names returns the names of the audit log's actors and targets, by keys such as "user:<id>",
// "app:<id>", "account:<id>". Unknown keys and keys of other kinds are left out.
func (s *Accounts) Names(ctx context.Context, keys []string) (map[string]string, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT 'user:' || id, coalesce(nullif(display_name, ''), handle) FROM app_user
			WHERE id = ANY (SELECT k::uuid FROM unnest($1::text[]) k)
		UNION ALL SELECT 'account:' || id, name FROM official_account
			WHERE id = ANY (SELECT k::uuid FROM unnest($2::text[]) k)
		UNION ALL SELECT 'app:' || id, name FROM app WHERE id = ANY ($3)`,
		idsOf(keys, "user:"), idsOf(keys, "account:"), textsOf(keys, "app:"))
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var key, name string
	_, err = pgx.ForEachRow(rows, []any{&key, &name}, func() error { names[key] = name; return nil })
	return names, err
}

// textsOf returns what follows the prefix in those keys that have it.
func textsOf(keys []string, prefix string) []string {
	found := []string{}
	for _, key := range keys {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			found = append(found, rest)
		}
	}
	return found
}

// idsOf is textsOf for UUIDs; invalid ones are left out.
func idsOf(keys []string, prefix string) []string {
	found := []string{}
	for _, text := range textsOf(keys, prefix) {
		if _, err := uuid.Parse(text); err == nil {
			found = append(found, text)
		}
	}
	return found
}
