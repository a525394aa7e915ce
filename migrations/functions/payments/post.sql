-- revision: 1
-- post moves money between two accounts for a request that was begun. p_held is the part of the
-- debtor's held amount that this transfer consumes (0 unless it captures a hold). Callers assign
-- its result (r := payments.post(...)), which costs a third of selecting from it.
CREATE OR REPLACE FUNCTION payments.post(
    p_request bigint, p_kind text, p_debit bigint, p_credit bigint,
    p_currency text, p_amount bigint, p_order uuid, p_hold bigint, p_held bigint,
    OUT code text, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    d record;
    c record;
BEGIN
    IF p_amount IS NULL OR p_amount < 1 OR p_amount > 1000000000000 THEN
        code := 'bad-amount';
        RETURN;
    END IF;
    IF p_debit = p_credit THEN
        code := 'same-account';
        RETURN;
    END IF;
    IF p_debit < p_credit THEN
        SELECT a.currency, a.floor, a.balance, a.held, a.seq, a.status INTO d
        FROM payments.account a WHERE a.id = p_debit FOR NO KEY UPDATE;
        SELECT a.currency, a.floor, a.balance, a.held, a.seq, a.status INTO c
        FROM payments.account a WHERE a.id = p_credit FOR NO KEY UPDATE;
    ELSE
        SELECT a.currency, a.floor, a.balance, a.held, a.seq, a.status INTO c
        FROM payments.account a WHERE a.id = p_credit FOR NO KEY UPDATE;
        SELECT a.currency, a.floor, a.balance, a.held, a.seq, a.status INTO d
        FROM payments.account a WHERE a.id = p_debit FOR NO KEY UPDATE;
    END IF;
    code := CASE
        WHEN d.currency IS NULL OR c.currency IS NULL THEN 'no-account'
        WHEN d.currency <> p_currency OR c.currency <> p_currency THEN 'wrong-currency'
        WHEN d.status <> 'open' OR c.status <> 'open' THEN 'account-frozen'
        WHEN d.balance - (d.held - p_held) - p_amount < d.floor THEN 'insufficient-funds'
        WHEN c.balance + p_amount > 9007199254740991 THEN 'balance-limit'
        ELSE 'ok' END;
    IF code <> 'ok' THEN
        RETURN;
    END IF;
    debit_balance := d.balance - p_amount;
    credit_balance := c.balance + p_amount;
    INSERT INTO payments.transfer AS t
        (request_id, kind, debit_id, credit_id, currency, amount, debit_seq, credit_seq,
        order_id, hold_id)
    VALUES (p_request, p_kind, p_debit, p_credit, p_currency, p_amount,
        coalesce(d.seq, 0) + 1, coalesce(c.seq, 0) + 1, p_order, p_hold)
    RETURNING t.id INTO transfer_id;
    INSERT INTO payments.posting (account_id, seq, prev_seq, first_of, transfer_id, amount,
        balance_before, balance_after)
    VALUES (p_debit, coalesce(d.seq, 0) + 1, d.seq, CASE WHEN d.seq IS NULL THEN p_debit END,
            transfer_id, -p_amount, d.balance, debit_balance),
           (p_credit, coalesce(c.seq, 0) + 1, c.seq, CASE WHEN c.seq IS NULL THEN p_credit END,
            transfer_id, p_amount, c.balance, credit_balance);
    UPDATE payments.account
    SET balance = debit_balance, held = held - p_held, seq = coalesce(d.seq, 0) + 1
    WHERE id = p_debit;
    UPDATE payments.account
    SET balance = credit_balance, seq = coalesce(c.seq, 0) + 1 WHERE id = p_credit;
END $$;
