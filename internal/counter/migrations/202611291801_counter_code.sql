-- +goose Up
-- Who has shown a code on their own telephone during the visit.
ALTER TABLE counter_visit ADD COLUMN code_account TEXT NOT NULL DEFAULT '';
