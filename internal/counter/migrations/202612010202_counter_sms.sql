-- +goose Up
-- Who has typed a code that was sent to their telephone during the visit, and for
-- which application.
ALTER TABLE counter_visit ADD COLUMN sms_account TEXT NOT NULL DEFAULT '';
ALTER TABLE counter_visit ADD COLUMN sms_case TEXT NOT NULL DEFAULT '';
