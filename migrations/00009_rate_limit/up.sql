-- Buckets of calls that all hosts share; see server/api/ratelimit. A crash of PostgreSQL may empty
-- the table: then every bucket is full again.
CREATE UNLOGGED TABLE rate_limit (
    rule    text        NOT NULL,
    key     text        NOT NULL,
    full_at timestamptz NOT NULL, -- when the bucket is full again; a row of the past says nothing
    PRIMARY KEY (rule, key)
) WITH (fillfactor = 50);
