-- revision: 1
-- first_transfer answers a replay with what the first call answered.
CREATE OR REPLACE FUNCTION payments.first_transfer(
    p_request bigint, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint
) LANGUAGE sql STABLE AS $$
    SELECT t.id,
        (SELECT p.balance_after FROM payments.posting p
         WHERE p.account_id = t.debit_id AND p.seq = t.debit_seq),
        (SELECT p.balance_after FROM payments.posting p
         WHERE p.account_id = t.credit_id AND p.seq = t.credit_seq)
    FROM payments.transfer t WHERE t.request_id = p_request AND t.leg = 1
$$;
