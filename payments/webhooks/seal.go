package webhooks

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Sealer encrypts secrets under a key that lies outside the database. The name is bound to the sealed
// value, so that rows cannot be swapped.
type Sealer interface {
	Seal(plain []byte, name string) ([]byte, error)
	Open(sealed []byte, name string) ([]byte, error)
}

// secretName is the name of an app's secret. The present one and the one before share it: a change
// moves the sealed value as it is.
func secretName(appID string) string { return "webhook secret of " + appID }

// SealStored seals secrets that an older version stored in the clear. A host calls it when it starts.
func (s *Service) SealStored(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT app_id, secret, old_secret FROM payments.webhook_endpoint
			WHERE secret IS NOT NULL OR old_secret IS NOT NULL FOR UPDATE`)
		if err != nil {
			return fmt.Errorf("webhooks: sealing: %w", err)
		}
		type row struct {
			AppID       string
			Secret, Old []byte
		}
		plain, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
		if err != nil {
			return fmt.Errorf("webhooks: sealing: %w", err)
		}
		for _, r := range plain {
			secret, err := s.sealOrNil(r.Secret, r.AppID)
			if err != nil {
				return err
			}
			old, err := s.sealOrNil(r.Old, r.AppID)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `
				UPDATE payments.webhook_endpoint SET secret = NULL, old_secret = NULL,
				       secret_sealed = coalesce($2, secret_sealed), old_secret_sealed = coalesce($3, old_secret_sealed)
				WHERE app_id = $1`, r.AppID, secret, old); err != nil {
				return fmt.Errorf("webhooks: sealing: %w", err)
			}
		}
		return nil
	})
}

func (s *Service) sealOrNil(secret []byte, appID string) ([]byte, error) {
	if secret == nil {
		return nil, nil
	}
	sealed, err := s.sealer.Seal(secret, secretName(appID))
	if err != nil {
		return nil, fmt.Errorf("webhooks: sealing: %w", err)
	}
	return sealed, nil
}

// open returns the secrets that sign a message, the present one first.
func (s *Service) open(appID string, sealed ...[]byte) (secrets [][]byte, err error) {
	for _, one := range sealed {
		if one == nil {
			continue
		}
		secret, err := s.sealer.Open(one, secretName(appID))
		if err != nil {
			return nil, fmt.Errorf("webhooks: %w", err)
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}
