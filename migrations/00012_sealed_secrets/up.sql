-- Secrets that are needed in the clear are sealed under the host's secret, which no dump holds. A host
-- seals the rows that are here when it starts; see payments/webhooks/seal.go.
ALTER TABLE payments.webhook_endpoint
    ADD COLUMN secret_sealed     bytea,
    ADD COLUMN old_secret_sealed bytea,
    ALTER COLUMN secret DROP NOT NULL,
    DROP CONSTRAINT webhook_endpoint_check,
    ADD CHECK ((secret IS NULL) <> (secret_sealed IS NULL)),
    ADD CHECK ((coalesce(old_secret, old_secret_sealed) IS NULL) = (old_until IS NULL));

-- The key that signs payment parameters is derived from the host's secret now.
DROP TABLE payments.signing_key;
