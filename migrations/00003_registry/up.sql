-- A bundle is what a developer uploaded, named by its content. Its bytes are in the object store.
CREATE TABLE bundle (
    sha256        text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size          bigint NOT NULL CHECK (size > 0),
    unpacked_size bigint NOT NULL CHECK (unpacked_size >= 0),
    file_count    integer NOT NULL CHECK (file_count > 0),
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- An image is what was compiled from a bundle. files says where in the object of public files
-- each file is: [{"path", "sha256", "size", "offset"}].
CREATE TABLE app_image (
    hash       text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    size       bigint NOT NULL CHECK (size > 0),
    files      jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE version (
    id            uuid PRIMARY KEY,
    app_id        text NOT NULL,
    label         text NOT NULL CHECK (label <> ''),
    state         text NOT NULL CHECK (state IN
        ('failed', 'ready', 'submitted', 'approved', 'rejected', 'released', 'retired')),
    notes         text NOT NULL,
    bundle_sha256 text NOT NULL REFERENCES bundle (sha256),
    image_hash    text REFERENCES app_image (hash),
    diagnostics   jsonb NOT NULL,
    report        jsonb NOT NULL,
    created_by    uuid NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CHECK ((state = 'failed') = (image_hash IS NULL))
);
CREATE INDEX version_by_app ON version (app_id, id DESC);
-- At most one version of an app is released.
CREATE UNIQUE INDEX version_released ON version (app_id) WHERE state = 'released';
-- While a version is before the reviewers or has passed them, its label means that version and no
-- other. One that was withdrawn or rejected gives it back to the version that mends it.
CREATE UNIQUE INDEX version_label ON version (app_id, label)
    WHERE state IN ('submitted', 'approved', 'released', 'retired');

CREATE TABLE submission (
    id            uuid PRIMARY KEY,
    version_id    uuid NOT NULL REFERENCES version (id),
    app_id        text NOT NULL,
    state         text NOT NULL CHECK (state IN ('pending', 'withdrawn', 'approved', 'rejected')),
    notes         text NOT NULL,
    scope_reasons jsonb NOT NULL,
    submitted_by  uuid NOT NULL,
    submitted_at  timestamptz NOT NULL DEFAULT now(),
    decided_by    uuid,
    decided_at    timestamptz,
    note          text NOT NULL DEFAULT '',
    CHECK ((state = 'pending') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX submission_pending ON submission (version_id) WHERE state = 'pending';
CREATE INDEX submission_by_state ON submission (state, id);
CREATE INDEX submission_by_version ON submission (version_id, id DESC);

-- A finding is one reason for a rejection.
CREATE TABLE finding (
    submission_id uuid NOT NULL REFERENCES submission (id),
    ordinal       integer NOT NULL,
    rule          text NOT NULL,
    text          text NOT NULL,
    file          text NOT NULL DEFAULT '',
    line          integer NOT NULL DEFAULT 0 CHECK (line >= 0),
    PRIMARY KEY (submission_id, ordinal)
);

-- A release is a time in which a version was the one that people opened.
CREATE TABLE release (
    id          uuid PRIMARY KEY,
    app_id      text NOT NULL,
    version_id  uuid NOT NULL REFERENCES version (id),
    released_by uuid NOT NULL,
    released_at timestamptz NOT NULL DEFAULT now(),
    retired_at  timestamptz
);
CREATE UNIQUE INDEX release_current ON release (app_id) WHERE retired_at IS NULL;
