-- +goose Up
-- Cases by the name of who applied, by item, agency and outlet, with what is
-- asked beside that: how many a viewer may see, and which are the newest, is
-- read from the index alone (List, Count).
DROP INDEX cases_case_applicant;
CREATE INDEX cases_case_applicant ON cases_case (applicant_key, submitted_at DESC, id DESC, receiving_division, competent_division, competent_agency, dept, state);
DROP INDEX cases_case_item;
CREATE INDEX cases_case_item ON cases_case (item, submitted_at DESC, id DESC, receiving_division, competent_division, competent_agency, dept, state);
DROP INDEX cases_case_agency;
CREATE INDEX cases_case_agency ON cases_case (competent_agency, submitted_at DESC, id DESC, state);
DROP INDEX cases_case_receiving;
CREATE INDEX cases_case_receiving ON cases_case (receiving_division, submitted_at DESC, id DESC, state);
