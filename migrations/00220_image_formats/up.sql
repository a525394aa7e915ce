-- NULL for images from before it was kept: their versions are compiled again, once.
ALTER TABLE app_image ADD COLUMN format integer CHECK (format > 0);

-- What became of a version when a host of a newer release compiled it again, because its own image
-- has another format. image_hash is NULL when it no longer compiles; diagnostics then say why.
CREATE TABLE version_image (
    version_id  uuid NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    format      integer NOT NULL CHECK (format > 0),
    image_hash  text REFERENCES app_image (hash),
    diagnostics jsonb NOT NULL,
    compiled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version_id, format)
);
