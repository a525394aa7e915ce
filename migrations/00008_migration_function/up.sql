-- Which text of each function the database has; see migrations/functions.go.
CREATE TABLE migration_function (
    name       text PRIMARY KEY,
    revision   int         NOT NULL CHECK (revision > 0),
    sha256     bytea       NOT NULL CHECK (length(sha256) = 32),
    applied_at timestamptz NOT NULL DEFAULT now()
);
