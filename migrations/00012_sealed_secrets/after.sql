DO $$
BEGIN
    ASSERT (SELECT secret IS NOT NULL AND old_secret IS NOT NULL AND secret_sealed IS NULL
        FROM payments.webhook_endpoint WHERE app_id = 'ta0000000000000012'),
        'a secret waits for a host, which has the key to seal it';
END $$;
