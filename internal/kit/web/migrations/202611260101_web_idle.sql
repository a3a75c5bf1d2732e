-- +goose Up
-- Seconds without use after which this session ends; 0 is the site's own rule.
ALTER TABLE web_session ADD COLUMN idle BIGINT NOT NULL DEFAULT 0;
