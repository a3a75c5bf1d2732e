-- +goose Up

-- The mandate under which an agent filed the case for its applicant: when it
-- ends, the case is the applicant's alone.
ALTER TABLE cases_case ADD COLUMN mandate TEXT NOT NULL DEFAULT '';
