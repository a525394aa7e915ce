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

CREATE FUNCTION payments.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the history of money is append-only',
        TG_OP, TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

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

-- The functions that move money are in functions/payments/.

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
