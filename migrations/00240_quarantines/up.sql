-- App versions that are paused because their workers died too often. A row holds on every host and after
-- a restart, until its time is over or an administrator releases the version; it is never deleted, since the
-- next pause is longer the more there were.
CREATE TABLE quarantine (
    id             uuid PRIMARY KEY,
    app_id         text NOT NULL,
    version_id     uuid NOT NULL REFERENCES version (id),
    since          timestamptz NOT NULL,
    until          timestamptz NOT NULL CHECK (until > since),
    deaths         jsonb NOT NULL CHECK (jsonb_typeof(deaths) = 'array'), -- [{"at", "detail"}], oldest first
    host           text NOT NULL, -- where the worker died
    released_at    timestamptz,
    released_by    uuid REFERENCES app_user (id),
    release_reason text,
    CHECK ((released_at IS NULL) = (released_by IS NULL)),
    CHECK ((released_at IS NULL) = (coalesce(release_reason, '') = ''))
);
CREATE INDEX quarantine_by_version ON quarantine (version_id, since DESC);
CREATE INDEX quarantine_by_app ON quarantine (app_id, id DESC);
-- Hosts read what is paused now; rows that are over stay behind in this order.
CREATE INDEX quarantine_unreleased ON quarantine (until) WHERE released_at IS NULL;
