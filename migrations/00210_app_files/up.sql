-- Files that the host keeps for a mini program and its user: downloads, chosen files, recordings. Who knows
-- the key may read the file, because the frame of a page sends no token with its pictures.
CREATE TABLE app_file (
    access_key text PRIMARY KEY, -- 128 random bits
    app_id     text        NOT NULL REFERENCES app (id),
    user_id    uuid        NOT NULL REFERENCES app_user (id),
    name       text        NOT NULL,
    mime       text        NOT NULL,
    size       bigint      NOT NULL CHECK (size >= 0),
    saved      boolean     NOT NULL DEFAULT false, -- by wx.saveFile; any other is temporary
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX app_file_owner ON app_file (app_id, user_id, saved, created_at);
CREATE INDEX app_file_expiry ON app_file (created_at) WHERE NOT saved;

-- What was fetched from other hosts for <image> and players, by the digest of the address.
CREATE TABLE remote_file (
    address_hash text PRIMARY KEY,
    mime         text        NOT NULL,
    size         bigint      NOT NULL CHECK (size >= 0),
    fetched_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX remote_file_expiry ON remote_file (fetched_at);

-- A person's postal addresses, for wx.chooseAddress. An app gets one only when its user taps it.
CREATE TABLE postal_address (
    id          uuid PRIMARY KEY,
    user_id     uuid        NOT NULL REFERENCES app_user (id),
    recipient   text        NOT NULL,
    phone       text        NOT NULL,
    province    text        NOT NULL,
    city        text        NOT NULL,
    county      text        NOT NULL,
    detail      text        NOT NULL,
    postal_code text        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX postal_address_owner ON postal_address (user_id, created_at);
