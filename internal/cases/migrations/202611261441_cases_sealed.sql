-- +goose Up

-- Documents, telephones and everything people filled in are sealed (kit/sealed).
-- Who comes to a window is found by keyed indexes; cases of before, until they
-- are sealed in the background, as they were.
ALTER TABLE cases_case ADD COLUMN applicant_id_no_key TEXT NOT NULL DEFAULT '';
ALTER TABLE cases_case ADD COLUMN applicant_phone_key TEXT NOT NULL DEFAULT '';
DROP INDEX cases_case_document;
DROP INDEX cases_case_phone;
CREATE INDEX cases_case_document ON cases_case (applicant_id_no_key, submitted_at DESC, id DESC) WHERE applicant_id_no_key <> '';
CREATE INDEX cases_case_phone ON cases_case (applicant_phone_key, submitted_at DESC, id DESC) WHERE applicant_phone_key <> '';
CREATE INDEX cases_case_document_before ON cases_case (applicant_id_no, submitted_at DESC, id DESC) WHERE applicant_id_no_key = '';
CREATE INDEX cases_case_phone_before ON cases_case (applicant_phone, submitted_at DESC, id DESC) WHERE applicant_phone_key = '';

-- The files that a draft names: what it says is sealed.
ALTER TABLE cases_draft ADD COLUMN files TEXT NOT NULL DEFAULT '';
