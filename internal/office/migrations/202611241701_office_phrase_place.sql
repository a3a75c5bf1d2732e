-- +goose Up
-- Where a phrase stands among those of its owner, from 1; 0: by how often it
-- is used, after those that were put in order.
ALTER TABLE office_phrase ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
