-- +goose Up

-- The money of Teahouse. The aim of this schema is that wrong money cannot be written down, not
-- even by somebody with a psql prompt: a transfer has one amount and two accounts, so it cannot
-- be unbalanced; currencies are held together by composite foreign keys; a balance below its
-- floor fails a CHECK; the statement of an account is a chain in which every line names the line
-- before it, and the balance on the account row must be the last line of that chain.
-- docs/payments.md tells the story, payments.Verify re-checks all of it.

CREATE SCHEMA payments;

CREATE TABLE payments.currency (
    code     text PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
    num      smallint NOT NULL UNIQUE CHECK (num BETWEEN 1 AND 999),
    exponent smallint NOT NULL CHECK (exponent BETWEEN 0 AND 4)
);

INSERT INTO payments.currency (code, num, exponent) VALUES
    ('AED', 784, 2), ('AFN', 971, 2), ('ALL', 8, 2), ('AMD', 51, 2),
    ('AOA', 973, 2), ('ARS', 32, 2), ('AUD', 36, 2), ('AWG', 533, 2),
    ('AZN', 944, 2), ('BAM', 977, 2), ('BBD', 52, 2), ('BDT', 50, 2),
    ('BHD', 48, 3), ('BIF', 108, 0), ('BMD', 60, 2), ('BND', 96, 2),
    ('BOB', 68, 2), ('BRL', 986, 2), ('BSD', 44, 2), ('BTN', 64, 2),
    ('BWP', 72, 2), ('BYN', 933, 2), ('BZD', 84, 2), ('CAD', 124, 2),
    ('CDF', 976, 2), ('CHF', 756, 2), ('CLF', 990, 4), ('CLP', 152, 0),
    ('CNY', 156, 2), ('COP', 170, 2), ('CRC', 188, 2), ('CUP', 192, 2),
    ('CVE', 132, 2), ('CZK', 203, 2), ('DJF', 262, 0), ('DKK', 208, 2),
    ('DOP', 214, 2), ('DZD', 12, 2), ('EGP', 818, 2), ('ERN', 232, 2),
    ('ETB', 230, 2), ('EUR', 978, 2), ('FJD', 242, 2), ('FKP', 238, 2),
    ('GBP', 826, 2), ('GEL', 981, 2), ('GHS', 936, 2), ('GIP', 292, 2),
    ('GMD', 270, 2), ('GNF', 324, 0), ('GTQ', 320, 2), ('GYD', 328, 2),
    ('HKD', 344, 2), ('HNL', 340, 2), ('HTG', 332, 2), ('HUF', 348, 2),
    ('IDR', 360, 2), ('ILS', 376, 2), ('INR', 356, 2), ('IQD', 368, 3),
    ('IRR', 364, 2), ('ISK', 352, 0), ('JMD', 388, 2), ('JOD', 400, 3),
    ('JPY', 392, 0), ('KES', 404, 2), ('KGS', 417, 2), ('KHR', 116, 2),
    ('KMF', 174, 0), ('KPW', 408, 2), ('KRW', 410, 0), ('KWD', 414, 3),
    ('KYD', 136, 2), ('KZT', 398, 2), ('LAK', 418, 2), ('LBP', 422, 2),
    ('LKR', 144, 2), ('LRD', 430, 2), ('LSL', 426, 2), ('LYD', 434, 3),
    ('MAD', 504, 2), ('MDL', 498, 2), ('MGA', 969, 2), ('MKD', 807, 2),
    ('MMK', 104, 2), ('MNT', 496, 2), ('MOP', 446, 2), ('MRU', 929, 2),
    ('MUR', 480, 2), ('MVR', 462, 2), ('MWK', 454, 2), ('MXN', 484, 2),
    ('MYR', 458, 2), ('MZN', 943, 2), ('NAD', 516, 2), ('NGN', 566, 2),
    ('NIO', 558, 2), ('NOK', 578, 2), ('NPR', 524, 2), ('NZD', 554, 2),
    ('OMR', 512, 3), ('PAB', 590, 2), ('PEN', 604, 2), ('PGK', 598, 2),
    ('PHP', 608, 2), ('PKR', 586, 2), ('PLN', 985, 2), ('PYG', 600, 0),
    ('QAR', 634, 2), ('RON', 946, 2), ('RSD', 941, 2), ('RUB', 643, 2),
    ('RWF', 646, 0), ('SAR', 682, 2), ('SBD', 90, 2), ('SCR', 690, 2),
    ('SDG', 938, 2), ('SEK', 752, 2), ('SGD', 702, 2), ('SHP', 654, 2),
    ('SLE', 925, 2), ('SOS', 706, 2), ('SRD', 968, 2), ('SSP', 728, 2),
    ('STN', 930, 2), ('SVC', 222, 2), ('SYP', 760, 2), ('SZL', 748, 2),
    ('THB', 764, 2), ('TJS', 972, 2), ('TMT', 934, 2), ('TND', 788, 3),
    ('TOP', 776, 2), ('TRY', 949, 2), ('TTD', 780, 2), ('TWD', 901, 2),
    ('TZS', 834, 2), ('UAH', 980, 2), ('UGX', 800, 0), ('USD', 840, 2),
    ('UYU', 858, 2), ('UYW', 927, 4), ('UZS', 860, 2), ('VED', 926, 2),
    ('VES', 928, 2), ('VND', 704, 0), ('VUV', 548, 0), ('WST', 882, 2),
    ('XAF', 950, 0), ('XCD', 951, 2), ('XCG', 532, 2), ('XOF', 952, 0),
    ('XPF', 953, 0), ('YER', 886, 2), ('ZAR', 710, 2), ('ZMW', 967, 2),
    ('ZWG', 924, 2);

-- Rules about one value are domains and rules about kinds of accounts are a table: PostgreSQL
-- compiles every CHECK of a table anew for each statement on it, changed columns or not, and the
-- few tables that each payment writes would spend half their time on that.
CREATE DOMAIN payments.amount AS bigint CHECK (VALUE BETWEEN 1 AND 1000000000000);
CREATE DOMAIN payments.change AS bigint CHECK (VALUE <> 0);
CREATE DOMAIN payments.line_number AS bigint CHECK (VALUE >= 1);
CREATE DOMAIN payments.name AS text CHECK (length(VALUE) BETWEEN 1 AND 128);
CREATE DOMAIN payments.request_key AS text CHECK (length(VALUE) BETWEEN 1 AND 255);
CREATE DOMAIN payments.sha256 AS bytea CHECK (length(VALUE) = 32);
CREATE DOMAIN payments.app_id AS text CHECK (length(VALUE) BETWEEN 1 AND 64);
CREATE DOMAIN payments.party AS text CHECK (length(VALUE) BETWEEN 1 AND 64);
CREATE DOMAIN payments.trade_no AS text CHECK (length(VALUE) BETWEEN 6 AND 32);
CREATE DOMAIN payments.description AS text CHECK (length(VALUE) BETWEEN 1 AND 127);
CREATE DOMAIN payments.attach AS text CHECK (length(VALUE) <= 128);
CREATE DOMAIN payments.order_state AS text CHECK (VALUE IN
    ('pending', 'paid', 'closed', 'expired'));
CREATE DOMAIN payments.leg AS smallint CHECK (VALUE BETWEEN 1 AND 16);
CREATE DOMAIN payments.account_status AS text CHECK (VALUE IN ('open', 'frozen'));
CREATE DOMAIN payments.transfer_kind AS text CHECK (VALUE IN
    ('payment', 'top_up', 'withdrawal', 'refund', 'fee', 'transfer', 'reversal'));

-- One row per request that changed something, in the transaction that changed it. The key is
-- chosen by the client; (client, endpoint, key) is what makes a retry harmless. A refused request
-- leaves no row, so the same key may be tried again once the reason is gone. The answer to a
-- replay is not kept as a copy: it is read from the rows of that request, which cannot change.
CREATE TABLE payments.request (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client      payments.name NOT NULL,
    endpoint    payments.name NOT NULL,
    key         payments.request_key NOT NULL,
    fingerprint payments.sha256 NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    UNIQUE (client, endpoint, key)
);

-- Which accounts there may be, and how low they may go: wallets and merchants never below zero,
-- the platform's counter-accounts as far as balances reach at all.
CREATE TABLE payments.account_kind (
    kind       text NOT NULL,
    owner_type text NOT NULL,
    floor      bigint NOT NULL,
    PRIMARY KEY (kind, owner_type, floor)
);
INSERT INTO payments.account_kind (kind, owner_type, floor) VALUES
    ('wallet', 'user', 0), ('merchant', 'account', 0), ('fee', 'platform', 0),
    ('bank_clearing', 'platform', -9007199254740991), ('world', 'platform', -9007199254740991);

-- Accounts that many payments share (merchants, the platform) get ids above those of users, so
-- that a transfer, which locks in ascending order, holds the busy row for the shortest time.
CREATE SEQUENCE payments.account_id;

CREATE TABLE payments.account (
    id         bigint PRIMARY KEY,
    owner_type text NOT NULL,
    owner_id   payments.name NOT NULL,
    kind       text NOT NULL,
    currency   text NOT NULL REFERENCES payments.currency (code),
    floor      bigint NOT NULL,
    balance    bigint NOT NULL DEFAULT 0, -- credit-positive minor units, held ones included
    held       bigint NOT NULL DEFAULT 0,
    seq        bigint,                    -- the last line of its statement; NULL before the first
    status     payments.account_status NOT NULL DEFAULT 'open',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner_type, owner_id, kind, currency),
    UNIQUE (id, currency),
    FOREIGN KEY (kind, owner_type, floor)
        REFERENCES payments.account_kind (kind, owner_type, floor),
    -- 2^53 - 1 keeps every balance exact in JSON.
    CONSTRAINT account_balance CHECK (held >= 0 AND balance - held >= floor
        AND balance <= 9007199254740991 AND (seq IS NOT NULL OR balance = 0))
) WITH (fillfactor = 50); -- No index covers a changing column: updates stay on the page (HOT).

CREATE TABLE payments.hold (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id  bigint NOT NULL UNIQUE REFERENCES payments.request (id),
    debit_id    bigint NOT NULL,
    credit_id   bigint NOT NULL,
    currency    text NOT NULL,
    amount      payments.amount NOT NULL,
    captured    bigint NOT NULL DEFAULT 0 CHECK (captured >= 0),
    released    bigint NOT NULL DEFAULT 0 CHECK (released >= 0),
    state       text NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'posted', 'voided', 'expired')),
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    FOREIGN KEY (debit_id, currency) REFERENCES payments.account (id, currency),
    FOREIGN KEY (credit_id, currency) REFERENCES payments.account (id, currency),
    CHECK (debit_id <> credit_id),
    CHECK (captured + released = CASE state WHEN 'pending' THEN 0 ELSE amount END),
    CHECK ((state = 'posted') = (captured > 0)),
    CHECK ((state = 'pending') = (resolved_at IS NULL))
);
CREATE INDEX hold_due ON payments.hold (expires_at) WHERE state = 'pending';
CREATE INDEX hold_open ON payments.hold (debit_id) WHERE state = 'pending';

CREATE TABLE payments.transfer (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id  bigint NOT NULL REFERENCES payments.request (id),
    leg         payments.leg NOT NULL DEFAULT 1,
    kind        payments.transfer_kind NOT NULL,
    debit_id    bigint NOT NULL,
    credit_id   bigint NOT NULL,
    currency    text NOT NULL,
    amount      payments.amount NOT NULL,
    debit_seq   payments.line_number NOT NULL, -- the lines it wrote on the two statements
    credit_seq  payments.line_number NOT NULL,
    hold_id     bigint REFERENCES payments.hold (id),
    reverses_id bigint REFERENCES payments.transfer (id),
    order_id    uuid,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (request_id, leg),
    CHECK (debit_id <> credit_id),
    FOREIGN KEY (debit_id, currency) REFERENCES payments.account (id, currency),
    FOREIGN KEY (credit_id, currency) REFERENCES payments.account (id, currency)
);
-- A hold posts at most once.
CREATE UNIQUE INDEX transfer_hold ON payments.transfer (hold_id) WHERE hold_id IS NOT NULL;
-- And an order is paid at most once, whatever its state says.
CREATE UNIQUE INDEX transfer_order ON payments.transfer (order_id)
    WHERE order_id IS NOT NULL AND kind = 'payment';

-- The statement of an account, line by line. Line n can only be written on top of line n-1 with
-- exactly the balance that line ended with: no gap, no fork, no arithmetic of one's own. That the
-- account exists is asked once, by its first line; the others hang on that one.
CREATE TABLE payments.posting (
    account_id     bigint NOT NULL,
    seq            payments.line_number NOT NULL,
    prev_seq       bigint,
    first_of       bigint REFERENCES payments.account (id),
    transfer_id    bigint NOT NULL REFERENCES payments.transfer (id),
    amount         payments.change NOT NULL,
    balance_before bigint NOT NULL,
    balance_after  bigint NOT NULL,
    PRIMARY KEY (account_id, seq),
    UNIQUE (account_id, seq, balance_after),
    CONSTRAINT posting_line CHECK (balance_after = balance_before + amount AND CASE
        WHEN seq > 1 THEN prev_seq IS NOT NULL AND prev_seq = seq - 1
        ELSE prev_seq IS NULL AND balance_before = 0
            AND first_of IS NOT NULL AND first_of = account_id END),
    FOREIGN KEY (account_id, prev_seq, balance_before)
        REFERENCES payments.posting (account_id, seq, balance_after)
);

-- The balance on the account row is the end of its chain, or it cannot be stored.
ALTER TABLE payments.account ADD CONSTRAINT account_head
    FOREIGN KEY (id, seq, balance)
    REFERENCES payments.posting (account_id, seq, balance_after);

CREATE TABLE payments.merchant_order (
    id               uuid PRIMARY KEY,
    app_id           payments.app_id NOT NULL,
    out_trade_no     payments.trade_no NOT NULL,
    fingerprint      payments.sha256 NOT NULL,
    description      payments.description NOT NULL,
    attach           payments.attach NOT NULL DEFAULT '',
    amount           payments.amount NOT NULL,
    currency         text NOT NULL,
    payee_account_id bigint NOT NULL,
    payee_id         payments.party NOT NULL,
    payee_name       payments.name NOT NULL,
    open_id          payments.party,
    state            payments.order_state NOT NULL DEFAULT 'pending',
    payer_id         text,
    paid_transfer_id bigint UNIQUE REFERENCES payments.transfer (id),
    refunded         bigint NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz NOT NULL,
    paid_at          timestamptz,
    closed_at        timestamptz,
    UNIQUE (app_id, out_trade_no),
    FOREIGN KEY (payee_account_id, currency) REFERENCES payments.account (id, currency),
    -- One CHECK and not seven, because each payment would compile every one of them.
    CONSTRAINT merchant_order_state CHECK (
        refunded BETWEEN 0 AND amount AND (refunded = 0 OR state = 'paid')
        AND expires_at > created_at
        AND (state = 'paid') = (paid_transfer_id IS NOT NULL)
        AND (state = 'paid') = (paid_at IS NOT NULL)
        AND (state = 'paid') = (payer_id IS NOT NULL)
        AND (state IN ('closed', 'expired')) = (closed_at IS NOT NULL))
);
CREATE INDEX merchant_order_due ON payments.merchant_order (expires_at) WHERE state = 'pending';
CREATE INDEX merchant_order_app ON payments.merchant_order (app_id, created_at DESC, id DESC);

-- Money crossing the border to a bank: promised first (pending), moved when the bank says so.
CREATE TABLE payments.bank_move (
    id          uuid PRIMARY KEY,
    request_id  bigint NOT NULL UNIQUE REFERENCES payments.request (id),
    direction   text NOT NULL CHECK (direction IN ('in', 'out')),
    bank        text NOT NULL CHECK (length(bank) BETWEEN 1 AND 32),
    bank_ref    text CHECK (length(bank_ref) BETWEEN 1 AND 128),
    owner_id    text NOT NULL,
    account_id  bigint NOT NULL,
    clearing_id bigint NOT NULL,
    currency    text NOT NULL,
    amount      payments.amount NOT NULL,
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'settled', 'refused')),
    reason      text,
    transfer_id bigint UNIQUE REFERENCES payments.transfer (id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz,
    UNIQUE (bank, bank_ref),
    FOREIGN KEY (account_id, currency) REFERENCES payments.account (id, currency),
    FOREIGN KEY (clearing_id, currency) REFERENCES payments.account (id, currency),
    CHECK ((state = 'settled') = (transfer_id IS NOT NULL)),
    CHECK (state <> 'settled' OR bank_ref IS NOT NULL),
    CHECK ((state = 'pending') = (settled_at IS NULL))
);
CREATE INDEX bank_move_pending ON payments.bank_move (created_at) WHERE state = 'pending';
CREATE INDEX bank_move_transfer ON payments.bank_move (account_id, transfer_id);

-- user_id alone finds it; failures are counted before the hash is compared, so that guesses sent
-- all at once cannot overtake the count.
CREATE TABLE payments.wallet_pin (
    user_id      text PRIMARY KEY,
    hash         text NOT NULL,
    failures     smallint NOT NULL DEFAULT 0 CHECK (failures BETWEEN 0 AND 5),
    locked_until timestamptz,
    changed_at   timestamptz NOT NULL DEFAULT now()
);

-- The key that signs payment parameters on their way through an app and back. All hosts share it.
CREATE TABLE payments.signing_key (
    id         smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    secret     bytea NOT NULL CHECK (length(secret) = 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payments.webhook_endpoint (
    app_id          text PRIMARY KEY CHECK (length(app_id) BETWEEN 1 AND 64),
    url             text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    secret          bytea NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
    -- The secret before the last change signs too until this time, so that a server can change
    -- over without losing a message.
    old_secret      bytea CHECK (length(old_secret) BETWEEN 24 AND 64),
    old_until       timestamptz,
    disabled_reason text,
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CHECK ((old_secret IS NULL) = (old_until IS NULL))
);

-- The outbox. subject is what the event is about (an order id): one event of a type per subject,
-- so announcing the same thing twice is harmless.
CREATE TABLE payments.webhook_event (
    id         text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    app_id     text NOT NULL,
    type       text NOT NULL CHECK (type ~ '^[a-z_]+(\.[a-z_]+)+$'),
    subject    text NOT NULL,
    payload    text NOT NULL CHECK (length(payload) <= 20000),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (app_id, type, subject)
);

CREATE TABLE payments.webhook_delivery (
    id           uuid PRIMARY KEY,
    event_id     text NOT NULL UNIQUE REFERENCES payments.webhook_event (id),
    app_id       text NOT NULL,
    state        text NOT NULL DEFAULT 'pending'
                 CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    round        integer NOT NULL DEFAULT 1 CHECK (round >= 1),
    next_at      timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CHECK (state = 'pending' OR next_at IS NULL)
);
CREATE INDEX webhook_delivery_app ON payments.webhook_delivery (app_id, created_at DESC, id DESC);

CREATE TABLE payments.webhook_attempt (
    delivery_id    uuid NOT NULL REFERENCES payments.webhook_delivery (id),
    number         integer NOT NULL CHECK (number >= 1),
    url            text NOT NULL,
    status         integer CHECK (status BETWEEN 100 AND 999),
    duration_ms    integer NOT NULL CHECK (duration_ms >= 0),
    error          text,
    response_start text NOT NULL DEFAULT '',
    attempted_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (delivery_id, number),
    CHECK ((status IS NULL) <> (error IS NULL))
);

-- +goose StatementBegin
CREATE FUNCTION payments.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the history of money is append-only',
        TG_OP, TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments.transfer
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON payments.transfer
    FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments.posting
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON payments.posting
    FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();
-- An account is never deleted and never changes what it is; balance, held, seq and status may move.
CREATE TRIGGER append_only BEFORE DELETE OR
    UPDATE OF id, owner_type, owner_id, kind, currency, floor, created_at ON payments.account
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON payments.account
    FOR EACH STATEMENT EXECUTE FUNCTION payments.refuse_change();
-- What an order, a hold or a bank move is about is fixed; only their states move.
CREATE TRIGGER append_only BEFORE DELETE OR
    UPDATE OF id, app_id, out_trade_no, amount, currency, payee_account_id, open_id
    ON payments.merchant_order
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR
    UPDATE OF id, request_id, debit_id, credit_id, currency, amount ON payments.hold
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR
    UPDATE OF id, request_id, direction, bank, account_id, currency, amount ON payments.bank_move
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

-- The functions below answer with a code instead of raising: a refusal is a normal answer, and an
-- exception would cost the caller its transaction. Codes are those of payments.Outcome in Go.
-- Lock order, everywhere: request row, then order/hold/bank row, then accounts by ascending id.

-- begin_request claims an idempotency key. A twin that runs at the same moment waits on the unique
-- index until the first one is done, then finds its row. code is 'new', 'replay' or 'key-reused'.
-- +goose StatementBegin
CREATE FUNCTION payments.begin_request(
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
-- +goose StatementEnd

-- post moves money between two accounts for a request that was begun. p_held is the part of the
-- debtor's held amount that this transfer consumes (0 unless it captures a hold). Callers assign
-- its result (r := payments.post(...)), which costs a third of selecting from it.
-- +goose StatementBegin
CREATE FUNCTION payments.post(
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
-- +goose StatementEnd

-- first_transfer answers a replay with what the first call answered.
-- +goose StatementBegin
CREATE FUNCTION payments.first_transfer(
    p_request bigint, OUT transfer_id bigint, OUT debit_balance bigint, OUT credit_balance bigint
) LANGUAGE sql STABLE AS $$
    SELECT t.id,
        (SELECT p.balance_after FROM payments.posting p
         WHERE p.account_id = t.debit_id AND p.seq = t.debit_seq),
        (SELECT p.balance_after FROM payments.posting p
         WHERE p.account_id = t.credit_id AND p.seq = t.credit_seq)
    FROM payments.transfer t WHERE t.request_id = p_request AND t.leg = 1
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION payments.transfer(
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
-- +goose StatementEnd

-- hold_open sets money aside: it stays in the debtor's balance and cannot be spent.
-- +goose StatementBegin
CREATE FUNCTION payments.hold_open(
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
-- +goose StatementEnd

-- hold_post captures p_amount of a hold (at most once) and releases the rest.
-- +goose StatementBegin
CREATE FUNCTION payments.hold_post(
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
-- +goose StatementEnd

-- hold_void gives a hold back. Voiding what is already given back is the same answer again, so it
-- needs no key.
-- +goose StatementBegin
CREATE FUNCTION payments.hold_void(p_hold bigint, p_state text, OUT code text)
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
-- +goose StatementEnd

-- pay_order is the whole of a payment but for the job that announces it: key, order, accounts,
-- money, order state. Of any number of racing payments exactly one finds the order pending.
-- +goose StatementBegin
CREATE FUNCTION payments.pay_order(
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
-- +goose StatementEnd

-- The sandbox bank keeps its own books in its own schema. It is a simulator: the money in it was
-- invented when the customer's account was opened.
CREATE SCHEMA sandboxbank;

CREATE TABLE sandboxbank.customer (
    id       text NOT NULL,
    currency text NOT NULL,
    balance  bigint NOT NULL CHECK (balance >= 0),
    PRIMARY KEY (id, currency)
);

CREATE TABLE sandboxbank.instruction (
    ref         text PRIMARY KEY,
    bank_ref    text NOT NULL UNIQUE,
    customer_id text NOT NULL,
    currency    text NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    state       text NOT NULL DEFAULT 'accepted' CHECK (state IN ('accepted', 'settled', 'refused')),
    reason      text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    decided_at  timestamptz,
    CHECK ((state = 'accepted') = (decided_at IS NULL)),
    CHECK ((state = 'refused') = (reason IS NOT NULL)),
    FOREIGN KEY (customer_id, currency) REFERENCES sandboxbank.customer (id, currency)
);

-- +goose Down
DROP SCHEMA sandboxbank CASCADE;
DROP SCHEMA payments CASCADE;
