-- Where somebody is logged in: what a person sees as a list of devices and can end.

-- One row per log-in; its ID is the family of its refresh tokens and in every access token of it.
-- Ended is ended for ever: a log-in makes a new one.
CREATE TABLE login_session (
    id           uuid PRIMARY KEY, -- v7: also the order
    user_id      uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL, -- to the life of an access token
    user_agent   text        NOT NULL DEFAULT '',
    ip           text        NOT NULL DEFAULT '', -- both of when it was last seen
    ended_at     timestamptz
);

CREATE INDEX login_session_user ON login_session (user_id, id);

INSERT INTO login_session (id, user_id, created_at, last_seen_at, user_agent, ip, ended_at)
SELECT DISTINCT ON (family_id) family_id, user_id,
       min(created_at) OVER (PARTITION BY family_id), created_at, user_agent, ip,
       max(revoked_at) OVER (PARTITION BY family_id)
FROM refresh_token ORDER BY family_id, created_at DESC;

ALTER TABLE refresh_token ADD FOREIGN KEY (family_id) REFERENCES login_session (id) ON DELETE CASCADE,
    DROP COLUMN revoked_at, DROP COLUMN user_agent, DROP COLUMN ip;
