-- revision: 1
-- The functions of this folder answer with a code instead of raising: a refusal is a normal answer,
-- and an exception would cost the caller its transaction. Codes are those of payments.Outcome in Go.
-- Lock order, everywhere: request row, then order/hold/bank row, then accounts by ascending id.

-- begin_request claims an idempotency key. A twin that runs at the same moment waits on the unique
-- index until the first one is done, then finds its row. code is 'new', 'replay' or 'key-reused'.
CREATE OR REPLACE FUNCTION payments.begin_request(
    p_client text, p_endpoint text, p_key text, p_fingerprint bytea,
    OUT code text, OUT request_id bigint
) LANGUAGE plpgsql AS $$
DECLARE known bytea;
BEGIN
    LOOP
        INSERT INTO payments.request (client, endpoint, key, fingerprint)
        VALUES (p_client, p_endpoint, p_key, p_fingerprint)
        ON CONFLICT (client, endpoint, key) DO NOTHING
        RETURNING id INTO request_id;
        IF FOUND THEN
            code := 'new';
            RETURN;
        END IF;
        SELECT r.id, r.fingerprint INTO request_id, known FROM payments.request r
        WHERE r.client = p_client AND r.endpoint = p_endpoint AND r.key = p_key;
        IF FOUND THEN
            code := CASE WHEN known = p_fingerprint THEN 'replay' ELSE 'key-reused' END;
            RETURN;
        END IF;
        -- The twin was refused and took its row away between our two statements: our turn.
    END LOOP;
END $$;
