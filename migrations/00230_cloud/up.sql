-- The database of wx.cloud: collections of documents of an app. live tells the data of the released version from
-- that of versions under development, which never meet.
CREATE TABLE cloud_collection (
    app_id    text    NOT NULL REFERENCES app (id),
    live      boolean NOT NULL,
    name      text    NOT NULL CHECK (name <> ''),
    documents bigint  NOT NULL DEFAULT 0 CHECK (documents >= 0),
    bytes     bigint  NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    PRIMARY KEY (app_id, live, name)
);

-- body is json and not jsonb: the order of fields stays, a text may hold U+0000, and a number has no more digits
-- when it is read than when it was sent. Nothing in SQL looks into it.
CREATE TABLE cloud_document (
    app_id     text    NOT NULL,
    live       boolean NOT NULL,
    collection text    NOT NULL,
    key        text    NOT NULL, -- its _id as JSON: "a" and 1
    owner      text    NOT NULL, -- the open ID of who made it, '' for what the app's server made
    position   bigint  NOT NULL GENERATED ALWAYS AS IDENTITY,
    body       json    NOT NULL,
    size       integer NOT NULL CHECK (size BETWEEN 1 AND 524288),
    PRIMARY KEY (app_id, live, collection, key),
    FOREIGN KEY (app_id, live, collection) REFERENCES cloud_collection (app_id, live, name) ON DELETE CASCADE
);
CREATE UNIQUE INDEX cloud_document_order ON cloud_document (app_id, live, collection, position);
CREATE INDEX cloud_document_owner ON cloud_document (app_id, live, collection, owner, position);
