-- Files of wx.cloud. Who knows the key may read the file, because the frame of a page sends no token with its
-- pictures; the key is part of the file's ID. id is in addresses that end, which do not tell the key.
CREATE TABLE cloud_file (
    access_key text PRIMARY KEY, -- 128 random bits
    id         uuid        NOT NULL UNIQUE,
    app_id     text        NOT NULL REFERENCES app (id),
    live       boolean     NOT NULL, -- of the released version, or of those under development
    path       text        NOT NULL, -- the program's own
    user_id    uuid        NOT NULL REFERENCES app_user (id),
    object     text        NOT NULL, -- where the bytes are; a new one for each upload to the same path
    mime       text        NOT NULL,
    size       bigint      NOT NULL CHECK (size >= 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (app_id, live, path)
);
