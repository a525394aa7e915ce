-- What answers a stolen password: known devices, guesses counted where all hosts see them, a second
-- factor, and accounts that are suspended or closed.

-- An account that is not open is suspended by an administrator, closed by its owner and may be
-- reopened, or erased: then the row is what remains for the books.
ALTER TABLE app_user
    ADD COLUMN disabled_as text CHECK (disabled_as IN ('suspended', 'closed', 'erased')),
    ADD COLUMN password_changed_at timestamptz;
UPDATE app_user SET disabled_as = 'suspended' WHERE disabled_at IS NOT NULL;
ALTER TABLE app_user ADD CHECK ((disabled_at IS NULL) = (disabled_as IS NULL));

CREATE INDEX app_user_closed ON app_user (disabled_at) WHERE disabled_as = 'closed';

-- Devices that a person has logged in with. The device keeps a random value in a cookie.
CREATE TABLE login_device (
    user_id      uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    device_hash  bytea       NOT NULL, -- SHA-256 of person and cookie, so that rows of two people do not match
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, device_hash)
);

CREATE INDEX login_device_seen ON login_device (last_seen_at);

ALTER TABLE login_session
    ADD COLUMN new_device    boolean NOT NULL DEFAULT false, -- the log-in was the first of its device
    ADD COLUMN second_factor boolean NOT NULL DEFAULT false; -- the log-in showed one

-- Guesses, as times at which a bucket is full again; see auth/guess.go.
CREATE TABLE guess_bucket (
    key     bytea PRIMARY KEY, -- SHA-256
    full_at timestamptz NOT NULL
);

CREATE INDEX guess_bucket_full ON guess_bucket (full_at);

-- The second factor of a person, a time-based one-time password (RFC 6238).
CREATE TABLE second_factor (
    user_id        uuid PRIMARY KEY REFERENCES app_user (id) ON DELETE CASCADE,
    secret_sealed  bytea, -- NULL until the first code has shown that the person's device has it
    pending_sealed bytea, -- of a set-up under way
    confirmed_at   timestamptz,
    last_step      bigint NOT NULL DEFAULT 0, -- of the newest code that was taken: none is taken twice
    CHECK ((secret_sealed IS NULL) = (confirmed_at IS NULL))
);

-- Handles of people whose accounts were erased. Nobody may come back as somebody whom others remember;
-- which handles they are is known only to who tries one.
CREATE TABLE retired_handle (
    handle_hash bytea PRIMARY KEY -- HMAC under the host's secret
);

CREATE TABLE recovery_code (
    user_id   uuid  NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL, -- HMAC under the host's secret: 50 bits alone would be too few
    used_at   timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
