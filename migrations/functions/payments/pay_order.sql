-- revision: 1
-- pay_order is the whole of a payment but for the job that announces it: key, order, accounts,
-- money, order state. Of any number of racing payments exactly one finds the order pending.
CREATE OR REPLACE FUNCTION payments.pay_order(
    p_client text, p_key text, p_fingerprint bytea,
    p_order uuid, p_payer text, p_open_id text,
    OUT code text, OUT replayed boolean, OUT transfer_id bigint,
    OUT debit_balance bigint, OUT credit_balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    req bigint;
    r record;
    wallet bigint;
    o payments.merchant_order;
BEGIN
    replayed := false;
    r := payments.begin_request(p_client, 'orders.pay', p_key, p_fingerprint);
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
    SELECT * INTO o FROM payments.merchant_order m WHERE m.id = p_order FOR UPDATE;
    code := CASE
        WHEN o.id IS NULL THEN 'no-order'
        WHEN o.open_id IS NOT NULL AND o.open_id IS DISTINCT FROM p_open_id THEN 'wrong-payer'
        WHEN o.state = 'paid' THEN 'order-paid'
        WHEN o.state = 'closed' THEN 'order-closed'
        WHEN o.state = 'expired' OR o.expires_at <= clock_timestamp() THEN 'order-expired'
        ELSE 'ok' END;
    IF code = 'ok' THEN
        SELECT a.id INTO wallet FROM payments.account a
        WHERE a.owner_type = 'user' AND a.owner_id = p_payer AND a.kind = 'wallet'
            AND a.currency = o.currency;
        IF wallet IS NULL THEN -- Whoever never had money in this currency has too little of it.
            code := 'insufficient-funds';
        END IF;
    END IF;
    IF code = 'ok' THEN
        r := payments.post(req, 'payment', wallet, o.payee_account_id, o.currency, o.amount,
            o.id, NULL, 0);
        code := r.code;
        transfer_id := r.transfer_id;
        debit_balance := r.debit_balance;
        credit_balance := r.credit_balance;
    END IF;
    IF code <> 'ok' THEN
        DELETE FROM payments.request WHERE id = req;
        RETURN;
    END IF;
    UPDATE payments.merchant_order m SET state = 'paid', paid_transfer_id = pay_order.transfer_id,
        payer_id = p_payer, paid_at = clock_timestamp() WHERE m.id = o.id;
END $$;
