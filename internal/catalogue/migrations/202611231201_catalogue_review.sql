-- +goose Up

-- When a scheduled version is published of itself.
ALTER TABLE catalogue_version ADD COLUMN effective_at TIMESTAMP NULL;
CREATE INDEX catalogue_item_open ON catalogue_item (open_state, code);

-- What reviewers say about single fields of a version.
CREATE TABLE catalogue_remark (
    id TEXT NOT NULL PRIMARY KEY,
    item TEXT NOT NULL REFERENCES catalogue_item (code),
    n BIGINT NOT NULL,
    field TEXT NOT NULL,             -- JSON path in the definition
    words TEXT NOT NULL,
    author TEXT NOT NULL,
    author_name TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    done_by TEXT NOT NULL            -- name of who has dealt with it, ''
);
CREATE INDEX catalogue_remark_item ON catalogue_remark (item, done_by, at);
