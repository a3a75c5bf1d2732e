-- +goose Up

-- Who comes to a window is found by document or telephone, among the cases
-- that the clerk may see.
CREATE INDEX cases_case_document ON cases_case (applicant_id_no, submitted_at DESC, id DESC);
CREATE INDEX cases_case_phone ON cases_case (applicant_phone, submitted_at DESC, id DESC);

-- The account that began a draft which a clerk has taken over at the window; ''
-- for a draft that is where it was begun. It goes back there when discarded.
ALTER TABLE cases_draft ADD COLUMN started_by TEXT NOT NULL DEFAULT '';
