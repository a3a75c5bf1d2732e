-- +goose Up

-- The key of the indexes is changed beside the work: from used_at on, values are
-- written with a new one; until then it is only looked for. NULL for data keys
-- and for the first key of the indexes, which is used from the beginning.
ALTER TABLE sealed_key ADD COLUMN used_at TIMESTAMP NULL;

-- The key of the indexes that a pass over a table was for.
ALTER TABLE sealed_pass ADD COLUMN index_version BIGINT NOT NULL DEFAULT 1;
