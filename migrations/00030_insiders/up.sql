-- Who may try what is not released: testers and reviewers beside an account's members; the
-- invitations by which people become members and testers; and a secret that reaches only them.

CREATE TABLE app_tester (
    app_id     text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    user_id    uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app_id, user_id)
);

CREATE INDEX app_tester_user ON app_tester (user_id);

-- Administrators who opened a version that is not released, to review it. They count as testers as
-- long as they are administrators.
CREATE TABLE app_reviewer (
    app_id    text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    user_id   uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    opened_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app_id, user_id)
);

-- Nobody becomes a member or a tester without having accepted one of these. app_id is set for
-- testers.
CREATE TABLE invitation (
    id         uuid PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES official_account (id) ON DELETE CASCADE,
    app_id     text        REFERENCES app (id) ON DELETE CASCADE,
    user_id    uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    role       text        NOT NULL CHECK (role IN ('owner', 'developer', 'tester')),
    state      text        NOT NULL CHECK (state IN ('pending', 'accepted', 'declined', 'revoked')),
    invited_by uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    CHECK ((role = 'tester') = (app_id IS NOT NULL)),
    CHECK ((state = 'pending') = (decided_at IS NULL))
);

-- A person has one open invitation to an account, and one to each of its apps.
CREATE UNIQUE INDEX invitation_pending ON invitation (account_id, coalesce(app_id, ''), user_id)
    WHERE state = 'pending';
CREATE INDEX invitation_user ON invitation (user_id) WHERE state = 'pending';

-- An app may have a second secret, whose tokens reach only insiders.
ALTER TABLE app_secret ADD COLUMN test boolean NOT NULL DEFAULT false;
ALTER TABLE app_secret DROP CONSTRAINT app_secret_pkey;
ALTER TABLE app_secret ADD PRIMARY KEY (app_id, test);
