-- A database as a host of schema 00006 left it, with the job queue of an earlier version and some
-- rows in every room: made with pg_dump --inserts --no-owner --no-privileges. It is not changed any
-- more; the tests bring it to the newest schema.

SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;

CREATE SCHEMA payments;

CREATE SCHEMA sandboxbank;

CREATE DOMAIN payments.account_status AS text
	CONSTRAINT account_status_check CHECK ((VALUE = ANY (ARRAY['open'::text, 'frozen'::text])));

CREATE DOMAIN payments.amount AS bigint
	CONSTRAINT amount_check CHECK (((VALUE >= 1) AND (VALUE <= '1000000000000'::bigint)));

CREATE DOMAIN payments.app_id AS text
	CONSTRAINT app_id_check CHECK (((length(VALUE) >= 1) AND (length(VALUE) <= 64)));

CREATE DOMAIN payments.attach AS text
	CONSTRAINT attach_check CHECK ((length(VALUE) <= 128));

CREATE DOMAIN payments.change AS bigint
	CONSTRAINT change_check CHECK ((VALUE <> 0));

CREATE DOMAIN payments.description AS text
	CONSTRAINT description_check CHECK (((length(VALUE) >= 1) AND (length(VALUE) <= 127)));

CREATE DOMAIN payments.leg AS smallint
	CONSTRAINT leg_check CHECK (((VALUE >= 1) AND (VALUE <= 16)));

CREATE DOMAIN payments.line_number AS bigint
	CONSTRAINT line_number_check CHECK ((VALUE >= 1));

CREATE DOMAIN payments.name AS text
	CONSTRAINT name_check CHECK (((length(VALUE) >= 1) AND (length(VALUE) <= 128)));

CREATE DOMAIN payments.order_state AS text
	CONSTRAINT order_state_check CHECK ((VALUE = ANY (ARRAY['pending'::text, 'paid'::text, 'closed'::text, 'expired'::text])));

CREATE DOMAIN payments.party AS text
	CONSTRAINT party_check CHECK (((length(VALUE) >= 1) AND (length(VALUE) <= 64)));

CREATE DOMAIN payments.request_key AS text
	CONSTRAINT request_key_check CHECK (((length(VALUE) >= 1) AND (length(VALUE) <= 255)));

CREATE DOMAIN payments.sha256 AS bytea
	CONSTRAINT sha256_check CHECK ((length(VALUE) = 32));

CREATE DOMAIN payments.trade_no AS text
	CONSTRAINT trade_no_check CHECK (((length(VALUE) >= 6) AND (length(VALUE) <= 32)));

CREATE DOMAIN payments.transfer_kind AS text
	CONSTRAINT transfer_kind_check CHECK ((VALUE = ANY (ARRAY['payment'::text, 'top_up'::text, 'withdrawal'::text, 'refund'::text, 'fee'::text, 'transfer'::text, 'reversal'::text])));

CREATE TYPE public.river_job_state AS ENUM (
    'available',
    'cancelled',
    'completed',
    'discarded',
    'pending',
    'retryable',
    'running',
    'scheduled'
);

CREATE FUNCTION payments.begin_request(p_client text, p_endpoint text, p_key text, p_fingerprint bytea, OUT code text, OUT request_id bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION payments.first_transfer(p_request bigint, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint) RETURNS record
    LANGUAGE sql STABLE
    AS $$
    SELECT t.id,
        (SELECT p.balance_after FROM payments.posting p
         WHERE p.account_id = t.debit_id AND p.seq = t.debit_seq),
        (SELECT p.balance_after FROM payments.posting p
         WHERE p.account_id = t.credit_id AND p.seq = t.credit_seq)
    FROM payments.transfer t WHERE t.request_id = p_request AND t.leg = 1
$$;

CREATE FUNCTION payments.hold_open(p_client text, p_endpoint text, p_key text, p_fingerprint bytea, p_debit bigint, p_credit bigint, p_currency text, p_amount bigint, p_expires_at timestamp with time zone, OUT code text, OUT replayed boolean, OUT hold_id bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION payments.hold_post(p_client text, p_endpoint text, p_key text, p_fingerprint bytea, p_hold bigint, p_amount bigint, p_kind text, OUT code text, OUT replayed boolean, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION payments.hold_void(p_hold bigint, p_state text, OUT code text) RETURNS text
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION payments.pay_order(p_client text, p_key text, p_fingerprint bytea, p_order uuid, p_payer text, p_open_id text, OUT code text, OUT replayed boolean, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION payments.post(p_request bigint, p_kind text, p_debit bigint, p_credit bigint, p_currency text, p_amount bigint, p_order uuid, p_hold bigint, p_held bigint, OUT code text, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION payments.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the history of money is append-only',
        TG_OP, TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION payments.transfer(p_client text, p_endpoint text, p_key text, p_fingerprint bytea, p_kind text, p_debit bigint, p_credit bigint, p_currency text, p_amount bigint, p_order uuid, OUT code text, OUT replayed boolean, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.audit_log_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION public.river_job_state_in_bitmask(bitmask bit, state public.river_job_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$$;

CREATE TABLE payments.account (
    id bigint NOT NULL,
    owner_type text NOT NULL,
    owner_id payments.name NOT NULL,
    kind text NOT NULL,
    currency text NOT NULL,
    floor bigint NOT NULL,
    balance bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    seq bigint,
    status payments.account_status DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_balance CHECK (((held >= 0) AND ((balance - held) >= floor) AND (balance <= '9007199254740991'::bigint) AND ((seq IS NOT NULL) OR (balance = 0))))
)
WITH (fillfactor='50');

CREATE SEQUENCE payments.account_id
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE payments.account_kind (
    kind text NOT NULL,
    owner_type text NOT NULL,
    floor bigint NOT NULL
);

CREATE TABLE payments.bank_move (
    id uuid NOT NULL,
    request_id bigint NOT NULL,
    direction text NOT NULL,
    bank text NOT NULL,
    bank_ref text,
    owner_id text NOT NULL,
    account_id bigint NOT NULL,
    clearing_id bigint NOT NULL,
    currency text NOT NULL,
    amount payments.amount NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    reason text,
    transfer_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT bank_move_bank_check CHECK (((length(bank) >= 1) AND (length(bank) <= 32))),
    CONSTRAINT bank_move_bank_ref_check CHECK (((length(bank_ref) >= 1) AND (length(bank_ref) <= 128))),
    CONSTRAINT bank_move_check CHECK (((state = 'settled'::text) = (transfer_id IS NOT NULL))),
    CONSTRAINT bank_move_check1 CHECK (((state <> 'settled'::text) OR (bank_ref IS NOT NULL))),
    CONSTRAINT bank_move_check2 CHECK (((state = 'pending'::text) = (settled_at IS NULL))),
    CONSTRAINT bank_move_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
    CONSTRAINT bank_move_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'settled'::text, 'refused'::text])))
);

CREATE TABLE payments.currency (
    code text NOT NULL,
    num smallint NOT NULL,
    exponent smallint NOT NULL,
    CONSTRAINT currency_code_check CHECK ((code ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT currency_exponent_check CHECK (((exponent >= 0) AND (exponent <= 4))),
    CONSTRAINT currency_num_check CHECK (((num >= 1) AND (num <= 999)))
);

CREATE TABLE payments.hold (
    id bigint NOT NULL,
    request_id bigint NOT NULL,
    debit_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    currency text NOT NULL,
    amount payments.amount NOT NULL,
    captured bigint DEFAULT 0 NOT NULL,
    released bigint DEFAULT 0 NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    CONSTRAINT hold_captured_check CHECK ((captured >= 0)),
    CONSTRAINT hold_check CHECK ((debit_id <> credit_id)),
    CONSTRAINT hold_check1 CHECK (((captured + released) =
CASE state
    WHEN 'pending'::text THEN (0)::bigint
    ELSE (amount)::bigint
END)),
    CONSTRAINT hold_check2 CHECK (((state = 'posted'::text) = (captured > 0))),
    CONSTRAINT hold_check3 CHECK (((state = 'pending'::text) = (resolved_at IS NULL))),
    CONSTRAINT hold_released_check CHECK ((released >= 0)),
    CONSTRAINT hold_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'posted'::text, 'voided'::text, 'expired'::text])))
);

ALTER TABLE payments.hold ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME payments.hold_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE payments.merchant_order (
    id uuid NOT NULL,
    app_id payments.app_id NOT NULL,
    out_trade_no payments.trade_no NOT NULL,
    fingerprint payments.sha256 NOT NULL,
    description payments.description NOT NULL,
    attach payments.attach DEFAULT ''::text NOT NULL,
    amount payments.amount NOT NULL,
    currency text NOT NULL,
    payee_account_id bigint NOT NULL,
    payee_id payments.party NOT NULL,
    payee_name payments.name NOT NULL,
    open_id payments.party,
    state payments.order_state DEFAULT 'pending'::text NOT NULL,
    payer_id text,
    paid_transfer_id bigint,
    refunded bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    paid_at timestamp with time zone,
    closed_at timestamp with time zone,
    CONSTRAINT merchant_order_state CHECK ((((refunded >= 0) AND (refunded <= (amount)::bigint)) AND ((refunded = 0) OR ((state)::text = 'paid'::text)) AND (expires_at > created_at) AND (((state)::text = 'paid'::text) = (paid_transfer_id IS NOT NULL)) AND (((state)::text = 'paid'::text) = (paid_at IS NOT NULL)) AND (((state)::text = 'paid'::text) = (payer_id IS NOT NULL)) AND (((state)::text = ANY (ARRAY['closed'::text, 'expired'::text])) = (closed_at IS NOT NULL))))
);

CREATE TABLE payments.posting (
    account_id bigint NOT NULL,
    seq payments.line_number NOT NULL,
    prev_seq bigint,
    first_of bigint,
    transfer_id bigint NOT NULL,
    amount payments.change NOT NULL,
    balance_before bigint NOT NULL,
    balance_after bigint NOT NULL,
    CONSTRAINT posting_line CHECK (((balance_after = (balance_before + (amount)::bigint)) AND
CASE
    WHEN ((seq)::bigint > 1) THEN ((prev_seq IS NOT NULL) AND (prev_seq = ((seq)::bigint - 1)))
    ELSE ((prev_seq IS NULL) AND (balance_before = 0) AND (first_of IS NOT NULL) AND (first_of = account_id))
END))
);

CREATE TABLE payments.request (
    id bigint NOT NULL,
    client payments.name NOT NULL,
    endpoint payments.name NOT NULL,
    key payments.request_key NOT NULL,
    fingerprint payments.sha256 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE payments.request ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME payments.request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE payments.signing_key (
    id smallint DEFAULT 1 NOT NULL,
    secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT signing_key_id_check CHECK ((id = 1)),
    CONSTRAINT signing_key_secret_check CHECK ((length(secret) = 32))
);

CREATE TABLE payments.transfer (
    id bigint NOT NULL,
    request_id bigint NOT NULL,
    leg payments.leg DEFAULT 1 NOT NULL,
    kind payments.transfer_kind NOT NULL,
    debit_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    currency text NOT NULL,
    amount payments.amount NOT NULL,
    debit_seq payments.line_number NOT NULL,
    credit_seq payments.line_number NOT NULL,
    hold_id bigint,
    reverses_id bigint,
    order_id uuid,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT transfer_check CHECK ((debit_id <> credit_id))
);

ALTER TABLE payments.transfer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME payments.transfer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE payments.wallet_pin (
    user_id text NOT NULL,
    hash text NOT NULL,
    failures smallint DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT wallet_pin_failures_check CHECK (((failures >= 0) AND (failures <= 5)))
);

CREATE TABLE payments.webhook_attempt (
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    url text NOT NULL,
    status integer,
    duration_ms integer NOT NULL,
    error text,
    response_start text DEFAULT ''::text NOT NULL,
    attempted_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhook_attempt_check CHECK (((status IS NULL) <> (error IS NULL))),
    CONSTRAINT webhook_attempt_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT webhook_attempt_number_check CHECK ((number >= 1)),
    CONSTRAINT webhook_attempt_status_check CHECK (((status >= 100) AND (status <= 999)))
);

CREATE TABLE payments.webhook_delivery (
    id uuid NOT NULL,
    event_id text NOT NULL,
    app_id text NOT NULL,
    state text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    round integer DEFAULT 1 NOT NULL,
    next_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    delivered_at timestamp with time zone,
    CONSTRAINT webhook_delivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT webhook_delivery_check CHECK (((state = 'delivered'::text) = (delivered_at IS NOT NULL))),
    CONSTRAINT webhook_delivery_check1 CHECK (((state = 'pending'::text) OR (next_at IS NULL))),
    CONSTRAINT webhook_delivery_round_check CHECK ((round >= 1)),
    CONSTRAINT webhook_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
);

CREATE TABLE payments.webhook_endpoint (
    app_id text NOT NULL,
    url text NOT NULL,
    secret bytea NOT NULL,
    old_secret bytea,
    old_until timestamp with time zone,
    disabled_reason text,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhook_endpoint_app_id_check CHECK (((length(app_id) >= 1) AND (length(app_id) <= 64))),
    CONSTRAINT webhook_endpoint_check CHECK (((old_secret IS NULL) = (old_until IS NULL))),
    CONSTRAINT webhook_endpoint_old_secret_check CHECK (((length(old_secret) >= 24) AND (length(old_secret) <= 64))),
    CONSTRAINT webhook_endpoint_secret_check CHECK (((length(secret) >= 24) AND (length(secret) <= 64))),
    CONSTRAINT webhook_endpoint_url_check CHECK (((length(url) >= 1) AND (length(url) <= 2048)))
);

CREATE TABLE payments.webhook_event (
    id text NOT NULL,
    app_id text NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    payload text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhook_event_id_check CHECK (((length(id) >= 1) AND (length(id) <= 64))),
    CONSTRAINT webhook_event_payload_check CHECK ((length(payload) <= 20000)),
    CONSTRAINT webhook_event_type_check CHECK ((type ~ '^[a-z_]+(\.[a-z_]+)+$'::text))
);

CREATE TABLE public.account_contact (
    account_id uuid NOT NULL,
    user_id uuid NOT NULL,
    last_action_at timestamp with time zone NOT NULL
);

CREATE TABLE public.account_member (
    account_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_member_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'developer'::text])))
);

CREATE TABLE public.api_token (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    hint text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.app (
    id text NOT NULL,
    account_id uuid NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    icon_url text DEFAULT ''::text NOT NULL,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT app_id_check CHECK ((id ~ '^ta[0-9a-f]{16}$'::text))
);

CREATE TABLE public.app_image (
    hash text NOT NULL,
    size bigint NOT NULL,
    files jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT app_image_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT app_image_size_check CHECK ((size > 0))
);

CREATE TABLE public.app_log (
    id bigint NOT NULL,
    app_id text NOT NULL,
    version_id uuid NOT NULL,
    session_id uuid NOT NULL,
    "time" timestamp with time zone NOT NULL,
    level text NOT NULL,
    kind text NOT NULL,
    text text NOT NULL,
    file text DEFAULT ''::text NOT NULL,
    line integer DEFAULT 0 NOT NULL,
    col integer DEFAULT 0 NOT NULL,
    stack text DEFAULT ''::text NOT NULL,
    api text DEFAULT ''::text NOT NULL,
    page text DEFAULT ''::text NOT NULL,
    CONSTRAINT app_log_level_check CHECK ((level = ANY (ARRAY['log'::text, 'info'::text, 'warn'::text, 'error'::text])))
);

ALTER TABLE public.app_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.app_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.app_secret (
    app_id text NOT NULL,
    generation integer DEFAULT 1 NOT NULL,
    secret_hash bytea NOT NULL,
    hint text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.app_storage (
    user_id uuid NOT NULL,
    app_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT app_storage_key_check CHECK (((octet_length(key) >= 1) AND (octet_length(key) <= 1024))),
    CONSTRAINT app_storage_value_check CHECK ((octet_length(value) <= 1048576))
);

CREATE TABLE public.app_user (
    id uuid NOT NULL,
    handle text NOT NULL,
    display_name text NOT NULL,
    avatar_url text DEFAULT ''::text NOT NULL,
    password_hash text NOT NULL,
    roles text[] DEFAULT '{user}'::text[] NOT NULL,
    locale text DEFAULT 'en'::text NOT NULL,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.audit_log (
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    request_id text DEFAULT ''::text NOT NULL,
    ip text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.bundle (
    sha256 text NOT NULL,
    size bigint NOT NULL,
    unpacked_size bigint NOT NULL,
    file_count integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT bundle_file_count_check CHECK ((file_count > 0)),
    CONSTRAINT bundle_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT bundle_size_check CHECK ((size > 0)),
    CONSTRAINT bundle_unpacked_size_check CHECK ((unpacked_size >= 0))
);

CREATE TABLE public.consent (
    user_id uuid NOT NULL,
    app_id text NOT NULL,
    scope text NOT NULL,
    granted_at timestamp with time zone NOT NULL
);

CREATE TABLE public.conversation (
    id uuid NOT NULL,
    kind text NOT NULL,
    pair text NOT NULL,
    account_id uuid,
    last_seq bigint DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT conversation_check CHECK (((kind = 'account'::text) = (account_id IS NOT NULL))),
    CONSTRAINT conversation_kind_check CHECK ((kind = ANY (ARRAY['direct'::text, 'account'::text])))
)
WITH (fillfactor='70');

CREATE TABLE public.conversation_member (
    conversation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    read_seq bigint DEFAULT 0 NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.finding (
    submission_id uuid NOT NULL,
    ordinal integer NOT NULL,
    rule text NOT NULL,
    text text NOT NULL,
    file text DEFAULT ''::text NOT NULL,
    line integer DEFAULT 0 NOT NULL,
    CONSTRAINT finding_line_check CHECK ((line >= 0))
);

CREATE TABLE public.follower (
    account_id uuid NOT NULL,
    user_id uuid NOT NULL,
    followed_at timestamp with time zone NOT NULL,
    unfollowed_at timestamp with time zone,
    welcomed_at timestamp with time zone,
    conversation_id uuid
);

CREATE TABLE public.goose_db_version (
    id integer NOT NULL,
    version_id bigint NOT NULL,
    is_applied boolean NOT NULL,
    tstamp timestamp without time zone DEFAULT now() NOT NULL
);

ALTER TABLE public.goose_db_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.goose_db_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.login_code (
    code_hash bytea NOT NULL,
    app_id text NOT NULL,
    user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

CREATE TABLE public.media (
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    access_key text NOT NULL,
    mime text NOT NULL,
    size bigint NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT media_height_check CHECK ((height > 0)),
    CONSTRAINT media_size_check CHECK ((size > 0)),
    CONSTRAINT media_width_check CHECK ((width > 0))
);

CREATE TABLE public.message (
    id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    seq bigint NOT NULL,
    sender_type text NOT NULL,
    sender_id uuid NOT NULL,
    client_id text NOT NULL,
    kind text NOT NULL,
    content jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT message_sender_type_check CHECK ((sender_type = ANY (ARRAY['user'::text, 'account'::text, 'system'::text]))),
    CONSTRAINT message_seq_check CHECK ((seq > 0))
);

CREATE TABLE public.official_account (
    id uuid NOT NULL,
    handle text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    kind text NOT NULL,
    avatar_url text DEFAULT ''::text NOT NULL,
    verified boolean DEFAULT false NOT NULL,
    welcome_text text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT official_account_kind_check CHECK ((kind = ANY (ARRAY['service'::text, 'subscription'::text])))
);

CREATE TABLE public.open_id (
    app_id text NOT NULL,
    user_id uuid NOT NULL,
    open_id text NOT NULL,
    union_id text NOT NULL
);

CREATE TABLE public.recent_app (
    user_id uuid NOT NULL,
    app_id text NOT NULL,
    last_opened_at timestamp with time zone NOT NULL
);

CREATE TABLE public.refresh_token (
    id uuid NOT NULL,
    family_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    successor_id uuid,
    successor_seed bytea,
    created_at timestamp with time zone NOT NULL,
    rotated_at timestamp with time zone,
    revoked_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    ip text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.release (
    id uuid NOT NULL,
    app_id text NOT NULL,
    version_id uuid NOT NULL,
    released_by uuid NOT NULL,
    released_at timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone
);

CREATE UNLOGGED TABLE public.river_client (
    id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT name_length CHECK (((char_length(id) > 0) AND (char_length(id) < 128)))
);

CREATE UNLOGGED TABLE public.river_client_queue (
    river_client_id text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    max_workers bigint DEFAULT 0 NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    num_jobs_completed bigint DEFAULT 0 NOT NULL,
    num_jobs_running bigint DEFAULT 0 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT name_length CHECK (((char_length(name) > 0) AND (char_length(name) < 128))),
    CONSTRAINT num_jobs_completed_zero_or_positive CHECK ((num_jobs_completed >= 0)),
    CONSTRAINT num_jobs_running_zero_or_positive CHECK ((num_jobs_running >= 0))
);

CREATE TABLE public.river_job (
    id bigint NOT NULL,
    state public.river_job_state DEFAULT 'available'::public.river_job_state NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint NOT NULL,
    attempted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finalized_at timestamp with time zone,
    scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
    unique_key bytea,
    unique_states bit(8),
    CONSTRAINT finalized_or_finalized_at_null CHECK ((((finalized_at IS NULL) AND (state <> ALL (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))) OR ((finalized_at IS NOT NULL) AND (state = ANY (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))))),
    CONSTRAINT kind_length CHECK (((char_length(kind) > 0) AND (char_length(kind) < 128))),
    CONSTRAINT max_attempts_is_positive CHECK ((max_attempts > 0)),
    CONSTRAINT priority_in_range CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT queue_length CHECK (((char_length(queue) > 0) AND (char_length(queue) < 128)))
);

CREATE SEQUENCE public.river_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.river_job_id_seq OWNED BY public.river_job.id;

CREATE UNLOGGED TABLE public.river_leader (
    elected_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    leader_id text NOT NULL,
    name text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT leader_id_length CHECK (((char_length(leader_id) > 0) AND (char_length(leader_id) < 128))),
    CONSTRAINT name_length CHECK ((name = 'default'::text))
);

CREATE TABLE public.river_migration (
    line text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT line_length CHECK (((char_length(line) > 0) AND (char_length(line) < 128))),
    CONSTRAINT version_gte_1 CHECK ((version >= 1))
);

CREATE TABLE public.river_queue (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE public.signing_key (
    kid text NOT NULL,
    generation bigint NOT NULL,
    public_key bytea NOT NULL,
    private_sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    activates_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.submission (
    id uuid NOT NULL,
    version_id uuid NOT NULL,
    app_id text NOT NULL,
    state text NOT NULL,
    notes text NOT NULL,
    scope_reasons jsonb NOT NULL,
    submitted_by uuid NOT NULL,
    submitted_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_by uuid,
    decided_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT submission_check CHECK (((state = 'pending'::text) = (decided_at IS NULL))),
    CONSTRAINT submission_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'withdrawn'::text, 'approved'::text, 'rejected'::text])))
);

CREATE TABLE public.subscription_grant (
    user_id uuid NOT NULL,
    app_id text NOT NULL,
    template_id uuid NOT NULL,
    remaining integer NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT subscription_grant_remaining_check CHECK ((remaining >= 0))
);

CREATE TABLE public.subscription_message (
    app_id text NOT NULL,
    client_id text NOT NULL,
    user_id uuid NOT NULL,
    template_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.subscription_template (
    id uuid NOT NULL,
    app_id text NOT NULL,
    title text NOT NULL,
    fields jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.version (
    id uuid NOT NULL,
    app_id text NOT NULL,
    label text NOT NULL,
    state text NOT NULL,
    notes text NOT NULL,
    bundle_sha256 text NOT NULL,
    image_hash text,
    diagnostics jsonb NOT NULL,
    report jsonb NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT version_check CHECK (((state = 'failed'::text) = (image_hash IS NULL))),
    CONSTRAINT version_label_check CHECK ((label <> ''::text)),
    CONSTRAINT version_state_check CHECK ((state = ANY (ARRAY['failed'::text, 'ready'::text, 'submitted'::text, 'approved'::text, 'rejected'::text, 'released'::text, 'retired'::text])))
);

CREATE TABLE sandboxbank.customer (
    id text NOT NULL,
    currency text NOT NULL,
    balance bigint NOT NULL,
    CONSTRAINT customer_balance_check CHECK ((balance >= 0))
);

CREATE TABLE sandboxbank.instruction (
    ref text NOT NULL,
    bank_ref text NOT NULL,
    customer_id text NOT NULL,
    currency text NOT NULL,
    amount bigint NOT NULL,
    state text DEFAULT 'accepted'::text NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_at timestamp with time zone,
    CONSTRAINT instruction_amount_check CHECK ((amount > 0)),
    CONSTRAINT instruction_check CHECK (((state = 'accepted'::text) = (decided_at IS NULL))),
    CONSTRAINT instruction_check1 CHECK (((state = 'refused'::text) = (reason IS NOT NULL))),
    CONSTRAINT instruction_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'settled'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.river_job ALTER COLUMN id SET DEFAULT nextval('public.river_job_id_seq'::regclass);

INSERT INTO payments.account VALUES (1000000002, 'platform', 'platform', 'bank_clearing', 'CNY', -9007199254740991, -10000, 0, 1, 'open', '2026-11-30 21:57:37.443418+00');
INSERT INTO payments.account VALUES (1000000001, 'account', '01920000-0000-7000-8000-000000000021', 'merchant', 'CNY', 0, 1800, 0, 1, 'open', '2026-11-30 21:57:37.443418+00');
INSERT INTO payments.account VALUES (1, 'user', '01920000-0000-7000-8000-000000000002', 'wallet', 'CNY', 0, 8200, 500, 2, 'open', '2026-11-30 21:57:37.443418+00');

INSERT INTO payments.account_kind VALUES ('wallet', 'user', 0);
INSERT INTO payments.account_kind VALUES ('merchant', 'account', 0);
INSERT INTO payments.account_kind VALUES ('fee', 'platform', 0);
INSERT INTO payments.account_kind VALUES ('bank_clearing', 'platform', -9007199254740991);
INSERT INTO payments.account_kind VALUES ('world', 'platform', -9007199254740991);

INSERT INTO payments.currency VALUES ('AED', 784, 2);
INSERT INTO payments.currency VALUES ('AFN', 971, 2);
INSERT INTO payments.currency VALUES ('ALL', 8, 2);
INSERT INTO payments.currency VALUES ('AMD', 51, 2);
INSERT INTO payments.currency VALUES ('AOA', 973, 2);
INSERT INTO payments.currency VALUES ('ARS', 32, 2);
INSERT INTO payments.currency VALUES ('AUD', 36, 2);
INSERT INTO payments.currency VALUES ('AWG', 533, 2);
INSERT INTO payments.currency VALUES ('AZN', 944, 2);
INSERT INTO payments.currency VALUES ('BAM', 977, 2);
INSERT INTO payments.currency VALUES ('BBD', 52, 2);
INSERT INTO payments.currency VALUES ('BDT', 50, 2);
INSERT INTO payments.currency VALUES ('BHD', 48, 3);
INSERT INTO payments.currency VALUES ('BIF', 108, 0);
INSERT INTO payments.currency VALUES ('BMD', 60, 2);
INSERT INTO payments.currency VALUES ('BND', 96, 2);
INSERT INTO payments.currency VALUES ('BOB', 68, 2);
INSERT INTO payments.currency VALUES ('BRL', 986, 2);
INSERT INTO payments.currency VALUES ('BSD', 44, 2);
INSERT INTO payments.currency VALUES ('BTN', 64, 2);
INSERT INTO payments.currency VALUES ('BWP', 72, 2);
INSERT INTO payments.currency VALUES ('BYN', 933, 2);
INSERT INTO payments.currency VALUES ('BZD', 84, 2);
INSERT INTO payments.currency VALUES ('CAD', 124, 2);
INSERT INTO payments.currency VALUES ('CDF', 976, 2);
INSERT INTO payments.currency VALUES ('CHF', 756, 2);
INSERT INTO payments.currency VALUES ('CLF', 990, 4);
INSERT INTO payments.currency VALUES ('CLP', 152, 0);
INSERT INTO payments.currency VALUES ('CNY', 156, 2);
INSERT INTO payments.currency VALUES ('COP', 170, 2);
INSERT INTO payments.currency VALUES ('CRC', 188, 2);
INSERT INTO payments.currency VALUES ('CUP', 192, 2);
INSERT INTO payments.currency VALUES ('CVE', 132, 2);
INSERT INTO payments.currency VALUES ('CZK', 203, 2);
INSERT INTO payments.currency VALUES ('DJF', 262, 0);
INSERT INTO payments.currency VALUES ('DKK', 208, 2);
INSERT INTO payments.currency VALUES ('DOP', 214, 2);
INSERT INTO payments.currency VALUES ('DZD', 12, 2);
INSERT INTO payments.currency VALUES ('EGP', 818, 2);
INSERT INTO payments.currency VALUES ('ERN', 232, 2);
INSERT INTO payments.currency VALUES ('ETB', 230, 2);
INSERT INTO payments.currency VALUES ('EUR', 978, 2);
INSERT INTO payments.currency VALUES ('FJD', 242, 2);
INSERT INTO payments.currency VALUES ('FKP', 238, 2);
INSERT INTO payments.currency VALUES ('GBP', 826, 2);
INSERT INTO payments.currency VALUES ('GEL', 981, 2);
INSERT INTO payments.currency VALUES ('GHS', 936, 2);
INSERT INTO payments.currency VALUES ('GIP', 292, 2);
INSERT INTO payments.currency VALUES ('GMD', 270, 2);
INSERT INTO payments.currency VALUES ('GNF', 324, 0);
INSERT INTO payments.currency VALUES ('GTQ', 320, 2);
INSERT INTO payments.currency VALUES ('GYD', 328, 2);
INSERT INTO payments.currency VALUES ('HKD', 344, 2);
INSERT INTO payments.currency VALUES ('HNL', 340, 2);
INSERT INTO payments.currency VALUES ('HTG', 332, 2);
INSERT INTO payments.currency VALUES ('HUF', 348, 2);
INSERT INTO payments.currency VALUES ('IDR', 360, 2);
INSERT INTO payments.currency VALUES ('ILS', 376, 2);
INSERT INTO payments.currency VALUES ('INR', 356, 2);
INSERT INTO payments.currency VALUES ('IQD', 368, 3);
INSERT INTO payments.currency VALUES ('IRR', 364, 2);
INSERT INTO payments.currency VALUES ('ISK', 352, 0);
INSERT INTO payments.currency VALUES ('JMD', 388, 2);
INSERT INTO payments.currency VALUES ('JOD', 400, 3);
INSERT INTO payments.currency VALUES ('JPY', 392, 0);
INSERT INTO payments.currency VALUES ('KES', 404, 2);
INSERT INTO payments.currency VALUES ('KGS', 417, 2);
INSERT INTO payments.currency VALUES ('KHR', 116, 2);
INSERT INTO payments.currency VALUES ('KMF', 174, 0);
INSERT INTO payments.currency VALUES ('KPW', 408, 2);
INSERT INTO payments.currency VALUES ('KRW', 410, 0);
INSERT INTO payments.currency VALUES ('KWD', 414, 3);
INSERT INTO payments.currency VALUES ('KYD', 136, 2);
INSERT INTO payments.currency VALUES ('KZT', 398, 2);
INSERT INTO payments.currency VALUES ('LAK', 418, 2);
INSERT INTO payments.currency VALUES ('LBP', 422, 2);
INSERT INTO payments.currency VALUES ('LKR', 144, 2);
INSERT INTO payments.currency VALUES ('LRD', 430, 2);
INSERT INTO payments.currency VALUES ('LSL', 426, 2);
INSERT INTO payments.currency VALUES ('LYD', 434, 3);
INSERT INTO payments.currency VALUES ('MAD', 504, 2);
INSERT INTO payments.currency VALUES ('MDL', 498, 2);
INSERT INTO payments.currency VALUES ('MGA', 969, 2);
INSERT INTO payments.currency VALUES ('MKD', 807, 2);
INSERT INTO payments.currency VALUES ('MMK', 104, 2);
INSERT INTO payments.currency VALUES ('MNT', 496, 2);
INSERT INTO payments.currency VALUES ('MOP', 446, 2);
INSERT INTO payments.currency VALUES ('MRU', 929, 2);
INSERT INTO payments.currency VALUES ('MUR', 480, 2);
INSERT INTO payments.currency VALUES ('MVR', 462, 2);
INSERT INTO payments.currency VALUES ('MWK', 454, 2);
INSERT INTO payments.currency VALUES ('MXN', 484, 2);
INSERT INTO payments.currency VALUES ('MYR', 458, 2);
INSERT INTO payments.currency VALUES ('MZN', 943, 2);
INSERT INTO payments.currency VALUES ('NAD', 516, 2);
INSERT INTO payments.currency VALUES ('NGN', 566, 2);
INSERT INTO payments.currency VALUES ('NIO', 558, 2);
INSERT INTO payments.currency VALUES ('NOK', 578, 2);
INSERT INTO payments.currency VALUES ('NPR', 524, 2);
INSERT INTO payments.currency VALUES ('NZD', 554, 2);
INSERT INTO payments.currency VALUES ('OMR', 512, 3);
INSERT INTO payments.currency VALUES ('PAB', 590, 2);
INSERT INTO payments.currency VALUES ('PEN', 604, 2);
INSERT INTO payments.currency VALUES ('PGK', 598, 2);
INSERT INTO payments.currency VALUES ('PHP', 608, 2);
INSERT INTO payments.currency VALUES ('PKR', 586, 2);
INSERT INTO payments.currency VALUES ('PLN', 985, 2);
INSERT INTO payments.currency VALUES ('PYG', 600, 0);
INSERT INTO payments.currency VALUES ('QAR', 634, 2);
INSERT INTO payments.currency VALUES ('RON', 946, 2);
INSERT INTO payments.currency VALUES ('RSD', 941, 2);
INSERT INTO payments.currency VALUES ('RUB', 643, 2);
INSERT INTO payments.currency VALUES ('RWF', 646, 0);
INSERT INTO payments.currency VALUES ('SAR', 682, 2);
INSERT INTO payments.currency VALUES ('SBD', 90, 2);
INSERT INTO payments.currency VALUES ('SCR', 690, 2);
INSERT INTO payments.currency VALUES ('SDG', 938, 2);
INSERT INTO payments.currency VALUES ('SEK', 752, 2);
INSERT INTO payments.currency VALUES ('SGD', 702, 2);
INSERT INTO payments.currency VALUES ('SHP', 654, 2);
INSERT INTO payments.currency VALUES ('SLE', 925, 2);
INSERT INTO payments.currency VALUES ('SOS', 706, 2);
INSERT INTO payments.currency VALUES ('SRD', 968, 2);
INSERT INTO payments.currency VALUES ('SSP', 728, 2);
INSERT INTO payments.currency VALUES ('STN', 930, 2);
INSERT INTO payments.currency VALUES ('SVC', 222, 2);
INSERT INTO payments.currency VALUES ('SYP', 760, 2);
INSERT INTO payments.currency VALUES ('SZL', 748, 2);
INSERT INTO payments.currency VALUES ('THB', 764, 2);
INSERT INTO payments.currency VALUES ('TJS', 972, 2);
INSERT INTO payments.currency VALUES ('TMT', 934, 2);
INSERT INTO payments.currency VALUES ('TND', 788, 3);
INSERT INTO payments.currency VALUES ('TOP', 776, 2);
INSERT INTO payments.currency VALUES ('TRY', 949, 2);
INSERT INTO payments.currency VALUES ('TTD', 780, 2);
INSERT INTO payments.currency VALUES ('TWD', 901, 2);
INSERT INTO payments.currency VALUES ('TZS', 834, 2);
INSERT INTO payments.currency VALUES ('UAH', 980, 2);
INSERT INTO payments.currency VALUES ('UGX', 800, 0);
INSERT INTO payments.currency VALUES ('USD', 840, 2);
INSERT INTO payments.currency VALUES ('UYU', 858, 2);
INSERT INTO payments.currency VALUES ('UYW', 927, 4);
INSERT INTO payments.currency VALUES ('UZS', 860, 2);
INSERT INTO payments.currency VALUES ('VED', 926, 2);
INSERT INTO payments.currency VALUES ('VES', 928, 2);
INSERT INTO payments.currency VALUES ('VND', 704, 0);
INSERT INTO payments.currency VALUES ('VUV', 548, 0);
INSERT INTO payments.currency VALUES ('WST', 882, 2);
INSERT INTO payments.currency VALUES ('XAF', 950, 0);
INSERT INTO payments.currency VALUES ('XCD', 951, 2);
INSERT INTO payments.currency VALUES ('XCG', 532, 2);
INSERT INTO payments.currency VALUES ('XOF', 952, 0);
INSERT INTO payments.currency VALUES ('XPF', 953, 0);
INSERT INTO payments.currency VALUES ('YER', 886, 2);
INSERT INTO payments.currency VALUES ('ZAR', 710, 2);
INSERT INTO payments.currency VALUES ('ZMW', 967, 2);
INSERT INTO payments.currency VALUES ('ZWG', 924, 2);

INSERT INTO payments.hold OVERRIDING SYSTEM VALUE VALUES (1, 3, 1, 1000000002, 'CNY', 500, 0, 0, 'pending', '2099-01-01 00:00:00+00', '2026-11-30 21:57:37.443418+00', NULL);

INSERT INTO payments.merchant_order VALUES ('01920000-0000-7000-8000-000000000052', 'ta0123456789abcdef', 'order-0002', '\x9250b9912ee91d6b46e23299459ecd6eb8154451d62558a3a0a708a77926ad04', 'Cake', '', 2200, 'CNY', 1000000001, '01920000-0000-7000-8000-000000000021', 'Café', 'oJoao', 'pending', NULL, NULL, 0, '2026-01-03 00:00:00+00', '2099-01-01 00:00:00+00', NULL, NULL);
INSERT INTO payments.merchant_order VALUES ('01920000-0000-7000-8000-000000000051', 'ta0123456789abcdef', 'order-0001', '\x2352da7280f1decc3acf1ba84eb945c9fc2b7b541094e1d0992dbffd1b6664cc', 'Oolong', '', 1800, 'CNY', 1000000001, '01920000-0000-7000-8000-000000000021', 'Café', 'oJoao', 'paid', '01920000-0000-7000-8000-000000000002', 2, 0, '2026-01-03 00:00:00+00', '2099-01-01 00:00:00+00', '2026-11-30 21:57:37.466723+00', NULL);

INSERT INTO payments.posting VALUES (1000000002, 1, NULL, 1000000002, 1, -10000, 0, -10000);
INSERT INTO payments.posting VALUES (1, 1, NULL, 1, 1, 10000, 0, 10000);
INSERT INTO payments.posting VALUES (1, 2, 1, NULL, 2, -1800, 10000, 8200);
INSERT INTO payments.posting VALUES (1000000001, 1, NULL, 1000000001, 2, 1800, 0, 1800);

INSERT INTO payments.request OVERRIDING SYSTEM VALUE VALUES (1, 'user:joao', 'topups', 'k1', '\x6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', '2026-11-30 21:57:37.443418+00');
INSERT INTO payments.request OVERRIDING SYSTEM VALUE VALUES (2, 'user:joao', 'orders.pay', 'k2', '\xd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35', '2026-11-30 21:57:37.443418+00');
INSERT INTO payments.request OVERRIDING SYSTEM VALUE VALUES (3, 'user:joao', 'holds', 'k3', '\x4e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce', '2026-11-30 21:57:37.443418+00');

INSERT INTO payments.transfer OVERRIDING SYSTEM VALUE VALUES (1, 1, 1, 'top_up', 1000000002, 1, 'CNY', 10000, 1, 1, NULL, NULL, NULL, '2026-11-30 21:57:37.454135+00');
INSERT INTO payments.transfer OVERRIDING SYSTEM VALUE VALUES (2, 2, 1, 'payment', 1, 1000000001, 'CNY', 1800, 2, 1, NULL, NULL, '01920000-0000-7000-8000-000000000051', '2026-11-30 21:57:37.465687+00');

INSERT INTO payments.wallet_pin VALUES ('01920000-0000-7000-8000-000000000002', '$argon2id$x', 0, NULL, '2026-01-03 00:00:00+00');

INSERT INTO payments.webhook_attempt VALUES ('01920000-0000-7000-8000-000000000053', 1, 'https://cafe.example/hook', NULL, 12, 'lookup cafe.example: no such host', '', '2026-01-03 00:00:00+00');

INSERT INTO payments.webhook_delivery VALUES ('01920000-0000-7000-8000-000000000053', 'evt_1', 'ta0123456789abcdef', 'pending', 1, 1, '2026-01-04 00:00:00+00', '2026-01-03 00:00:00+00', NULL);

INSERT INTO payments.webhook_endpoint VALUES ('ta0123456789abcdef', 'https://cafe.example/hook', '\xabababababababababababababababababababababababababababababababab', NULL, NULL, NULL, '2026-01-03 00:00:00+00');

INSERT INTO payments.webhook_event VALUES ('evt_1', 'ta0123456789abcdef', 'order.paid', '01920000-0000-7000-8000-000000000051', '{}', '2026-01-03 00:00:00+00');

INSERT INTO public.account_contact VALUES ('01920000-0000-7000-8000-000000000021', '01920000-0000-7000-8000-000000000002', '2026-01-03 00:00:00+00');

INSERT INTO public.account_member VALUES ('01920000-0000-7000-8000-000000000021', '01920000-0000-7000-8000-000000000001', 'owner', '2026-01-01 00:00:00+00');

INSERT INTO public.api_token VALUES ('01920000-0000-7000-8000-000000000013', '01920000-0000-7000-8000-000000000001', 'laptop', '\xca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb', 'abcd', '2026-01-02 00:00:00+00', NULL, '2027-01-02 00:00:00+00');

INSERT INTO public.app VALUES ('ta0123456789abcdef', '01920000-0000-7000-8000-000000000021', 'Café', '', '', NULL, '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00');
INSERT INTO public.app VALUES ('tafedcba9876543210', '01920000-0000-7000-8000-000000000021', 'Draft', '', '', NULL, '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00');

INSERT INTO public.app_image VALUES ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 2000, '[{"path": "logo.png", "size": 10, "offset": 0, "sha256": "cc"}]', '2026-01-01 00:00:00+00');

INSERT INTO public.app_log OVERRIDING SYSTEM VALUE VALUES (1, 'ta0123456789abcdef', '01920000-0000-7000-8000-000000000031', '01920000-0000-7000-8000-000000000061', '2026-01-03 00:00:00+00', 'error', 'console', 'boom', '', 0, 0, '', '', '');

INSERT INTO public.app_secret VALUES ('ta0123456789abcdef', 1, '\x043a718774c572bd8a25adbeb1bfcd5c0256ae11cecf9f9c3f925d0e52beaf89', 'wxyz', '2026-01-01 00:00:00+00');

INSERT INTO public.app_storage VALUES ('01920000-0000-7000-8000-000000000002', 'ta0123456789abcdef', 'cart', '{"oolong":1}', '2026-01-03 00:00:00+00');

INSERT INTO public.app_user VALUES ('01920000-0000-7000-8000-000000000001', 'mei', 'Mei', '', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$x', '{user,admin}', 'zh-CN', NULL, '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00');
INSERT INTO public.app_user VALUES ('01920000-0000-7000-8000-000000000002', 'joao', 'João', '', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$x', '{user}', 'en', NULL, '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00');
INSERT INTO public.app_user VALUES ('01920000-0000-7000-8000-000000000003', 'ola', 'Ola', '', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$x', '{user}', 'en', NULL, '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00');

INSERT INTO public.audit_log VALUES ('01920000-0000-7000-8000-000000000014', '2026-01-02 00:00:00+00', 'user:01920000-0000-7000-8000-000000000001', 'app.create', 'app:ta0123456789abcdef', '{}', '', '');

INSERT INTO public.bundle VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1000, 4000, 7, '2026-01-01 00:00:00+00');

INSERT INTO public.consent VALUES ('01920000-0000-7000-8000-000000000002', 'ta0123456789abcdef', 'profile', '2026-01-03 00:00:00+00');

INSERT INTO public.conversation VALUES ('01920000-0000-7000-8000-000000000042', 'direct', '01920000-0000-7000-8000-000000000002:01920000-0000-7000-8000-000000000003', NULL, 2, '2026-01-03 00:00:00+00');
INSERT INTO public.conversation VALUES ('01920000-0000-7000-8000-000000000043', 'account', '01920000-0000-7000-8000-000000000002:01920000-0000-7000-8000-000000000021', '01920000-0000-7000-8000-000000000021', 1, '2026-01-03 00:00:00+00');

INSERT INTO public.conversation_member VALUES ('01920000-0000-7000-8000-000000000042', '01920000-0000-7000-8000-000000000002', 2, '2026-01-03 00:00:00+00');
INSERT INTO public.conversation_member VALUES ('01920000-0000-7000-8000-000000000042', '01920000-0000-7000-8000-000000000003', 0, '2026-01-03 00:00:00+00');
INSERT INTO public.conversation_member VALUES ('01920000-0000-7000-8000-000000000043', '01920000-0000-7000-8000-000000000002', 0, '2026-01-03 00:00:00+00');

INSERT INTO public.follower VALUES ('01920000-0000-7000-8000-000000000021', '01920000-0000-7000-8000-000000000002', '2026-01-03 00:00:00+00', NULL, NULL, NULL);

INSERT INTO public.goose_db_version VALUES (1, 0, true, '2026-11-30 21:57:37.175999');
INSERT INTO public.goose_db_version VALUES (2, 1, true, '2026-11-30 21:57:37.19376');
INSERT INTO public.goose_db_version VALUES (3, 2, true, '2026-11-30 21:57:37.21594');
INSERT INTO public.goose_db_version VALUES (4, 3, true, '2026-11-30 21:57:37.256297');
INSERT INTO public.goose_db_version VALUES (5, 4, true, '2026-11-30 21:57:37.276253');
INSERT INTO public.goose_db_version VALUES (6, 5, true, '2026-11-30 21:57:37.287745');
INSERT INTO public.goose_db_version VALUES (7, 6, true, '2026-11-30 21:57:37.381563');

INSERT INTO public.login_code VALUES ('\x2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6', 'ta0123456789abcdef', '01920000-0000-7000-8000-000000000002', '2026-01-03 00:00:00+00', NULL);

INSERT INTO public.media VALUES ('01920000-0000-7000-8000-000000000041', '01920000-0000-7000-8000-000000000002', 'k0', 'image/png', 100, 4, 4, '2026-01-03 00:00:00+00');

INSERT INTO public.message VALUES ('01920000-0000-7000-8000-000000000044', '01920000-0000-7000-8000-000000000042', 1, 'user', '01920000-0000-7000-8000-000000000002', 'c1', 'text', '{"text": "olá"}', '2026-01-03 10:00:00+00');
INSERT INTO public.message VALUES ('01920000-0000-7000-8000-000000000045', '01920000-0000-7000-8000-000000000042', 2, 'user', '01920000-0000-7000-8000-000000000002', 'c2', 'text', '{"text": "cześć"}', '2026-01-03 11:00:00+00');
INSERT INTO public.message VALUES ('01920000-0000-7000-8000-000000000046', '01920000-0000-7000-8000-000000000043', 1, 'account', '01920000-0000-7000-8000-000000000021', 'c3', 'text', '{"text": "Welcome"}', '2026-01-03 12:00:00+00');

INSERT INTO public.official_account VALUES ('01920000-0000-7000-8000-000000000021', 'cafe', 'Café', '', 'service', '', true, '', '2026-01-01 00:00:00+00', '2026-01-01 00:00:00+00');

INSERT INTO public.open_id VALUES ('ta0123456789abcdef', '01920000-0000-7000-8000-000000000002', 'oJoao', 'uJoao');

INSERT INTO public.recent_app VALUES ('01920000-0000-7000-8000-000000000002', 'ta0123456789abcdef', '2026-01-03 00:00:00+00');

INSERT INTO public.refresh_token VALUES ('01920000-0000-7000-8000-000000000011', '01920000-0000-7000-8000-000000000012', '01920000-0000-7000-8000-000000000002', '\x454349e422f05297191ead13e21d3db520e5abef52055e4964b82fb213f593a1', NULL, NULL, '2026-01-02 00:00:00+00', NULL, NULL, '2027-01-02 00:00:00+00', 'Firefox', '203.0.113.7');

INSERT INTO public.release VALUES ('01920000-0000-7000-8000-000000000036', 'ta0123456789abcdef', '01920000-0000-7000-8000-000000000031', '01920000-0000-7000-8000-000000000001', '2026-01-01 00:00:00+00', NULL);

INSERT INTO public.river_job VALUES (1, 'available', 0, 12, NULL, '2026-11-30 21:57:37.443418+00', NULL, '2026-11-30 21:57:37.443418+00', 1, '{"order": "01920000-0000-7000-8000-000000000052"}', NULL, NULL, 'webhook', '{}', 'default', '{}', NULL, NULL);

INSERT INTO public.river_migration VALUES ('main', 1, '2026-11-30 21:57:37.392993+00');
INSERT INTO public.river_migration VALUES ('main', 2, '2026-11-30 21:57:37.39821+00');
INSERT INTO public.river_migration VALUES ('main', 3, '2026-11-30 21:57:37.412777+00');
INSERT INTO public.river_migration VALUES ('main', 4, '2026-11-30 21:57:37.417013+00');
INSERT INTO public.river_migration VALUES ('main', 5, '2026-11-30 21:57:37.421464+00');
INSERT INTO public.river_migration VALUES ('main', 6, '2026-11-30 21:57:37.441669+00');

INSERT INTO public.submission VALUES ('01920000-0000-7000-8000-000000000034', '01920000-0000-7000-8000-000000000031', 'ta0123456789abcdef', 'approved', '', '{}', '01920000-0000-7000-8000-000000000001', '2026-01-01 00:00:00+00', '01920000-0000-7000-8000-000000000001', '2026-01-01 00:00:00+00', '');
INSERT INTO public.submission VALUES ('01920000-0000-7000-8000-000000000035', '01920000-0000-7000-8000-000000000032', 'ta0123456789abcdef', 'pending', '', '{}', '01920000-0000-7000-8000-000000000001', '2026-01-02 00:00:00+00', NULL, NULL, '');

INSERT INTO public.subscription_grant VALUES ('01920000-0000-7000-8000-000000000002', 'ta0123456789abcdef', '01920000-0000-7000-8000-000000000022', 2, '2026-01-03 00:00:00+00');

INSERT INTO public.subscription_template VALUES ('01920000-0000-7000-8000-000000000022', 'ta0123456789abcdef', 'Order ready', '[{"key": "order", "label": "Order"}]', '2026-01-01 00:00:00+00');

INSERT INTO public.version VALUES ('01920000-0000-7000-8000-000000000031', 'ta0123456789abcdef', '1.0.0', 'released', '', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', '[]', '{}', '01920000-0000-7000-8000-000000000001', '2026-01-01 00:00:00+00');
INSERT INTO public.version VALUES ('01920000-0000-7000-8000-000000000032', 'ta0123456789abcdef', '1.1.0', 'submitted', '', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', '[]', '{}', '01920000-0000-7000-8000-000000000001', '2026-01-02 00:00:00+00');
INSERT INTO public.version VALUES ('01920000-0000-7000-8000-000000000033', 'ta0123456789abcdef', '1.2.0', 'failed', '', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', NULL, '[]', '{}', '01920000-0000-7000-8000-000000000001', '2026-01-02 00:00:00+00');

SELECT pg_catalog.setval('payments.account_id', 1, false);

SELECT pg_catalog.setval('payments.hold_id_seq', 1, true);

SELECT pg_catalog.setval('payments.request_id_seq', 3, true);

SELECT pg_catalog.setval('payments.transfer_id_seq', 2, true);

SELECT pg_catalog.setval('public.app_log_id_seq', 1, true);

SELECT pg_catalog.setval('public.goose_db_version_id_seq', 7, true);

SELECT pg_catalog.setval('public.river_job_id_seq', 1, true);

ALTER TABLE ONLY payments.account
    ADD CONSTRAINT account_id_currency_key UNIQUE (id, currency);

ALTER TABLE ONLY payments.account_kind
    ADD CONSTRAINT account_kind_pkey PRIMARY KEY (kind, owner_type, floor);

ALTER TABLE ONLY payments.account
    ADD CONSTRAINT account_owner_type_owner_id_kind_currency_key UNIQUE (owner_type, owner_id, kind, currency);

ALTER TABLE ONLY payments.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_bank_bank_ref_key UNIQUE (bank, bank_ref);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_request_id_key UNIQUE (request_id);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_transfer_id_key UNIQUE (transfer_id);

ALTER TABLE ONLY payments.currency
    ADD CONSTRAINT currency_num_key UNIQUE (num);

ALTER TABLE ONLY payments.currency
    ADD CONSTRAINT currency_pkey PRIMARY KEY (code);

ALTER TABLE ONLY payments.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.hold
    ADD CONSTRAINT hold_request_id_key UNIQUE (request_id);

ALTER TABLE ONLY payments.merchant_order
    ADD CONSTRAINT merchant_order_app_id_out_trade_no_key UNIQUE (app_id, out_trade_no);

ALTER TABLE ONLY payments.merchant_order
    ADD CONSTRAINT merchant_order_paid_transfer_id_key UNIQUE (paid_transfer_id);

ALTER TABLE ONLY payments.merchant_order
    ADD CONSTRAINT merchant_order_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.posting
    ADD CONSTRAINT posting_account_id_seq_balance_after_key UNIQUE (account_id, seq, balance_after);

ALTER TABLE ONLY payments.posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (account_id, seq);

ALTER TABLE ONLY payments.request
    ADD CONSTRAINT request_client_endpoint_key_key UNIQUE (client, endpoint, key);

ALTER TABLE ONLY payments.request
    ADD CONSTRAINT request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.transfer
    ADD CONSTRAINT transfer_request_id_leg_key UNIQUE (request_id, leg);

ALTER TABLE ONLY payments.wallet_pin
    ADD CONSTRAINT wallet_pin_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY payments.webhook_attempt
    ADD CONSTRAINT webhook_attempt_pkey PRIMARY KEY (delivery_id, number);

ALTER TABLE ONLY payments.webhook_delivery
    ADD CONSTRAINT webhook_delivery_event_id_key UNIQUE (event_id);

ALTER TABLE ONLY payments.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY payments.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (app_id);

ALTER TABLE ONLY payments.webhook_event
    ADD CONSTRAINT webhook_event_app_id_type_subject_key UNIQUE (app_id, type, subject);

ALTER TABLE ONLY payments.webhook_event
    ADD CONSTRAINT webhook_event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.account_contact
    ADD CONSTRAINT account_contact_pkey PRIMARY KEY (account_id, user_id);

ALTER TABLE ONLY public.account_member
    ADD CONSTRAINT account_member_pkey PRIMARY KEY (account_id, user_id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.app_image
    ADD CONSTRAINT app_image_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.app_log
    ADD CONSTRAINT app_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.app
    ADD CONSTRAINT app_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.app_secret
    ADD CONSTRAINT app_secret_pkey PRIMARY KEY (app_id);

ALTER TABLE ONLY public.app_storage
    ADD CONSTRAINT app_storage_pkey PRIMARY KEY (user_id, app_id, key);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_handle_key UNIQUE (handle);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bundle
    ADD CONSTRAINT bundle_pkey PRIMARY KEY (sha256);

ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (user_id, app_id, scope);

ALTER TABLE ONLY public.conversation_member
    ADD CONSTRAINT conversation_member_pkey PRIMARY KEY (conversation_id, user_id);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_pair_key UNIQUE (pair);

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (submission_id, ordinal);

ALTER TABLE ONLY public.follower
    ADD CONSTRAINT follower_pkey PRIMARY KEY (account_id, user_id);

ALTER TABLE ONLY public.goose_db_version
    ADD CONSTRAINT goose_db_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.login_code
    ADD CONSTRAINT login_code_pkey PRIMARY KEY (code_hash);

ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_access_key_key UNIQUE (access_key);

ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_conversation_id_sender_id_client_id_key UNIQUE (conversation_id, sender_id, client_id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_conversation_id_seq_key UNIQUE (conversation_id, seq);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.official_account
    ADD CONSTRAINT official_account_handle_key UNIQUE (handle);

ALTER TABLE ONLY public.official_account
    ADD CONSTRAINT official_account_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.open_id
    ADD CONSTRAINT open_id_open_id_key UNIQUE (open_id);

ALTER TABLE ONLY public.open_id
    ADD CONSTRAINT open_id_pkey PRIMARY KEY (app_id, user_id);

ALTER TABLE ONLY public.recent_app
    ADD CONSTRAINT recent_app_pkey PRIMARY KEY (user_id, app_id);

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_client
    ADD CONSTRAINT river_client_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_client_queue
    ADD CONSTRAINT river_client_queue_pkey PRIMARY KEY (river_client_id, name);

ALTER TABLE ONLY public.river_job
    ADD CONSTRAINT river_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_leader
    ADD CONSTRAINT river_leader_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.river_migration
    ADD CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version);

ALTER TABLE ONLY public.river_queue
    ADD CONSTRAINT river_queue_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_generation_key UNIQUE (generation);

ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);

ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.subscription_grant
    ADD CONSTRAINT subscription_grant_pkey PRIMARY KEY (user_id, app_id, template_id);

ALTER TABLE ONLY public.subscription_message
    ADD CONSTRAINT subscription_message_pkey PRIMARY KEY (app_id, client_id);

ALTER TABLE ONLY public.subscription_template
    ADD CONSTRAINT subscription_template_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sandboxbank.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id, currency);

ALTER TABLE ONLY sandboxbank.instruction
    ADD CONSTRAINT instruction_bank_ref_key UNIQUE (bank_ref);

ALTER TABLE ONLY sandboxbank.instruction
    ADD CONSTRAINT instruction_pkey PRIMARY KEY (ref);

CREATE INDEX bank_move_pending ON payments.bank_move USING btree (created_at) WHERE (state = 'pending'::text);

CREATE INDEX bank_move_transfer ON payments.bank_move USING btree (account_id, transfer_id);

CREATE INDEX hold_due ON payments.hold USING btree (expires_at) WHERE (state = 'pending'::text);

CREATE INDEX hold_open ON payments.hold USING btree (debit_id) WHERE (state = 'pending'::text);

CREATE INDEX merchant_order_app ON payments.merchant_order USING btree (app_id, created_at DESC, id DESC);

CREATE INDEX merchant_order_due ON payments.merchant_order USING btree (expires_at) WHERE ((state)::text = 'pending'::text);

CREATE UNIQUE INDEX transfer_hold ON payments.transfer USING btree (hold_id) WHERE (hold_id IS NOT NULL);

CREATE UNIQUE INDEX transfer_order ON payments.transfer USING btree (order_id) WHERE ((order_id IS NOT NULL) AND ((kind)::text = 'payment'::text));

CREATE INDEX webhook_delivery_app ON payments.webhook_delivery USING btree (app_id, created_at DESC, id DESC);

CREATE INDEX account_member_user ON public.account_member USING btree (user_id);

CREATE INDEX api_token_user ON public.api_token USING btree (user_id);

CREATE INDEX app_account ON public.app USING btree (account_id);

CREATE INDEX app_log_newest ON public.app_log USING btree (app_id, id DESC);

CREATE INDEX app_storage_app ON public.app_storage USING btree (app_id);

CREATE INDEX app_user_handle_prefix ON public.app_user USING btree (handle text_pattern_ops);

CREATE INDEX app_user_name_prefix ON public.app_user USING btree (lower(display_name) text_pattern_ops);

CREATE INDEX audit_log_action ON public.audit_log USING btree (action, id);

CREATE INDEX audit_log_actor ON public.audit_log USING btree (actor, id);

CREATE INDEX audit_log_target ON public.audit_log USING btree (target, id);

CREATE INDEX conversation_member_user ON public.conversation_member USING btree (user_id);

CREATE INDEX follower_of_account ON public.follower USING btree (account_id, followed_at, user_id) WHERE (unfollowed_at IS NULL);

CREATE INDEX follower_user ON public.follower USING btree (user_id);

CREATE INDEX login_code_expiry ON public.login_code USING btree (expires_at);

CREATE INDEX recent_app_order ON public.recent_app USING btree (user_id, last_opened_at DESC);

CREATE INDEX refresh_token_expiry ON public.refresh_token USING btree (expires_at);

CREATE INDEX refresh_token_family ON public.refresh_token USING btree (family_id);

CREATE INDEX refresh_token_user ON public.refresh_token USING btree (user_id);

CREATE UNIQUE INDEX release_current ON public.release USING btree (app_id) WHERE (retired_at IS NULL);

CREATE INDEX river_job_args_index ON public.river_job USING gin (args);

CREATE INDEX river_job_kind ON public.river_job USING btree (kind);

CREATE INDEX river_job_metadata_index ON public.river_job USING gin (metadata);

CREATE INDEX river_job_prioritized_fetching_index ON public.river_job USING btree (state, queue, priority, scheduled_at, id);

CREATE INDEX river_job_state_and_finalized_at_index ON public.river_job USING btree (state, finalized_at) WHERE (finalized_at IS NOT NULL);

CREATE UNIQUE INDEX river_job_unique_idx ON public.river_job USING btree (unique_key) WHERE ((unique_key IS NOT NULL) AND (unique_states IS NOT NULL) AND public.river_job_state_in_bitmask(unique_states, state));

CREATE INDEX submission_by_state ON public.submission USING btree (state, id);

CREATE INDEX submission_by_version ON public.submission USING btree (version_id, id DESC);

CREATE UNIQUE INDEX submission_pending ON public.submission USING btree (version_id) WHERE (state = 'pending'::text);

CREATE INDEX subscription_template_app ON public.subscription_template USING btree (app_id);

CREATE INDEX version_by_app ON public.version USING btree (app_id, id DESC);

CREATE UNIQUE INDEX version_label ON public.version USING btree (app_id, label) WHERE (state = ANY (ARRAY['submitted'::text, 'approved'::text, 'released'::text, 'retired'::text]));

CREATE UNIQUE INDEX version_released ON public.version USING btree (app_id) WHERE (state = 'released'::text);

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OF id, owner_type, owner_id, kind, currency, floor, created_at ON payments.account FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OF id, request_id, direction, bank, account_id, currency, amount ON payments.bank_move FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OF id, request_id, debit_id, credit_id, currency, amount ON payments.hold FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OF id, app_id, out_trade_no, amount, currency, payee_account_id, open_id ON payments.merchant_order FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON payments.posting FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON payments.transfer FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON payments.account FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON payments.posting FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON payments.transfer FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();

CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION public.audit_log_refuse_change();

CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION public.audit_log_refuse_change();

ALTER TABLE ONLY payments.account
    ADD CONSTRAINT account_currency_fkey FOREIGN KEY (currency) REFERENCES payments.currency(code);

ALTER TABLE ONLY payments.account
    ADD CONSTRAINT account_head FOREIGN KEY (id, seq, balance) REFERENCES payments.posting(account_id, seq, balance_after);

ALTER TABLE ONLY payments.account
    ADD CONSTRAINT account_kind_owner_type_floor_fkey FOREIGN KEY (kind, owner_type, floor) REFERENCES payments.account_kind(kind, owner_type, floor);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_account_id_currency_fkey FOREIGN KEY (account_id, currency) REFERENCES payments.account(id, currency);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_clearing_id_currency_fkey FOREIGN KEY (clearing_id, currency) REFERENCES payments.account(id, currency);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_request_id_fkey FOREIGN KEY (request_id) REFERENCES payments.request(id);

ALTER TABLE ONLY payments.bank_move
    ADD CONSTRAINT bank_move_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES payments.transfer(id);

ALTER TABLE ONLY payments.hold
    ADD CONSTRAINT hold_credit_id_currency_fkey FOREIGN KEY (credit_id, currency) REFERENCES payments.account(id, currency);

ALTER TABLE ONLY payments.hold
    ADD CONSTRAINT hold_debit_id_currency_fkey FOREIGN KEY (debit_id, currency) REFERENCES payments.account(id, currency);

ALTER TABLE ONLY payments.hold
    ADD CONSTRAINT hold_request_id_fkey FOREIGN KEY (request_id) REFERENCES payments.request(id);

ALTER TABLE ONLY payments.merchant_order
    ADD CONSTRAINT merchant_order_paid_transfer_id_fkey FOREIGN KEY (paid_transfer_id) REFERENCES payments.transfer(id);

ALTER TABLE ONLY payments.merchant_order
    ADD CONSTRAINT merchant_order_payee_account_id_currency_fkey FOREIGN KEY (payee_account_id, currency) REFERENCES payments.account(id, currency);

ALTER TABLE ONLY payments.posting
    ADD CONSTRAINT posting_account_id_prev_seq_balance_before_fkey FOREIGN KEY (account_id, prev_seq, balance_before) REFERENCES payments.posting(account_id, seq, balance_after);

ALTER TABLE ONLY payments.posting
    ADD CONSTRAINT posting_first_of_fkey FOREIGN KEY (first_of) REFERENCES payments.account(id);

ALTER TABLE ONLY payments.posting
    ADD CONSTRAINT posting_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES payments.transfer(id);

ALTER TABLE ONLY payments.transfer
    ADD CONSTRAINT transfer_credit_id_currency_fkey FOREIGN KEY (credit_id, currency) REFERENCES payments.account(id, currency);

ALTER TABLE ONLY payments.transfer
    ADD CONSTRAINT transfer_debit_id_currency_fkey FOREIGN KEY (debit_id, currency) REFERENCES payments.account(id, currency);

ALTER TABLE ONLY payments.transfer
    ADD CONSTRAINT transfer_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES payments.hold(id);

ALTER TABLE ONLY payments.transfer
    ADD CONSTRAINT transfer_request_id_fkey FOREIGN KEY (request_id) REFERENCES payments.request(id);

ALTER TABLE ONLY payments.transfer
    ADD CONSTRAINT transfer_reverses_id_fkey FOREIGN KEY (reverses_id) REFERENCES payments.transfer(id);

ALTER TABLE ONLY payments.webhook_attempt
    ADD CONSTRAINT webhook_attempt_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES payments.webhook_delivery(id);

ALTER TABLE ONLY payments.webhook_delivery
    ADD CONSTRAINT webhook_delivery_event_id_fkey FOREIGN KEY (event_id) REFERENCES payments.webhook_event(id);

ALTER TABLE ONLY public.account_contact
    ADD CONSTRAINT account_contact_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.official_account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_contact
    ADD CONSTRAINT account_contact_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_member
    ADD CONSTRAINT account_member_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.official_account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.account_member
    ADD CONSTRAINT account_member_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app
    ADD CONSTRAINT app_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.official_account(id);

ALTER TABLE ONLY public.app_log
    ADD CONSTRAINT app_log_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app_secret
    ADD CONSTRAINT app_secret_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app_storage
    ADD CONSTRAINT app_storage_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.app_storage
    ADD CONSTRAINT app_storage_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.official_account(id);

ALTER TABLE ONLY public.conversation_member
    ADD CONSTRAINT conversation_member_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.conversation_member
    ADD CONSTRAINT conversation_member_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.finding
    ADD CONSTRAINT finding_submission_id_fkey FOREIGN KEY (submission_id) REFERENCES public.submission(id);

ALTER TABLE ONLY public.follower
    ADD CONSTRAINT follower_account_id_fkey FOREIGN KEY (account_id) REFERENCES public.official_account(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.follower
    ADD CONSTRAINT follower_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_code
    ADD CONSTRAINT login_code_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.login_code
    ADD CONSTRAINT login_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.media
    ADD CONSTRAINT media_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.open_id
    ADD CONSTRAINT open_id_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.open_id
    ADD CONSTRAINT open_id_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recent_app
    ADD CONSTRAINT recent_app_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.recent_app
    ADD CONSTRAINT recent_app_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);

ALTER TABLE ONLY public.river_client_queue
    ADD CONSTRAINT river_client_queue_river_client_id_fkey FOREIGN KEY (river_client_id) REFERENCES public.river_client(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.submission
    ADD CONSTRAINT submission_version_id_fkey FOREIGN KEY (version_id) REFERENCES public.version(id);

ALTER TABLE ONLY public.subscription_grant
    ADD CONSTRAINT subscription_grant_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subscription_grant
    ADD CONSTRAINT subscription_grant_template_id_fkey FOREIGN KEY (template_id) REFERENCES public.subscription_template(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subscription_grant
    ADD CONSTRAINT subscription_grant_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subscription_message
    ADD CONSTRAINT subscription_message_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.subscription_template
    ADD CONSTRAINT subscription_template_app_id_fkey FOREIGN KEY (app_id) REFERENCES public.app(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_bundle_sha256_fkey FOREIGN KEY (bundle_sha256) REFERENCES public.bundle(sha256);

ALTER TABLE ONLY public.version
    ADD CONSTRAINT version_image_hash_fkey FOREIGN KEY (image_hash) REFERENCES public.app_image(hash);

ALTER TABLE ONLY sandboxbank.instruction
    ADD CONSTRAINT instruction_customer_id_currency_fkey FOREIGN KEY (customer_id, currency) REFERENCES sandboxbank.customer(id, currency);
