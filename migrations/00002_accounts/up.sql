-- Official accounts, their mini programs, and what people have agreed to.

CREATE TABLE official_account (
    id           uuid PRIMARY KEY,
    handle       text        NOT NULL UNIQUE,
    name         text        NOT NULL,
    description  text        NOT NULL DEFAULT '',
    kind         text        NOT NULL CHECK (kind IN ('service', 'subscription')),
    avatar_url   text        NOT NULL DEFAULT '',
    verified     boolean     NOT NULL DEFAULT false,
    welcome_text text        NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);

-- Who works on an account. Every account has one owner at least, its founder.
CREATE TABLE account_member (
    account_id uuid        NOT NULL REFERENCES official_account (id) ON DELETE CASCADE,
    user_id    uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    role       text        NOT NULL CHECK (role IN ('owner', 'developer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, user_id)
);

CREATE INDEX account_member_user ON account_member (user_id);

CREATE TABLE app (
    id          text PRIMARY KEY CHECK (id ~ '^ta[0-9a-f]{16}$'),
    account_id  uuid        NOT NULL REFERENCES official_account (id),
    name        text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    icon_url    text        NOT NULL DEFAULT '',
    disabled_at timestamptz, -- taken down by an administrator
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX app_account ON app (account_id);

-- The secret of an app's server, one in force per app: rotating replaces it at once.
CREATE TABLE app_secret (
    app_id      text PRIMARY KEY REFERENCES app (id) ON DELETE CASCADE,
    generation  int         NOT NULL DEFAULT 1, -- named in bridge tokens, so rotating ends them
    secret_hash bytea       NOT NULL, -- SHA-256; the secret has 256 random bits
    hint        text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE follower (
    account_id      uuid        NOT NULL REFERENCES official_account (id) ON DELETE CASCADE,
    user_id         uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    followed_at     timestamptz NOT NULL,
    unfollowed_at   timestamptz, -- kept, so that following again does not welcome again
    welcomed_at     timestamptz,
    conversation_id uuid,
    PRIMARY KEY (account_id, user_id)
);

CREATE INDEX follower_user ON follower (user_id);
CREATE INDEX follower_of_account ON follower (account_id, followed_at, user_id)
    WHERE unfollowed_at IS NULL;

-- When a person last did something with an account: followed it, opened its app. It opens the
-- window in which the account may write freely.
CREATE TABLE account_contact (
    account_id     uuid        NOT NULL REFERENCES official_account (id) ON DELETE CASCADE,
    user_id        uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    last_action_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, user_id)
);

-- Who a person is to an app. The open ID is computed, and kept so that it can be looked up and
-- stays the same whatever happens to the key it was computed with.
CREATE TABLE open_id (
    app_id   text NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    user_id  uuid NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    open_id  text NOT NULL UNIQUE,
    union_id text NOT NULL,
    PRIMARY KEY (app_id, user_id)
);

-- One-time codes: wx.login gives one to the app, the app's server exchanges it for the open ID.
CREATE TABLE login_code (
    code_hash  bytea PRIMARY KEY,
    app_id     text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    user_id    uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

CREATE INDEX login_code_expiry ON login_code (expires_at);

CREATE TABLE consent (
    user_id    uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    app_id     text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    scope      text        NOT NULL,
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, app_id, scope)
);

CREATE TABLE subscription_template (
    id         uuid PRIMARY KEY,
    app_id     text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    title      text        NOT NULL,
    fields     jsonb       NOT NULL, -- [{"key", "label"}]
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX subscription_template_app ON subscription_template (app_id);

-- How many messages of a template a person still accepts. Each "allow" adds one.
CREATE TABLE subscription_grant (
    user_id     uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    app_id      text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    template_id uuid        NOT NULL REFERENCES subscription_template (id) ON DELETE CASCADE,
    remaining   int         NOT NULL CHECK (remaining >= 0),
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, app_id, template_id)
);

-- Messages that used up a grant, so that a retry with the same client ID uses up no second one.
CREATE TABLE subscription_message (
    app_id      text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    client_id   text        NOT NULL,
    user_id     uuid        NOT NULL,
    template_id uuid        NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (app_id, client_id)
);

CREATE TABLE recent_app (
    user_id        uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    app_id         text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    last_opened_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, app_id)
);

CREATE INDEX recent_app_order ON recent_app (user_id, last_opened_at DESC);
