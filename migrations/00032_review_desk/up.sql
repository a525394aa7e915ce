-- What a reviewer sees: which files a version changes, and what a check of it found.

-- [{"path", "size", "sha256"}]; NULL for bundles from before it was kept.
ALTER TABLE bundle ADD COLUMN files jsonb;

-- The result of running a version headless. report is NULL while it waits and when the check itself
-- could not run.
CREATE TABLE version_check (
    version_id   uuid PRIMARY KEY REFERENCES version (id) ON DELETE CASCADE,
    state        text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
    report       jsonb,
    requested_at timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    CHECK ((state = 'waiting') = (finished_at IS NULL)),
    CHECK ((state = 'done') = (report IS NOT NULL))
);
