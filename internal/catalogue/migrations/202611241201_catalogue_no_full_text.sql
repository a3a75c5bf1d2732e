-- +goose Up
-- The full-text tables of earlier releases, which nothing read any more.
DROP TABLE IF EXISTS search_word;
DROP TABLE IF EXISTS search_doc;
