-- Extensions and settings that every room relies on.
-- +goose Up
-- Case-insensitive comparison is done with lower(); no extension is needed yet.
SELECT 1;
-- +goose Down
SELECT 1;
