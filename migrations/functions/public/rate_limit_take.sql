-- revision: 1
-- rate_limit_take takes up to p_wanted calls out of a key's bucket, which holds p_burst and gains
-- one in each p_interval. taken is 0 when it is empty; full_in is how long it then needs to be full.
CREATE OR REPLACE FUNCTION rate_limit_take(
    p_rule text, p_key text, p_burst int, p_interval interval, p_wanted int,
    OUT taken int, OUT full_in interval
) LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
    filled timestamptz;
BEGIN
    INSERT INTO rate_limit (rule, key, full_at) VALUES (p_rule, p_key, '-infinity')
    ON CONFLICT DO NOTHING;
    SELECT r.full_at INTO filled FROM rate_limit r WHERE r.rule = p_rule AND r.key = p_key FOR UPDATE;
    at := clock_timestamp(); -- read under the lock, so that it never runs backwards for a key
    IF filled IS NULL OR filled < at THEN -- NULL: swept between the two statements
        filled := at;
    END IF;
    taken := least(p_wanted, floor(p_burst - extract(epoch FROM filled - at) / extract(epoch FROM p_interval)))::int;
    taken := greatest(taken, 0);
    filled := filled + taken * p_interval;
    INSERT INTO rate_limit (rule, key, full_at) VALUES (p_rule, p_key, filled)
    ON CONFLICT (rule, key) DO UPDATE SET full_at = excluded.full_at;
    full_in := filled - at;
END $$;
