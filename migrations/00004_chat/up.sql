-- Conversations, their messages, and the pictures in them.

CREATE TABLE media (
    id           uuid PRIMARY KEY,
    owner_id     uuid        NOT NULL REFERENCES app_user (id),
    access_key   text        NOT NULL UNIQUE, -- 128 random bits; who knows it may look
    mime         text        NOT NULL,
    size         bigint      NOT NULL CHECK (size > 0),
    width        int         NOT NULL CHECK (width > 0),
    height       int         NOT NULL CHECK (height > 0),
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- A conversation is between two people, or between a person and an official account. The pair
-- says between whom, so that there is exactly one however many ask for it at once.
CREATE TABLE conversation (
    id         uuid PRIMARY KEY,
    kind       text        NOT NULL CHECK (kind IN ('direct', 'account')),
    pair       text        NOT NULL UNIQUE,
    account_id uuid REFERENCES official_account (id),
    last_seq   bigint      NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind = 'account') = (account_id IS NOT NULL))
) WITH (fillfactor = 70);

CREATE TABLE conversation_member (
    conversation_id uuid        NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    user_id         uuid        NOT NULL REFERENCES app_user (id),
    read_seq        bigint      NOT NULL DEFAULT 0,
    joined_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (conversation_id, user_id)
);

CREATE INDEX conversation_member_user ON conversation_member (user_id);

-- The sequence is drawn under the conversation's row lock, so it has no gaps and its order is the
-- order of commits: "after_seq" never skips a message.
CREATE TABLE message (
    id              uuid PRIMARY KEY,
    conversation_id uuid        NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    seq             bigint      NOT NULL CHECK (seq > 0),
    sender_type     text        NOT NULL CHECK (sender_type IN ('user', 'account', 'system')),
    sender_id       uuid        NOT NULL,
    client_id       text        NOT NULL,
    kind            text        NOT NULL,
    content         jsonb       NOT NULL,
    created_at      timestamptz NOT NULL,
    UNIQUE (conversation_id, seq),
    UNIQUE (conversation_id, sender_id, client_id) -- a retry is the same message
);
