-- What mini programs keep for their users, and what they log for their developers.

-- wx.setStorage: one value per app, user and key. The limits of the vendor, 1 MB a value and 10 MB
-- an app and user, are kept by the host; the checks are the last line.
CREATE TABLE app_storage (
    user_id    uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    app_id     text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    key        text        NOT NULL CHECK (octet_length(key) BETWEEN 1 AND 1024),
    value      text        NOT NULL CHECK (octet_length(value) <= 1048576),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, app_id, key)
);

CREATE INDEX app_storage_app ON app_storage (app_id);

-- The newest lines of every app's log; the host prunes the oldest. There is no user in it: a
-- developer sees what the app wrote, not who was in front of it.
CREATE TABLE app_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    app_id     text        NOT NULL REFERENCES app (id) ON DELETE CASCADE,
    version_id uuid        NOT NULL,
    session_id uuid        NOT NULL,
    time       timestamptz NOT NULL,
    level      text        NOT NULL CHECK (level IN ('log', 'info', 'warn', 'error')),
    kind       text        NOT NULL,
    text       text        NOT NULL,
    file       text        NOT NULL DEFAULT '',
    line       int         NOT NULL DEFAULT 0,
    col        int         NOT NULL DEFAULT 0,
    stack      text        NOT NULL DEFAULT '',
    api        text        NOT NULL DEFAULT '',
    page       text        NOT NULL DEFAULT ''
);

CREATE INDEX app_log_newest ON app_log (app_id, id DESC);
