-- People, their proofs of identity, and the log of what was done.

CREATE TABLE app_user (
    id            uuid PRIMARY KEY,
    handle        text        NOT NULL UNIQUE, -- lower case; the rules are auth.CheckHandle
    display_name  text        NOT NULL,
    avatar_url    text        NOT NULL DEFAULT '',
    password_hash text        NOT NULL, -- argon2id in PHC form
    roles         text[]      NOT NULL DEFAULT '{user}',
    locale        text        NOT NULL DEFAULT 'en',
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

-- The search for people is a prefix search on both names; the pattern operators keep it an index
-- scan under any collation.
CREATE INDEX app_user_handle_prefix ON app_user (handle text_pattern_ops);
CREATE INDEX app_user_name_prefix ON app_user (lower(display_name) text_pattern_ops);

-- One row per refresh token ever handed out and not yet swept. All tokens that descend from one
-- login share its family; a replay ends the family.
CREATE TABLE refresh_token (
    id             uuid PRIMARY KEY,
    family_id      uuid        NOT NULL,
    user_id        uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    token_hash     bytea       NOT NULL UNIQUE, -- SHA-256; the token has 256 random bits
    successor_id   uuid, -- set when rotated
    successor_seed bytea, -- with the old token it yields the successor again, see auth/refresh.go
    created_at     timestamptz NOT NULL,
    rotated_at     timestamptz,
    revoked_at     timestamptz,
    expires_at     timestamptz NOT NULL,
    user_agent     text        NOT NULL DEFAULT '',
    ip             text        NOT NULL DEFAULT ''
);

CREATE INDEX refresh_token_family ON refresh_token (family_id);
CREATE INDEX refresh_token_user ON refresh_token (user_id);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

-- Keys that sign access tokens. The clock decides which one signs: published at created_at,
-- signing from activates_at, verifying until expires_at. The generation makes hosts that rotate
-- at the same moment agree on one new key.
CREATE TABLE signing_key (
    kid            text PRIMARY KEY,
    generation     bigint      NOT NULL UNIQUE,
    public_key     bytea       NOT NULL,
    private_sealed bytea       NOT NULL, -- AES-256-GCM under the host's secret
    created_at     timestamptz NOT NULL,
    activates_at   timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL
);

-- Personal access tokens, for the command line.
CREATE TABLE api_token (
    id           uuid PRIMARY KEY,
    user_id      uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    name         text        NOT NULL,
    token_hash   bytea       NOT NULL UNIQUE, -- SHA-256; the token has 256 random bits
    hint         text        NOT NULL, -- its last characters, to tell tokens apart
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at   timestamptz NOT NULL
);

CREATE INDEX api_token_user ON api_token (user_id);

-- What was done, by whom, to what. No foreign keys: the log outlives what it speaks of.
CREATE TABLE audit_log (
    id         uuid PRIMARY KEY, -- v7: also the order
    at         timestamptz NOT NULL DEFAULT now(),
    actor      text        NOT NULL, -- "user:<id>", "app:<id>", "system"
    action     text        NOT NULL, -- "app.secret.rotate"
    target     text        NOT NULL, -- "app:<id>"
    detail     jsonb       NOT NULL DEFAULT '{}',
    request_id text        NOT NULL DEFAULT '',
    ip         text        NOT NULL DEFAULT ''
);

CREATE INDEX audit_log_actor ON audit_log (actor, id);
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE INDEX audit_log_target ON audit_log (target, id);

CREATE FUNCTION audit_log_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_refuse_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse_change();
