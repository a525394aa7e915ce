-- revision: 1
-- hold_post captures p_amount of a hold (at most once) and releases the rest.
CREATE OR REPLACE FUNCTION payments.hold_post(
    p_client text, p_endpoint text, p_key text, p_fingerprint bytea,
    p_hold bigint, p_amount bigint, p_kind text,
    OUT code text, OUT replayed boolean, OUT transfer_id bigint,
    OUT debit_balance bigint, OUT credit_balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    req bigint;
    r record;
    h payments.hold;
BEGIN
    replayed := false;
    r := payments.begin_request(p_client, p_endpoint, p_key, p_fingerprint);
    code := r.code;
    req := r.request_id;
    IF code = 'replay' THEN
        replayed := true;
        code := 'ok';
        SELECT f.transfer_id, f.debit_balance, f.credit_balance
        INTO transfer_id, debit_balance, credit_balance FROM payments.first_transfer(req) f;
        RETURN;
    END IF;
    IF code <> 'new' THEN
        RETURN;
    END IF;
    SELECT * INTO h FROM payments.hold x WHERE x.id = p_hold FOR UPDATE;
    code := CASE
        WHEN h.id IS NULL THEN 'no-hold'
        WHEN h.state <> 'pending' THEN 'hold-resolved'
        WHEN h.expires_at <= clock_timestamp() THEN 'hold-expired'
        WHEN p_amount IS NULL OR p_amount < 1 OR p_amount > h.amount THEN 'bad-amount'
        ELSE 'ok' END;
    IF code = 'ok' THEN
        r := payments.post(req, p_kind, h.debit_id, h.credit_id, h.currency, p_amount,
            NULL, h.id, h.amount);
        code := r.code;
        transfer_id := r.transfer_id;
        debit_balance := r.debit_balance;
        credit_balance := r.credit_balance;
    END IF;
    IF code <> 'ok' THEN
        DELETE FROM payments.request WHERE id = req;
        RETURN;
    END IF;
    UPDATE payments.hold SET state = 'posted', captured = p_amount,
        released = amount - p_amount, resolved_at = clock_timestamp() WHERE id = h.id;
END $$;
