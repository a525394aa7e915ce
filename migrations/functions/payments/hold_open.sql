-- revision: 1
-- hold_open sets money aside: it stays in the debtor's balance and cannot be spent.
CREATE OR REPLACE FUNCTION payments.hold_open(
    p_client text, p_endpoint text, p_key text, p_fingerprint bytea,
    p_debit bigint, p_credit bigint, p_currency text, p_amount bigint, p_expires_at timestamptz,
    OUT code text, OUT replayed boolean, OUT hold_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
    req bigint;
    r record;
    d payments.account;
    c payments.account;
BEGIN
    replayed := false;
    r := payments.begin_request(p_client, p_endpoint, p_key, p_fingerprint);
    code := r.code;
    req := r.request_id;
    IF code = 'replay' THEN
        replayed := true;
        code := 'ok';
        SELECT h.id INTO hold_id FROM payments.hold h WHERE h.request_id = req;
        RETURN;
    END IF;
    IF code <> 'new' THEN
        RETURN;
    END IF;
    SELECT * INTO d FROM payments.account a WHERE a.id = p_debit FOR NO KEY UPDATE;
    SELECT * INTO c FROM payments.account a WHERE a.id = p_credit;
    code := CASE
        WHEN p_amount IS NULL OR p_amount < 1 OR p_amount > 1000000000000 THEN 'bad-amount'
        WHEN p_debit = p_credit THEN 'same-account'
        WHEN d.id IS NULL OR c.id IS NULL THEN 'no-account'
        WHEN d.currency <> p_currency OR c.currency <> p_currency THEN 'wrong-currency'
        WHEN d.status <> 'open' OR c.status <> 'open' THEN 'account-frozen'
        WHEN d.balance - d.held - p_amount < d.floor THEN 'insufficient-funds'
        ELSE 'ok' END;
    IF code <> 'ok' THEN
        DELETE FROM payments.request WHERE id = req;
        RETURN;
    END IF;
    INSERT INTO payments.hold AS h
        (request_id, debit_id, credit_id, currency, amount, expires_at)
    VALUES (req, p_debit, p_credit, p_currency, p_amount, p_expires_at)
    RETURNING h.id INTO hold_id;
    UPDATE payments.account SET held = held + p_amount WHERE id = p_debit;
END $$;
