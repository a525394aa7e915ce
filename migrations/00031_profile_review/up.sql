-- What people see of apps and official accounts (name, description, picture) is reviewed: with the
-- first submission, and later as proposals.

-- Since when a reviewer has seen the profile that people see; null while nobody has.
ALTER TABLE app ADD COLUMN reviewed_at timestamptz;
ALTER TABLE official_account ADD COLUMN reviewed_at timestamptz;

UPDATE app SET reviewed_at = (SELECT min(s.decided_at) FROM submission s
    WHERE s.app_id = app.id AND s.state = 'approved');
UPDATE official_account SET reviewed_at = (SELECT min(p.reviewed_at) FROM app p
    WHERE p.account_id = official_account.id);

-- A profile that was proposed for an account, or with app_id for one of its apps.
CREATE TABLE profile_change (
    id          uuid PRIMARY KEY,
    account_id  uuid        NOT NULL REFERENCES official_account (id) ON DELETE CASCADE,
    app_id      text        REFERENCES app (id) ON DELETE CASCADE,
    name        text        NOT NULL,
    description text        NOT NULL,
    picture_url text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn')),
    proposed_by uuid        NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by  uuid,
    decided_at  timestamptz,
    note        text        NOT NULL DEFAULT '',
    CHECK ((state = 'pending') = (decided_at IS NULL))
);

CREATE UNIQUE INDEX profile_change_pending ON profile_change (account_id, coalesce(app_id, ''))
    WHERE state = 'pending';
CREATE INDEX profile_change_by_state ON profile_change (state, id);

-- What a reviewer sees beside the version, as it was when the version was submitted: the profiles
-- of the app and of its account. baseline_id is the version that was released when it was decided.
ALTER TABLE submission ADD COLUMN profiles jsonb;
ALTER TABLE submission ADD COLUMN baseline_id uuid REFERENCES version (id);
CREATE INDEX submission_by_app ON submission (app_id, id DESC);
