-- revision: 1
-- hold_void gives a hold back. Voiding what is already given back is the same answer again, so it
-- needs no key.
CREATE OR REPLACE FUNCTION payments.hold_void(p_hold bigint, p_state text, OUT code text)
LANGUAGE plpgsql AS $$
DECLARE h payments.hold;
BEGIN
    SELECT * INTO h FROM payments.hold x WHERE x.id = p_hold FOR UPDATE;
    IF h.id IS NULL THEN
        code := 'no-hold';
        RETURN;
    END IF;
    IF h.state = 'posted' THEN
        code := 'hold-resolved';
        RETURN;
    END IF;
    code := 'ok';
    IF h.state <> 'pending' THEN
        RETURN;
    END IF;
    UPDATE payments.hold SET state = p_state, released = amount,
        resolved_at = clock_timestamp() WHERE id = h.id;
    UPDATE payments.account SET held = held - h.amount WHERE id = h.debit_id;
END $$;
