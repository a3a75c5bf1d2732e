-- +goose Up
-- In which role somebody acted, and how the row's hash was made: 1 without the
-- role, as all rows before this one, 2 with it.
ALTER TABLE audit_row ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_row ADD COLUMN form BIGINT NOT NULL DEFAULT 1;
-- The few that were refused or failed are looked for by themselves.
CREATE INDEX audit_row_refused ON audit_row (at, id) WHERE result <> 'ok';
