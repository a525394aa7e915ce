-- revision: 1
CREATE OR REPLACE FUNCTION payments.transfer(
    p_client text, p_endpoint text, p_key text, p_fingerprint bytea,
    p_kind text, p_debit bigint, p_credit bigint, p_currency text, p_amount bigint, p_order uuid,
    OUT code text, OUT replayed boolean, OUT transfer_id bigint,
    OUT debit_balance bigint, OUT credit_balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
    req bigint;
    r record;
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
    r := payments.post(req, p_kind, p_debit, p_credit, p_currency, p_amount, p_order, NULL, 0);
    code := r.code;
    transfer_id := r.transfer_id;
    debit_balance := r.debit_balance;
    credit_balance := r.credit_balance;
    IF code <> 'ok' THEN
        DELETE FROM payments.request WHERE id = req;
    END IF;
END $$;
